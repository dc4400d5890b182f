package io.etlapi.execution;

import io.etlapi.store.StorageClock;
import io.etlapi.store.TaskStore;
import io.etlapi.task.Task;
import io.etlapi.task.TaskException;
import io.etlapi.task.TaskId;
import io.etlapi.task.TaskStatus;
import io.etlapi.task.TaskSummary;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Stops tasks: the request is durable before anything else happens, so only cancelled follows. */
final class TaskStopper {

  /** How long a caller waits for the end before it hears "stopping". */
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private final TaskStore store;
  private final TaskChanges changes;
  private final TaskQueue queue;
  private final RunningTasks running;
  private final StorageClock storageClock;
  private final Clock clock;
  private final Consumer<TaskId> advanceParent;

  TaskStopper(
      TaskStore store,
      TaskChanges changes,
      TaskQueue queue,
      RunningTasks running,
      StorageClock storageClock,
      Clock clock,
      Consumer<TaskId> advanceParent) {
    this.store = store;
    this.changes = changes;
    this.queue = queue;
    this.running = running;
    this.storageClock = storageClock;
    this.clock = clock;
    this.advanceParent = advanceParent;
  }

  /**
   * Stops a task, or a pipeline run with all its children.
   *
   * @throws TaskException if there is no such task or the request cannot be made durable
   */
  StopOutcome stop(TaskId id) {
    TaskSummary summary =
        store.summary(id).orElseThrow(() -> TaskException.unknownTask(id.toString()));
    if (summary.status().isTerminal()) {
      return StopOutcome.NOT_RUNNING;
    }
    Task after = request(id);
    if (after.status().isTerminal()) {
      return after.isStopRequested() || after.status() == TaskStatus.CANCELLED
          ? StopOutcome.CANCELLED
          : StopOutcome.NOT_RUNNING;
    }
    if (summary.parent()) {
      // The run stops its children itself: only it knows which it is about to start.
      advanceParent.accept(id);
    }
    return awaitEnd(id);
  }

  /** Makes the request durable and tells the attempt, if there is one; does not wait. */
  Task request(TaskId id) {
    // A task taken out of the queue can never start, so its end is recorded at once.
    boolean neverStarts = queue.remove(id);
    Task after;
    try {
      after =
          changes.update(
              id,
              task -> {
                Task asked = task.stopRequested(clock.instant());
                boolean waits = asked.status() == TaskStatus.PENDING && !asked.spec().isParent();
                // A pending task that is not queued waits for its next attempt, or was handed to a
                // thread a moment ago: that thread finds it ended and leaves it.
                return waits
                    ? asked.cancelled(clock.instant(), storageClock.tick(), Task.STOPPED_BY_REQUEST)
                    : asked;
              });
    } catch (RuntimeException e) {
      if (neverStarts) {
        store
            .summary(id)
            .ifPresent(
                task ->
                    queue.add(new TaskQueue.Entry(id, task.priority(), task.parentId() != null)));
      }
      throw e;
    }
    running.find(id).ifPresent(attempt -> attempt.cancel(CancelCause.STOP));
    return after;
  }

  private StopOutcome awaitEnd(TaskId id) {
    try {
      return changes.awaitEnd(id, PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
          ? StopOutcome.CANCELLED
          : StopOutcome.STOPPING;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return StopOutcome.STOPPING;
    }
  }
}
