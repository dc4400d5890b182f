package io.etlapi.http.live;

import io.etlapi.execution.TaskFeed;
import io.etlapi.http.View;
import io.etlapi.task.TaskId;
import io.etlapi.task.TaskStatus;
import io.etlapi.task.TaskSummary;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A task in an event: the item of the list of tasks, and what a list that is kept up to date needs
 * besides.
 *
 * @param duration seconds from the start of the last attempt to the end; null before the end
 * @param queuePosition from 1 while it waits for a slot
 * @param progress percent, 0..100
 * @param error why it failed or was cancelled, its beginning
 */
public record LiveTaskView(
    String taskId,
    String stepName,
    String status,
    Instant createdAt,
    @Nullable Instant startedAt,
    @Nullable Instant completedAt,
    @Nullable BigDecimal duration,
    @Nullable String parentId,
    @Nullable Integer queuePosition,
    int progress,
    int attempt,
    @Nullable String error)
    implements View {

  private static final int MAX_ERROR = 500;

  /** The task as it was told, with what the feed knows of it now. */
  static LiveTaskView of(TaskSummary task, TaskFeed feed) {
    TaskId parent = task.parentId();
    Instant start = task.startedAt();
    Instant end = task.completedAt();
    TaskStatus status = task.status();
    return new LiveTaskView(
        task.id().toString(),
        task.stepName(),
        status.word(),
        task.createdAt(),
        start,
        end,
        start == null || end == null
            ? null
            : BigDecimal.valueOf(Duration.between(start, end).toMillis(), 3),
        parent == null ? null : parent.toString(),
        status == TaskStatus.PENDING ? feed.queuePosition(task.id()).orElse(null) : null,
        progress(task, feed),
        task.attempt(),
        error(task, feed).orElse(null));
  }

  private static int progress(TaskSummary task, TaskFeed feed) {
    return switch (task.status()) {
      case COMPLETED -> 100;
      case RUNNING -> feed.progress(task.id()).map(TaskFeed.Progress::percent).orElse(0);
      case PENDING, FAILED, CANCELLED -> 0;
    };
  }

  private static Optional<String> error(TaskSummary task, TaskFeed feed) {
    return task.status() == TaskStatus.FAILED || task.status() == TaskStatus.CANCELLED
        ? feed.error(task.id())
            .map(text -> text.length() <= MAX_ERROR ? text : text.substring(0, MAX_ERROR - 1) + "…")
        : Optional.empty();
  }
}
