package io.etlapi.execution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BackoffTest {

  private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");

  @Test
  void aWaitGrowsWithTheAttemptsAndNeverBeyondFiveMinutes() {
    Random random = new Random(1);
    for (int attempt = 1; attempt <= 200; attempt++) {
      Duration wait = Backoff.after(attempt, random);
      assertTrue(wait.compareTo(Duration.ofMillis(500)) >= 0, wait::toString);
      assertTrue(wait.compareTo(Duration.ofMinutes(5)) <= 0, wait::toString);
    }
  }

  @Test
  void aClockThatWasSetBackFortyDaysMakesNoTaskWaitFortyDays() {
    assertEquals(Duration.ofSeconds(7), Backoff.left(NOW, NOW.plusSeconds(7)));
    assertEquals(Duration.ofMinutes(5), Backoff.left(NOW, NOW.plus(Duration.ofDays(40))));
    assertTrue(Backoff.left(NOW, NOW.minus(Duration.ofDays(40))).isNegative());
  }
}
