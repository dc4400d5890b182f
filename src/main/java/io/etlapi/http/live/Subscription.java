package io.etlapi.http.live;

import io.etlapi.task.TaskId;
import java.util.Optional;

/**
 * What a client follows.
 *
 * @param task only this task and the children of its run; empty: everything
 * @param kind what it wants to hear
 * @param logOffset where in the task's log it begins, in bytes
 */
record Subscription(Optional<TaskId> task, Kind kind, long logOffset) {

  /** What a client wants to hear. */
  enum Kind {
    /** Events of all tasks. */
    ALL,
    /** Events and log of one task. */
    TASK,
    /** The log of one task, to its end. */
    LOG
  }

  static Subscription all() {
    return new Subscription(Optional.empty(), Kind.ALL, 0);
  }

  boolean wants(LiveEvent event) {
    return switch (kind) {
      case ALL -> true;
      case TASK -> task.isPresent() && event.isAbout(task.get());
      case LOG -> false;
    };
  }

  boolean hasLog() {
    return kind != Kind.ALL;
  }
}
