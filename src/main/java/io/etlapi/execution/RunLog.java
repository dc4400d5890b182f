package io.etlapi.execution;

import io.etlapi.store.TaskLogs;
import io.etlapi.store.TaskStore;
import io.etlapi.task.TaskId;
import io.etlapi.task.TaskStatus;
import io.etlapi.task.TaskSummary;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Writes into the log of a pipeline run what becomes of the run and of each of its nodes. A run has
 * no thread that could say so. Hears of every change once it is durable.
 */
final class RunLog implements Consumer<TaskSummary> {

  private final TaskStore store;
  private final TaskLogs logs;
  private final Clock clock;

  RunLog(TaskStore store, TaskLogs logs, Clock clock) {
    this.store = store;
    this.logs = logs;
    this.clock = clock;
  }

  @Override
  public void accept(TaskSummary task) {
    if (task.status() == TaskStatus.PENDING && task.attempt() == 1) {
      return;
    }
    if (task.parent()) {
      write(task.id(), "run of " + task.stepName() + " " + whatHappened(task));
    }
    TaskId run = task.parentId();
    if (run != null) {
      write(run, "node " + node(task) + " " + whatHappened(task) + ", task " + task.id());
    }
  }

  private void write(TaskId run, String line) {
    logs.appendNotice(run, clock.instant(), line);
  }

  private static String node(TaskSummary task) {
    String node = task.node();
    return node == null || node.equals(task.stepName())
        ? task.stepName()
        : node + " (" + task.stepName() + ")";
  }

  private String whatHappened(TaskSummary task) {
    return switch (task.status()) {
      case PENDING -> "waits for attempt " + task.attempt();
      case RUNNING -> task.attempt() == 1 ? "started" : "started, attempt " + task.attempt();
      case COMPLETED -> "completed" + after(task);
      case FAILED -> "failed" + after(task) + reason(task);
      case CANCELLED -> "cancelled" + after(task) + reason(task);
    };
  }

  private static String after(TaskSummary task) {
    if (task.startedAt() == null || task.completedAt() == null) {
      return "";
    }
    Duration took = Duration.between(task.startedAt(), task.completedAt());
    return " after " + BigDecimal.valueOf(took.toMillis(), 3).toPlainString() + " s";
  }

  private String reason(TaskSummary task) {
    return store
        .find(task.id())
        .map(found -> found.state().error())
        .map(error -> ": " + error)
        .orElse("");
  }
}
