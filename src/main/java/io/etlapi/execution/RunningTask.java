package io.etlapi.execution;

import io.etlapi.engine.DuckDbSession;
import io.etlapi.task.TaskId;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One attempt while it runs: how far it is, and the way to end it. Cancelling interrupts the thread
 * and cancels the engine's query, but only until the attempt is sealed: after that its thread
 * writes the outcome, and an interrupt would tear that write.
 */
final class RunningTask {

  private final TaskId id;
  private final Thread thread;
  private @Nullable DuckDbSession session;
  private @Nullable CancelCause cause;
  private boolean sealed;
  private volatile int percent;
  private volatile String stage = "starting";

  RunningTask(TaskId id, Thread thread) {
    this.id = id;
    this.thread = thread;
  }

  TaskId id() {
    return id;
  }

  long threadId() {
    return thread.getId();
  }

  /**
   * Tells the attempt to end. The first cause counts.
   *
   * @return whether the attempt was told now or before; false if it is past the point
   */
  synchronized boolean cancel(CancelCause why) {
    if (sealed) {
      return false;
    }
    if (cause == null) {
      cause = why;
    }
    thread.interrupt();
    if (session != null) {
      session.cancel();
    }
    return true;
  }

  /** Makes {@code opened} end with this attempt. */
  synchronized void attach(DuckDbSession opened) {
    session = opened;
    if (cause != null) {
      opened.cancel();
    }
  }

  /** From here on nothing interrupts the thread; forgets an interrupt that came before. */
  synchronized void seal() {
    sealed = true;
    session = null;
    Thread.interrupted();
  }

  synchronized Optional<CancelCause> cause() {
    return Optional.ofNullable(cause);
  }

  void progress(int newPercent, String newStage) {
    percent = Math.max(percent, Math.max(0, Math.min(99, newPercent)));
    stage = newStage;
  }

  /** 0..99: a task is at 100 only when it is completed. */
  int percent() {
    return percent;
  }

  /** What is being done, with the engine's own progress where it can tell. */
  String stage() {
    DuckDbSession current;
    synchronized (this) {
      current = session;
    }
    int engine = current == null ? -1 : current.progressPercent();
    return engine > 0 ? stage + " (" + engine + "%)" : stage;
  }
}
