package io.etlapi.execution;

import io.etlapi.store.TaskStore;
import io.etlapi.task.TaskException;
import io.etlapi.task.TaskException.Reason;
import io.etlapi.task.TaskId;
import io.etlapi.task.TaskSummary;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Removes finished tasks past their time to live, a whole pipeline run at once. A task is old only
 * if two clocks that cannot be wrong together say so: the wall clock, and the storage clock, which
 * counts time that verifiably passed. So a wall clock that jumps deletes nothing early.
 */
final class TaskCleanup {

  private static final System.Logger LOG = System.getLogger("io.etlapi.tasks");

  /**
   * Removed with one fsync of the folder. Large, because the file system goes through its journal
   * for each; other changes need not wait for a batch, only for that fsync.
   */
  private static final int BATCH = 1000;

  private final TaskStore store;
  private final LongSupplier storageTick;
  private final Clock clock;
  private final Duration ttl;
  private final List<Consumer<List<TaskId>>> listeners = new CopyOnWriteArrayList<>();

  /**
   * A clean-up of one store.
   *
   * @param storageTick reads the storage clock
   * @param ttl age at which a finished task is removed
   */
  TaskCleanup(TaskStore store, LongSupplier storageTick, Clock clock, Duration ttl) {
    this.store = store;
    this.storageTick = storageTick;
    this.clock = clock;
    this.ttl = ttl;
  }

  /** {@code listener} hears of every removal after it is done. */
  void listen(Consumer<List<TaskId>> listener) {
    listeners.add(listener);
  }

  /** Removes what is past its time; the ids that were removed. */
  synchronized List<TaskId> run() {
    Instant oldest = clock.instant().minus(ttl);
    List<TaskId> expired = new ArrayList<>();
    for (TaskSummary root : store.finishedBefore(storageTick.getAsLong() - ttl.toSeconds())) {
      Instant ended = root.completedAt();
      if (ended != null && !ended.isAfter(oldest)) {
        store.children(root.id()).forEach(child -> expired.add(child.id()));
        expired.add(root.id());
      }
    }
    for (int from = 0; from < expired.size(); from += BATCH) {
      remove(expired.subList(from, Math.min(expired.size(), from + BATCH)));
    }
    LOG.log(
        System.Logger.Level.INFO, "🧹 Cleanup completed: Removed " + expired.size() + " old tasks");
    return expired;
  }

  /**
   * Removes one finished task, or one finished pipeline run with its children.
   *
   * @throws TaskException if it is unknown, has not ended or is part of a run
   */
  void remove(TaskId id) {
    TaskSummary task =
        store.summary(id).orElseThrow(() -> TaskException.unknownTask(id.toString()));
    if (!task.status().isTerminal()) {
      throw new TaskException(
          Reason.WRONG_STATE,
          "Task " + id + " is " + task.status().word() + ": stop it first, then remove it.");
    }
    if (task.parentId() != null && store.summary(task.parentId()).isPresent()) {
      throw new TaskException(
          Reason.WRONG_STATE,
          "Task " + id + " is part of run " + task.parentId() + ": remove that.");
    }
    List<TaskId> ids = new ArrayList<>();
    store.children(id).forEach(child -> ids.add(child.id()));
    ids.add(id);
    remove(ids);
  }

  private void remove(List<TaskId> ids) {
    store.remove(ids);
    listeners.forEach(listener -> listener.accept(ids));
  }
}
