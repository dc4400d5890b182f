package io.etlapi.http;

import io.etlapi.execution.ServerStats;
import io.etlapi.task.TaskCounts;
import io.etlapi.task.TaskStatus;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;

/**
 * Figures of the server. Counts are of stored tasks, but for {@code runningTasks} and {@code
 * queuedTasks}: tasks that do work, and tasks that wait for a slot, now.
 *
 * @param taskTtlHours age at which finished tasks are removed
 * @param engineThreadsFree engine threads that nothing uses now
 */
public record StatsView(
    long totalTasks,
    long pendingTasks,
    int queuedTasks,
    int runningTasks,
    long completedTasks,
    long failedTasks,
    long cancelledTasks,
    int maxConcurrentTasks,
    int queueCapacity,
    BigDecimal taskTtlHours,
    String storageDirectory,
    long storageBytes,
    long freeBytes,
    long memoryUsedBytes,
    long memoryMaxBytes,
    int engineThreads,
    int engineThreadsFree,
    long uptimeSeconds)
    implements View {

  private static final BigDecimal MILLIS_PER_HOUR =
      BigDecimal.valueOf(Duration.ofHours(1).toMillis());

  public static StatsView of(ServerStats stats) {
    TaskCounts counts = stats.counts();
    return new StatsView(
        counts.total(),
        counts.of(TaskStatus.PENDING),
        stats.queued(),
        stats.running(),
        counts.of(TaskStatus.COMPLETED),
        counts.of(TaskStatus.FAILED),
        counts.of(TaskStatus.CANCELLED),
        stats.maxConcurrent(),
        stats.queueCapacity(),
        hours(stats.taskTtl()),
        stats.storageDirectory().toString(),
        stats.storageBytes(),
        stats.freeBytes(),
        stats.heapUsedBytes(),
        stats.heapMaxBytes(),
        stats.engineThreads(),
        stats.engineThreadsFree(),
        stats.uptime().toSeconds());
  }

  /** 24 rather than 24.0 or 2.4E+1, as clients read it as a whole number where it is one. */
  private static BigDecimal hours(Duration duration) {
    BigDecimal hours =
        BigDecimal.valueOf(duration.toMillis())
            .divide(MILLIS_PER_HOUR, 6, RoundingMode.HALF_UP)
            .stripTrailingZeros();
    return hours.scale() < 0 ? hours.setScale(0) : hours;
  }
}
