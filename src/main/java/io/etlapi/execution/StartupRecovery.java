package io.etlapi.execution;

import io.etlapi.step.Step;
import io.etlapi.store.OutputFolders;
import io.etlapi.store.StorageClock;
import io.etlapi.store.TaskStore;
import io.etlapi.task.Task;
import io.etlapi.task.TaskId;
import io.etlapi.task.TaskStatus;
import io.etlapi.task.TaskSummary;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Accounts for every task that had not ended when the server did: what was asked to stop is
 * cancelled, what ran fails or waits for its next attempt, what waited goes back to the queue in
 * its order, and pipeline runs go on. Running it again changes nothing, so a crash during recovery
 * is recovered from like any other.
 */
final class StartupRecovery {

  private static final System.Logger LOG = System.getLogger("io.etlapi.tasks");

  private final TaskStore store;
  private final TaskChanges changes;
  private final OutputFolders outputs;
  private final StorageClock storageClock;
  private final Clock clock;
  private final Function<String, Optional<Step>> steps;

  StartupRecovery(
      TaskStore store,
      TaskChanges changes,
      OutputFolders outputs,
      StorageClock storageClock,
      Clock clock,
      Function<String, Optional<Step>> steps) {
    this.store = store;
    this.changes = changes;
    this.outputs = outputs;
    this.storageClock = storageClock;
    this.clock = clock;
    this.steps = steps;
  }

  /**
   * Recovers all tasks.
   *
   * @param waiting gets every task that waits for a slot or its next attempt
   * @param parents gets every open pipeline run
   */
  void recover(Consumer<Task> waiting, Consumer<TaskId> parents) {
    int requeued = 0;
    int interrupted = 0;
    for (TaskSummary summary : store.unfinished()) {
      if (summary.parent()) {
        parents.accept(summary.id());
        continue;
      }
      // Whatever an attempt left behind was never acknowledged.
      outputs.remove(summary.id());
      Task task = changes.update(summary.id(), this::recovered);
      if (task.status() == TaskStatus.PENDING) {
        waiting.accept(task);
        requeued++;
      } else {
        interrupted++;
      }
    }
    if (requeued + interrupted > 0) {
      LOG.log(
          System.Logger.Level.INFO,
          "recovered "
              + requeued
              + " waiting tasks; "
              + interrupted
              + " had been running or were"
              + " asked to stop");
    }
  }

  private Task recovered(Task task) {
    Instant now = clock.instant();
    if (task.isStopRequested()) {
      return task.cancelled(now, storageClock.tick(), Task.STOPPED_BY_REQUEST);
    }
    if (task.status() != TaskStatus.RUNNING) {
      return task;
    }
    boolean mayRetry =
        task.hasAttemptsLeft()
            && steps
                .apply(task.spec().stepName())
                .map(step -> step.describe().retryable())
                .orElse(false);
    return mayRetry
        ? task.retryAt(now, now, Task.INTERRUPTED)
        : task.failed(now, storageClock.tick(), Task.INTERRUPTED);
  }
}
