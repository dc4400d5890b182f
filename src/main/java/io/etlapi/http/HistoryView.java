package io.etlapi.http;

import io.etlapi.monitor.StatsHistory;
import java.time.Instant;
import java.util.List;

/**
 * The figures of the last hour.
 *
 * @param points oldest first
 */
public record HistoryView(long intervalSeconds, List<Point> points) implements View {

  /**
   * The server at one moment.
   *
   * @param running tasks that did work
   * @param queued tasks that waited for a slot
   * @param completed tasks that completed in the interval that ended then
   * @param failed tasks that failed in that interval
   */
  public record Point(Instant t, int running, int queued, long completed, long failed) {}

  static HistoryView of(List<StatsHistory.Point> points) {
    return new HistoryView(
        StatsHistory.INTERVAL.toSeconds(),
        points.stream()
            .map(
                point ->
                    new Point(
                        point.t(),
                        point.running(),
                        point.queued(),
                        point.completed(),
                        point.failed()))
            .toList());
  }
}
