package io.etlapi.execution;

import io.etlapi.task.TaskId;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** The attempts that run in this process now. Thread-safe. */
final class RunningTasks {

  private final Map<TaskId, RunningTask> running = new ConcurrentHashMap<>();
  private final Map<TaskId, CompletableFuture<Long>> expected = new ConcurrentHashMap<>();

  void begin(RunningTask task) {
    running.put(task.id(), task);
    CompletableFuture<Long> waiting = expected.remove(task.id());
    if (waiting != null) {
      waiting.complete(task.threadId());
    }
  }

  void end(TaskId id) {
    running.remove(id);
    synchronized (this) {
      notifyAll();
    }
  }

  Optional<RunningTask> find(TaskId id) {
    return Optional.ofNullable(running.get(id));
  }

  Collection<RunningTask> all() {
    return running.values();
  }

  /** The id of the thread that will begin this task; call {@link #forget} when done with it. */
  CompletableFuture<Long> expect(TaskId id) {
    return expected.computeIfAbsent(id, key -> new CompletableFuture<>());
  }

  void forget(TaskId id) {
    expected.remove(id);
  }

  /** Waits until none runs; false if the time is up or the thread is interrupted. */
  synchronized boolean awaitNone(long timeout, TimeUnit unit) {
    long deadline = System.nanoTime() + unit.toNanos(timeout);
    try {
      while (!running.isEmpty()) {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
          return false;
        }
        TimeUnit.NANOSECONDS.timedWait(this, left);
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
