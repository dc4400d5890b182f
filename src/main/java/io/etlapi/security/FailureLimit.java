package io.etlapi.security;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongSupplier;

/**
 * Counts events per client address in windows of a minute, in a table of fixed size without locks.
 * Two addresses may share a slot, which then counts both; where is drawn anew at each start, so
 * that nobody can choose whom to share with. Thread-safe.
 */
final class FailureLimit {

  static final int WINDOW_SECONDS = 60;

  private static final int SLOTS = 1 << 13;
  private static final int COUNT_BITS = 24;
  private static final long COUNT_MASK = (1L << COUNT_BITS) - 1;

  /** Each slot holds the number of its window and the events in it. */
  private final AtomicLongArray slots = new AtomicLongArray(SLOTS);

  private final int limit;
  private final LongSupplier nanoTime;
  private final long origin;
  private final int seed = ThreadLocalRandom.current().nextInt();

  /**
   * A table that has counted nothing.
   *
   * @param limit events of one address in a window that are not too many
   */
  FailureLimit(int limit, LongSupplier nanoTime) {
    this.limit = limit;
    this.nanoTime = nanoTime;
    this.origin = nanoTime.getAsLong();
  }

  /** Counts one event. Whether it is one too many. */
  boolean add(String client) {
    int slot = slot(client);
    long window = window();
    long now =
        slots.updateAndGet(
            slot,
            before -> {
              long count = before >>> COUNT_BITS == window ? before & COUNT_MASK : 0;
              return window << COUNT_BITS | Math.min(count + 1, COUNT_MASK);
            });
    return (now & COUNT_MASK) > limit;
  }

  /** Whether the next event would be one too many. */
  boolean isReached(String client) {
    long value = slots.get(slot(client));
    return value >>> COUNT_BITS == window() && (value & COUNT_MASK) >= limit;
  }

  /** Seconds until the window ends, at least 1. */
  int retryAfterSeconds() {
    long elapsed = (nanoTime.getAsLong() - origin) / 1_000_000_000L;
    return (int) (WINDOW_SECONDS - elapsed % WINDOW_SECONDS);
  }

  /** Counted from 1: an empty slot is of no window. */
  private long window() {
    return 1 + (nanoTime.getAsLong() - origin) / (WINDOW_SECONDS * 1_000_000_000L);
  }

  private int slot(String client) {
    int hash = (network(client).hashCode() ^ seed) * 0x9E3779B9;
    return hash >>> 19;
  }

  /** A client with an IPv6 address commands the other addresses of its /64 network as well. */
  static String network(String address) {
    int colons = 0;
    for (int i = 0; i < address.length(); i++) {
      if (address.charAt(i) == ':' && ++colons == 4) {
        return address.substring(0, i);
      }
    }
    return address;
  }
}
