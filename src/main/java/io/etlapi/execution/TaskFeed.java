package io.etlapi.execution;

import io.etlapi.store.TaskLogs;
import io.etlapi.store.TaskStore;
import io.etlapi.task.Task;
import io.etlapi.task.TaskId;
import io.etlapi.task.TaskSummary;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * What happens to the tasks, for whoever shows it live: changes once they are durable and in the
 * order in which they were made, and progress and logs as far as they are now. Thread-safe.
 */
public final class TaskFeed {

  /** Hears of changes, on the thread that made them: must not block. */
  public interface Watcher {

    /** A task was accepted or is in another state; durable. */
    void changed(TaskSummary task);

    /** Tasks were removed for good. */
    void removed(List<TaskId> ids);
  }

  /**
   * How far a task is now.
   *
   * @param parentId the run that it is part of
   * @param percent 0..99
   * @param stage what is being done
   */
  public record Progress(TaskId id, Optional<TaskId> parentId, int percent, String stage) {}

  private final TaskStore store;
  private final TaskLogs logs;
  private final RunningTasks running;
  private final TaskSnapshots snapshots;
  private final TaskQueue queue;
  private final ScheduledExecutorService scheduler;
  private final List<Watcher> watchers = new CopyOnWriteArrayList<>();

  TaskFeed(
      TaskStore store,
      TaskLogs logs,
      RunningTasks running,
      TaskSnapshots snapshots,
      TaskQueue queue,
      ScheduledExecutorService scheduler) {
    this.store = store;
    this.logs = logs;
    this.running = running;
    this.snapshots = snapshots;
    this.queue = queue;
    this.scheduler = scheduler;
  }

  /** Makes {@code watcher} hear of everything that happens from now on. */
  public void watch(Watcher watcher) {
    watchers.add(watcher);
  }

  /**
   * Tells a change. Two threads may change one task and tell of it in the other order: a change
   * that the store has left behind is not told, as the newer one is or was.
   */
  synchronized void changed(TaskSummary told) {
    Optional<TaskSummary> now = store.summary(told.id());
    if (now.isPresent()
        && now.get().status() == told.status()
        && now.get().attempt() == told.attempt()) {
      watchers.forEach(watcher -> watcher.changed(told));
    }
  }

  synchronized void removed(List<TaskId> ids) {
    List<TaskId> gone = List.copyOf(ids);
    watchers.forEach(watcher -> watcher.removed(gone));
  }

  /** The task as the index has it. */
  public Optional<TaskSummary> find(TaskId id) {
    return store.summary(id);
  }

  /** Why a task failed or was cancelled; may read the disk. */
  public Optional<String> error(TaskId id) {
    return store.find(id).map(Task::state).map(state -> state.error());
  }

  /** The place in the queue of a task that waits for a slot, from 1. */
  public Optional<Integer> queuePosition(TaskId id) {
    return queue.position(id);
  }

  /** How far a task is that has not ended; empty where nothing can be said. */
  public Optional<Progress> progress(TaskId id) {
    Optional<TaskSummary> task = store.summary(id).filter(now -> !now.status().isTerminal());
    if (task.isEmpty()) {
      return Optional.empty();
    }
    Optional<TaskId> parent = Optional.ofNullable(task.get().parentId());
    if (task.get().parent()) {
      TaskSnapshot run = snapshots.require(id);
      return Optional.of(
          new Progress(id, parent, run.progressPercent(), run.stage().orElse("between steps")));
    }
    return running
        .find(id)
        .map(attempt -> new Progress(id, parent, attempt.percent(), attempt.stage()));
  }

  /** How far everything is that runs now, pipeline runs included. */
  public List<Progress> progress() {
    Set<TaskId> ids = new LinkedHashSet<>();
    for (RunningTask attempt : running.all()) {
      ids.add(attempt.id());
      store.summary(attempt.id()).map(TaskSummary::parentId).ifPresent(ids::add);
    }
    List<Progress> all = new ArrayList<>();
    ids.forEach(id -> progress(id).ifPresent(all::add));
    return all;
  }

  /** Whole lines of a task's log from an offset on, about {@code maxBytes} of them. */
  public LogPage log(TaskId id, long offset, int maxBytes) {
    TaskLogs.Page page = logs.read(id, offset, maxBytes);
    return new LogPage(page.text(), page.nextOffset());
  }

  /** How many bytes a task has logged; 0 if it has not. */
  public long logSize(TaskId id) {
    return logs.size(id);
  }

  /** Runs {@code work} again and again until it is cancelled; never twice at a time. */
  public Future<?> every(Duration pause, Runnable work) {
    return scheduler.scheduleWithFixedDelay(
        work, pause.toMillis(), pause.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Runs {@code work} once after a while; never if the server stops before. */
  public void later(Duration wait, Runnable work) {
    try {
      Future<?> unused = scheduler.schedule(work, wait.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      // Only a server that stops rejects.
    }
  }
}
