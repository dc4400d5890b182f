package io.etlapi.task;

import java.util.Locale;
import java.util.Optional;

/** The states of a task, and the one table that says which may follow which. */
public enum TaskStatus {
  /** Accepted; waits for a slot or for its next attempt. */
  PENDING,
  RUNNING,
  COMPLETED,
  FAILED,
  CANCELLED;

  /** Whether a task in this state may enter {@code next}. Terminal states are left by nothing. */
  public boolean canBecome(TaskStatus next) {
    return switch (this) {
      case PENDING -> next == RUNNING || next == CANCELLED || next == FAILED;
      // Back to PENDING only through a recorded further attempt.
      case RUNNING -> next.isTerminal() || next == PENDING;
      case COMPLETED, FAILED, CANCELLED -> false;
    };
  }

  public boolean isTerminal() {
    return this == COMPLETED || this == FAILED || this == CANCELLED;
  }

  /** The word used in files and answers: the name in lower case. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static Optional<TaskStatus> ofWord(String word) {
    for (TaskStatus status : values()) {
      if (status.word().equals(word)) {
        return Optional.of(status);
      }
    }
    return Optional.empty();
  }
}
