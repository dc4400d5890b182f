package io.etlapi.execution;

import io.etlapi.store.TaskStore;
import io.etlapi.task.Task;
import io.etlapi.task.TaskId;
import io.etlapi.task.TaskSummary;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * The one way in which this room changes tasks: durable first, then told to whoever listens.
 * Thread-safe.
 */
final class TaskChanges {

  private static final System.Logger LOG = System.getLogger(TaskChanges.class.getName());

  private final TaskStore store;
  private final List<Consumer<TaskSummary>> listeners = new CopyOnWriteArrayList<>();
  private final ConcurrentHashMap<TaskId, CompletableFuture<Void>> ends = new ConcurrentHashMap<>();

  /** Of tasks that have not ended, for polls: the record has it too, but lies on the disk. */
  private final ConcurrentHashMap<TaskId, String> traces = new ConcurrentHashMap<>();

  TaskChanges(TaskStore store) {
    this.store = store;
  }

  /** {@code listener} hears of every change after it is durable, on the thread that made it. */
  void listen(Consumer<TaskSummary> listener) {
    listeners.add(listener);
  }

  void create(Task task) {
    store.create(task);
    note(task);
    tell(TaskSummary.of(task));
  }

  @SuppressWarnings("ReferenceEquality") // the store's contract: the same object is no change
  Task update(TaskId id, UnaryOperator<Task> change) {
    Task[] before = new Task[1];
    Task after =
        store.update(
            id,
            task -> {
              before[0] = task;
              return change.apply(task);
            });
    if (after != before[0]) {
      note(after);
      tell(TaskSummary.of(after));
    }
    return after;
  }

  /** Where in a trace the request for an unfinished task came from, as far as it is known. */
  Optional<String> traceparent(TaskId id) {
    return Optional.ofNullable(traces.get(id));
  }

  private void note(Task task) {
    String trace = task.spec().origin().traceparent();
    if (trace != null) {
      if (task.status().isTerminal()) {
        traces.remove(task.id());
      } else {
        traces.put(task.id(), trace);
      }
    }
  }

  /**
   * Completes when the task has ended, at once if it has or if there is none. Completes on the
   * thread that ended the task, which must not be held up.
   */
  CompletableFuture<Void> whenEnded(TaskId id) {
    CompletableFuture<Void> end = ends.computeIfAbsent(id, key -> new CompletableFuture<>());
    // Looked at after the future is in place, so an end in between is not missed.
    if (store.summary(id).map(now -> now.status().isTerminal()).orElse(true)) {
      ends.remove(id, end);
      end.complete(null);
    }
    return end;
  }

  /**
   * Waits until the task has ended.
   *
   * @return whether it has
   */
  boolean awaitEnd(TaskId id, long timeout, TimeUnit unit) throws InterruptedException {
    try {
      whenEnded(id).get(timeout, unit);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException("the end of a task is never a failure", e);
    }
  }

  private void tell(TaskSummary summary) {
    if (summary.status().isTerminal()) {
      CompletableFuture<Void> end = ends.remove(summary.id());
      if (end != null) {
        end.complete(null);
      }
    }
    for (Consumer<TaskSummary> listener : listeners) {
      try {
        listener.accept(summary);
      } catch (RuntimeException e) {
        // The change itself is durable; a listener's fault must not undo that for the caller.
        LOG.log(System.Logger.Level.ERROR, "a listener failed on task " + summary.id(), e);
      }
    }
  }
}
