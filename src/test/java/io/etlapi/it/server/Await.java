package io.etlapi.it.server;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for a condition, never for a duration. */
public final class Await {

  private static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private Await() {}

  public static void until(String what, Duration limit, BooleanSupplier condition) {
    until(what, limit, condition, () -> "");
  }

  /**
   * Returns once the condition holds.
   *
   * @param details said with the failure
   * @throws AssertionError if it does not hold within the limit
   */
  public static void until(
      String what, Duration limit, BooleanSupplier condition, Supplier<String> details) {
    long deadline = System.nanoTime() + limit.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("Not within " + limit + ": " + what + "\n" + details.get());
      }
      LockSupport.parkNanos(INTERVAL_NANOS);
    }
  }
}
