package io.etlapi.execution;

import io.etlapi.task.TaskId;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Runs tasks on threads of the server, one after another on each. A thread whose task has ended
 * takes the next one itself, and stays a moment where none waits: to be handed work costs a server
 * more than a small task does (Payara looks for context providers on the class path each time).
 * Thread-safe.
 */
final class TaskWorkers {

  /** Long against the pause between two tasks of a busy server, short against its shutdown. */
  private static final long STAY_MILLIS = 100;

  private final Executor executor;
  private final Function<TaskId, Optional<TaskId>> run;

  /** Where threads without a task wait for one. */
  private final SynchronousQueue<TaskId> idle = new SynchronousQueue<>();

  /**
   * Workers that hold no thread until there is a task.
   *
   * @param executor gives the threads
   * @param run runs a task to its end, and says which one the same thread runs next
   */
  TaskWorkers(Executor executor, Function<TaskId, Optional<TaskId>> run) {
    this.executor = executor;
    this.run = run;
  }

  /**
   * Runs a task on a thread at once.
   *
   * @throws java.util.concurrent.RejectedExecutionException if the server gives none
   */
  void start(TaskId id) {
    if (!idle.offer(id)) {
      executor.execute(() -> work(id));
    }
  }

  private void work(TaskId first) {
    Thread thread = Thread.currentThread();
    ClassLoader own = thread.getContextClassLoader();
    for (TaskId id = first; id != null; id = next(run.apply(id))) {
      // What a step has set is not for the next one.
      thread.setContextClassLoader(own);
    }
  }

  private @Nullable TaskId next(Optional<TaskId> taken) {
    try {
      return taken.isPresent() ? taken.get() : idle.poll(STAY_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      // Nobody but a server that ends its threads interrupts one that has no task.
      Thread.currentThread().interrupt();
      return null;
    }
  }
}
