package io.etlapi.execution;

import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;

/**
 * How long to wait before a further attempt: exponential with jitter ("equal jitter": half fixed,
 * half random), so that tasks that failed together do not come back together. Source: Marc Brooker,
 * "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
 */
final class Backoff {

  private static final long BASE_MILLIS = 1_000;
  private static final long MAX_MILLIS = 300_000;

  private static final Duration LONGEST = Duration.ofMillis(MAX_MILLIS);

  private Backoff() {}

  /**
   * The wait after a failed attempt.
   *
   * @param failedAttempt its number, from 1
   * @return 0.5 s to 300 s
   */
  static Duration after(int failedAttempt, RandomGenerator random) {
    int doublings = Math.min(failedAttempt - 1, 20);
    long full = Math.min(MAX_MILLIS, BASE_MILLIS << doublings);
    return Duration.ofMillis(full / 2 + random.nextLong(full / 2 + 1));
  }

  /**
   * What is left of a wait that was written down. Never more than the longest wait there is: a wall
   * clock that was set back must not make a task wait for as long as it was wrong.
   */
  static Duration left(Instant now, Instant due) {
    Duration left = Duration.between(now, due);
    return left.compareTo(LONGEST) > 0 ? LONGEST : left;
  }
}
