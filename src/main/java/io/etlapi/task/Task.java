package io.etlapi.task;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A task at one moment. Immutable: every change is a new value made by one of the methods below,
 * and each of them asks {@link TaskStatus#canBecome} first.
 *
 * @param unknownFields fields of the task's file that this version does not know; kept as they are
 */
public record Task(TaskSpec spec, TaskState state, Map<String, @Nullable Object> unknownFields) {

  /** What a stopped task says in its {@code error}. */
  public static final String STOPPED_BY_REQUEST = "stopped on request";

  /** What a task says that was running when the server ended. */
  public static final String INTERRUPTED = "interrupted by a server stop";

  /** A task that was just accepted. */
  public static Task accepted(TaskSpec spec) {
    return new Task(spec, TaskState.pending(), Map.of());
  }

  public TaskId id() {
    return spec.id();
  }

  public TaskStatus status() {
    return state.status();
  }

  public boolean isStopRequested() {
    return state.stopRequestedAt() != null;
  }

  public boolean hasAttemptsLeft() {
    return state.attempt() < spec.maxAttempts();
  }

  /**
   * An attempt begins.
   *
   * @throws IllegalStateException if the task is not pending or a stop was requested
   */
  public Task started(Instant now, TaskState.Worker worker) {
    require(TaskStatus.RUNNING);
    if (isStopRequested()) {
      throw new IllegalStateException("task " + id() + " was asked to stop and may not start");
    }
    return with(
        new TaskState(
            TaskStatus.RUNNING,
            state.attempt(),
            now,
            null,
            null,
            null,
            worker,
            null,
            null,
            state.attempts(),
            0));
  }

  /**
   * The task ends with a result; it ends cancelled instead if a stop was requested before: an
   * acknowledged stop outranks a result that came too late.
   */
  public Task completed(Instant now, long tick, TaskResult result) {
    return isStopRequested()
        ? cancelled(now, tick, STOPPED_BY_REQUEST)
        : end(TaskStatus.COMPLETED, now, tick, result, null);
  }

  /** The task ends without a result; cancelled instead if a stop was requested before. */
  public Task failed(Instant now, long tick, String error) {
    return isStopRequested()
        ? cancelled(now, tick, STOPPED_BY_REQUEST)
        : end(TaskStatus.FAILED, now, tick, null, error);
  }

  public Task cancelled(Instant now, long tick, String reason) {
    return end(TaskStatus.CANCELLED, now, tick, null, reason);
  }

  /**
   * The current attempt failed and another may follow.
   *
   * @throws IllegalStateException if no attempt is left or a stop was requested
   */
  public Task retryAt(Instant now, Instant nextAttemptAt, String error) {
    require(TaskStatus.PENDING);
    if (!hasAttemptsLeft() || isStopRequested()) {
      throw new IllegalStateException("task " + id() + " may not be tried again");
    }
    List<TaskState.Attempt> attempts = new ArrayList<>(state.attempts());
    attempts.add(new TaskState.Attempt(state.attempt(), state.startedAt(), now, error));
    return with(
        new TaskState(
            TaskStatus.PENDING,
            state.attempt() + 1,
            state.startedAt(),
            null,
            nextAttemptAt,
            null,
            null,
            null,
            null,
            attempts,
            0));
  }

  /** Records that a stop was asked for. Asking twice changes nothing; terminal tasks stay. */
  public Task stopRequested(Instant now) {
    if (isStopRequested() || status().isTerminal()) {
      return this;
    }
    return with(
        new TaskState(
            state.status(),
            state.attempt(),
            state.startedAt(),
            null,
            state.nextAttemptAt(),
            now,
            state.worker(),
            null,
            null,
            state.attempts(),
            0));
  }

  private Task end(
      TaskStatus terminal,
      Instant now,
      long tick,
      @Nullable TaskResult result,
      @Nullable String error) {
    require(terminal);
    return with(
        new TaskState(
            terminal,
            state.attempt(),
            state.startedAt(),
            // A clock that was set back must not make a task end before it began.
            notBefore(now, state.startedAt() == null ? spec.createdAt() : state.startedAt()),
            null,
            state.stopRequestedAt(),
            state.worker(),
            result,
            error,
            state.attempts(),
            tick));
  }

  private static Instant notBefore(Instant now, Instant earliest) {
    return now.isBefore(earliest) ? earliest : now;
  }

  private void require(TaskStatus next) {
    if (!status().canBecome(next)) {
      throw new IllegalStateException(
          "task " + id() + " is " + status().word() + " and cannot become " + next.word());
    }
  }

  private Task with(TaskState changed) {
    return new Task(spec, changed, unknownFields);
  }
}
