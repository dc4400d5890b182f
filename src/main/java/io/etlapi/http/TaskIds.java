package io.etlapi.http;

import io.etlapi.task.TaskException;
import io.etlapi.task.TaskId;

/** Reads task ids in paths. */
public final class TaskIds {

  private TaskIds() {}

  /**
   * The id that a path segment spells.
   *
   * @throws TaskException if it spells none: to a client that is a task that does not exist
   */
  public static TaskId require(String segment) {
    return TaskId.parse(segment)
        .orElseThrow(() -> TaskException.unknownTask(ObjectReader.clip(segment)));
  }
}
