package io.etlapi.monitor;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The figures of the last hour, one point every ten seconds. Thread-safe. */
public final class StatsHistory {

  public static final Duration INTERVAL = Duration.ofSeconds(10);

  /** An hour of points. */
  public static final int MAX_POINTS = 360;

  private final Deque<Point> points = new ArrayDeque<>();
  private long completedBefore;
  private long failedBefore;

  /**
   * The server at one moment.
   *
   * @param running tasks that did work
   * @param queued tasks that waited for a slot
   * @param completed tasks that completed in the interval that ended at {@code t}
   * @param failed tasks that failed in that interval
   */
  public record Point(Instant t, int running, int queued, long completed, long failed) {}

  /**
   * Adds a point; the oldest goes.
   *
   * @param completed tasks that have completed since the start
   * @param failed tasks that have failed since the start
   */
  public synchronized void add(Instant t, int running, int queued, long completed, long failed) {
    if (points.size() == MAX_POINTS) {
      points.removeFirst();
    }
    points.addLast(
        new Point(t, running, queued, completed - completedBefore, failed - failedBefore));
    completedBefore = completed;
    failedBefore = failed;
  }

  /** Oldest first. */
  public synchronized List<Point> points() {
    return List.copyOf(points);
  }
}
