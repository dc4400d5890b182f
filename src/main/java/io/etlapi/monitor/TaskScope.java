package io.etlapi.monitor;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The task that a thread works for, from its making until it is closed, for the log. */
public final class TaskScope implements AutoCloseable {

  private static final ThreadLocal<@Nullable TaskScope> CURRENT = new ThreadLocal<>();

  private final String taskId;
  private final String step;
  private final @Nullable String traceId;
  private final @Nullable TaskScope outer;

  private TaskScope(String taskId, String step, @Nullable String traceId) {
    this.taskId = taskId;
    this.step = step;
    this.traceId = traceId;
    this.outer = CURRENT.get();
    CURRENT.set(this);
  }

  /**
   * The calling thread works for a task now.
   *
   * @param traceparent where in a trace the task is, as W3C writes it
   */
  public static TaskScope enter(String taskId, String step, @Nullable String traceparent) {
    return new TaskScope(
        taskId, step, traceparent == null ? null : traceparent.replaceAll("^..-([^-]*)-.*", "$1"));
  }

  static Optional<TaskScope> current() {
    return Optional.ofNullable(CURRENT.get());
  }

  String taskId() {
    return taskId;
  }

  String step() {
    return step;
  }

  Optional<String> traceId() {
    return Optional.ofNullable(traceId);
  }

  @Override
  public void close() {
    if (outer == null) {
      // A pooled thread outlives the application: nothing of ours may stay in it.
      CURRENT.remove();
    } else {
      CURRENT.set(outer);
    }
  }
}
