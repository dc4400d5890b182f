package io.etlapi.http;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Keeps clients that send their bodies slowly from holding every thread of the server. A body that
 * has not arrived with its head is read in one of a few turns, and must come at a pace: the others
 * are served meanwhile. Thread-safe.
 */
final class SlowBodies {

  /** Half of the threads that the smallest of the shipped server configurations has. */
  private static final int TURNS = 16;

  /** As long as a burst of ordinary requests may need to get through the turns. */
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private final Semaphore turns;
  private final Duration patience;
  private final LongSupplier nanoTime;

  SlowBodies() {
    this(TURNS, PATIENCE, System::nanoTime);
  }

  SlowBodies(int turns, Duration patience, LongSupplier nanoTime) {
    this.turns = new Semaphore(turns, true);
    this.patience = patience;
    this.nanoTime = nanoTime;
  }

  /** Whether a request has a body of which something has not arrived yet. */
  static boolean isComing(HttpServletRequest request) throws IOException {
    long length = request.getContentLengthLong();
    boolean ofUnknownLength = length < 0 && request.getHeader("Transfer-Encoding") != null;
    return ofUnknownLength || (length > 0 && request.getInputStream().available() < length);
  }

  /**
   * Takes a turn for the body of a request.
   *
   * @return the request to serve, whose body breaks off when it comes too slowly, and which gives
   *     the turn back once the body is here whole or when it is closed; empty if no turn came free
   *     in time
   */
  Optional<PacedRequest> begin(HttpServletRequest request) {
    try {
      return turns.tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS)
          ? Optional.of(new PacedRequest(request, nanoTime, turns::release))
          : Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }
}
