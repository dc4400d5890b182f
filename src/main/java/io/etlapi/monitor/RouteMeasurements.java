package io.etlapi.monitor;

import java.util.concurrent.atomic.AtomicLongArray;

/** The answers to one kind of request since the start. Thread-safe. */
public final class RouteMeasurements {

  private static final int CLASSES = 6;

  private final Route route;
  private final DurationHistogram durations = new DurationHistogram();
  private final AtomicLongArray answers = new AtomicLongArray(CLASSES);

  /**
   * A kind of request.
   *
   * @param path with its variables in braces, such as {@code /status/{id}}: never what a client
   *     sent, of which there is no end
   */
  public record Route(String method, String path) {}

  RouteMeasurements(Route route) {
    this.route = route;
  }

  public Route route() {
    return route;
  }

  /** From the resource's start to its answer, before the body is written. */
  public DurationHistogram durations() {
    return durations;
  }

  /** Counts an answer. */
  public void answered(int status, long nanos) {
    answers.incrementAndGet(Math.min(CLASSES - 1, Math.max(0, status / 100)));
    durations.record(nanos);
  }

  /**
   * How many answers there were of a class.
   *
   * @param hundreds 1..5, the first digit of the status
   */
  public long answers(int hundreds) {
    return answers.get(hundreds);
  }
}
