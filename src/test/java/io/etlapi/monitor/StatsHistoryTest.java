package io.etlapi.monitor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class StatsHistoryTest {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final StatsHistory history = new StatsHistory();

  @Test
  void aPointTellsWhatEndedSinceTheOneBefore() {
    history.add(START, 1, 2, 10, 3);
    history.add(START.plusSeconds(10), 4, 5, 12, 3);

    assertEquals(
        List.of(
            new StatsHistory.Point(START, 1, 2, 10, 3),
            new StatsHistory.Point(START.plusSeconds(10), 4, 5, 2, 0)),
        history.points());
  }

  @Test
  void itHoldsAnHourAndNoMore() {
    for (int i = 0; i < StatsHistory.MAX_POINTS + 5; i++) {
      history.add(START.plus(StatsHistory.INTERVAL.multipliedBy(i)), i, 0, 0, 0);
    }

    List<StatsHistory.Point> points = history.points();
    assertEquals(3600, points.size() * StatsHistory.INTERVAL.toSeconds());
    assertEquals(5, points.get(0).running(), "the oldest went");
  }
}
