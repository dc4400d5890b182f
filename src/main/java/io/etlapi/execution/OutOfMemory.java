package io.etlapi.execution;

import org.jspecify.annotations.Nullable;

/**
 * Ends the process when its memory has run out. Which threads have lost what by then, nobody can
 * say: the next start reads what is durable and accounts for every task, a server that limps on
 * does not. The servers' JVMs are started with {@code -XX:+ExitOnOutOfMemoryError}; this is for
 * those that are not, and for the errors that this option does not see (direct buffers, threads).
 */
public final class OutOfMemory {

  /** The exit code of {@code -XX:+ExitOnOutOfMemoryError}. */
  private static final int EXIT_CODE = 3;

  private static final int CAUSES = 20;

  private OutOfMemory() {}

  /** Does not return if the failure is, or was caused by, an {@link OutOfMemoryError}. */
  public static void endIfCauseOf(Throwable failure) {
    if (isCauseOf(failure)) {
      try {
        System.err.println("ETL API: out of memory (" + failure + "): the process ends now.");
      } finally {
        // No shutdown hooks: they need memory, and a crash at any point is provided for.
        Runtime.getRuntime().halt(EXIT_CODE);
      }
    }
  }

  static boolean isCauseOf(Throwable failure) {
    @Nullable Throwable at = failure;
    for (int depth = 0; at != null && depth < CAUSES; depth++) {
      if (at instanceof OutOfMemoryError) {
        return true;
      }
      at = at.getCause();
    }
    return false;
  }
}
