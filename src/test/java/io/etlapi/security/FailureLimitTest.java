package io.etlapi.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class FailureLimitTest {

  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5_000_000_000L);
  private final FailureLimit limit = new FailureLimit(3, nanos::get);

  @Test
  void whatIsWithinTheLimitIsNotTooMany() {
    assertFalse(limit.add("10.0.0.1"));
    assertFalse(limit.add("10.0.0.1"));
    assertFalse(limit.isReached("10.0.0.1"));
    assertFalse(limit.add("10.0.0.1"));
    assertTrue(limit.isReached("10.0.0.1"));
    assertTrue(limit.add("10.0.0.1"));
  }

  @Test
  void anotherAddressIsCountedByItself() {
    for (int i = 0; i < 10; i++) {
      limit.add("10.0.0.1");
    }
    int others = 0;
    for (int i = 0; i < 100; i++) {
      others += limit.isReached("10.0.1." + i) ? 1 : 0;
    }
    assertTrue(others < 5, "a few addresses may share a slot: " + others);
  }

  @Test
  void aMinuteLaterTheCountBeginsAnew() {
    for (int i = 0; i < 10; i++) {
      limit.add("10.0.0.1");
    }
    int wait = limit.retryAfterSeconds();
    assertTrue(wait >= 1 && wait <= 60, "" + wait);
    nanos.addAndGet(wait * 1_000_000_000L);
    assertFalse(limit.isReached("10.0.0.1"));
    assertFalse(limit.add("10.0.0.1"));
  }

  @Test
  void aMillionAddressesNeedNoMoreRoomThanOne() {
    for (int i = 0; i < 1_000_000; i++) {
      limit.add(i + ".example");
    }
    assertTrue(limit.add("10.0.0.1") || limit.isReached("10.0.0.1"), "every slot is full");
  }

  @Test
  void theAddressesOfOneIpv6NetworkAreOneClient() {
    assertEquals(
        FailureLimit.network("2001:db8:1:2:3:4:5:6"), FailureLimit.network("2001:db8:1:2::9"));
    assertEquals("10.0.0.1", FailureLimit.network("10.0.0.1"));
  }
}
