package io.etlapi.execution;

import io.etlapi.store.TaskStore;
import io.etlapi.task.Task;
import io.etlapi.task.TaskException;
import io.etlapi.task.TaskId;
import io.etlapi.task.TaskStatus;
import io.etlapi.task.TaskSummary;
import java.util.List;
import java.util.Optional;

/** Puts together what a client sees of a task now. */
final class TaskSnapshots {

  private final TaskStore store;
  private final TaskChanges changes;
  private final TaskQueue queue;
  private final RunningTasks running;

  TaskSnapshots(TaskStore store, TaskChanges changes, TaskQueue queue, RunningTasks running) {
    this.store = store;
    this.changes = changes;
    this.queue = queue;
    this.running = running;
  }

  /**
   * The task now.
   *
   * @throws TaskException (UNKNOWN_TASK) if there is none
   */
  TaskSnapshot require(TaskId id) {
    TaskSnapshot now = peek(id);
    if (!now.summary().status().isTerminal()) {
      return now;
    }
    Task task = store.find(id).orElseThrow(() -> TaskException.unknownTask(id.toString()));
    return new TaskSnapshot(
        now.summary(),
        Optional.of(task),
        now.progressPercent(),
        now.stage(),
        now.queuePosition(),
        Optional.ofNullable(task.spec().origin().traceparent()),
        now.children());
  }

  /**
   * The task now without its record, which the index can tell.
   *
   * @throws TaskException (UNKNOWN_TASK) if there is none
   */
  TaskSnapshot peek(TaskId id) {
    TaskSummary summary =
        store.summary(id).orElseThrow(() -> TaskException.unknownTask(id.toString()));
    List<TaskSummary> children = summary.parent() ? store.children(id) : List.of();
    if (summary.status().isTerminal()) {
      int percent =
          summary.status() == TaskStatus.COMPLETED ? 100 : summary.parent() ? share(children) : 0;
      return new TaskSnapshot(
          summary,
          Optional.empty(),
          percent,
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          children);
    }
    if (summary.parent()) {
      return new TaskSnapshot(
          summary,
          Optional.empty(),
          Math.min(99, share(children)),
          stage(children),
          Optional.empty(),
          changes.traceparent(id),
          children);
    }
    Optional<RunningTask> attempt = running.find(id);
    Optional<Integer> position = queue.position(id);
    return new TaskSnapshot(
        summary,
        Optional.empty(),
        attempt.map(RunningTask::percent).orElse(0),
        attempt
            .map(RunningTask::stage)
            .or(() -> position.map(place -> "waits for a slot"))
            .or(() -> Optional.of("waits for attempt " + summary.attempt())),
        position,
        changes.traceparent(id),
        children);
  }

  /** Mean progress of the tasks that a run has made so far, weighted alike. */
  private int share(List<TaskSummary> children) {
    int sum = 0;
    int nodes = 0;
    for (TaskSummary child : children) {
      nodes++;
      sum +=
          child.status() == TaskStatus.COMPLETED
              ? 100
              : running.find(child.id()).map(RunningTask::percent).orElse(0);
    }
    return nodes == 0 ? 0 : sum / nodes;
  }

  private Optional<String> stage(List<TaskSummary> children) {
    List<String> active =
        children.stream()
            .filter(child -> child.status() == TaskStatus.RUNNING)
            .map(TaskSummary::stepName)
            .toList();
    return active.isEmpty() ? Optional.empty() : Optional.of("runs " + String.join(", ", active));
  }
}
