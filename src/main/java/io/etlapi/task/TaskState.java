package io.etlapi.task;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far a task has come.
 *
 * @param attempt the current or last attempt, from 1
 * @param startedAt when the current or last attempt began to run
 * @param nextAttemptAt a pending task does not start before this; null for at once
 * @param stopRequestedAt once set, only CANCELLED may follow
 * @param worker who runs or ran it
 * @param result set only when completed
 * @param error set only when failed or cancelled
 * @param attempts the ended attempts before the current one, oldest first
 * @param completedTick reading of the storage clock (seconds it has verifiably been running) when
 *     the task ended; 0 while it has not
 */
public record TaskState(
    TaskStatus status,
    int attempt,
    @Nullable Instant startedAt,
    @Nullable Instant completedAt,
    @Nullable Instant nextAttemptAt,
    @Nullable Instant stopRequestedAt,
    @Nullable Worker worker,
    @Nullable TaskResult result,
    @Nullable String error,
    List<Attempt> attempts,
    long completedTick) {

  /**
   * Where an attempt runs.
   *
   * @param pid process id of the server
   * @param threadId Java thread id
   */
  public record Worker(long pid, long threadId) {}

  /** An attempt that ended without completing the task. */
  public record Attempt(int number, @Nullable Instant startedAt, Instant endedAt, String error) {}

  public TaskState {
    attempts = List.copyOf(attempts);
  }

  static TaskState pending() {
    return new TaskState(
        TaskStatus.PENDING, 1, null, null, null, null, null, null, null, List.of(), 0);
  }
}
