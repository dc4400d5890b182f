package io.etlapi.step;

import io.etlapi.task.OutputFile;
import io.etlapi.task.TaskId;
import java.util.List;
import java.util.Optional;

/**
 * Says what completed tasks have published. The record of a task, not the file system, decides: a
 * file that lies in an output folder but is not listed here is not trusted. Thread-safe.
 */
public interface FinishedOutputs {

  /** The files of a completed task; empty for a task that is unknown or did not complete. */
  Optional<List<OutputFile>> filesOf(TaskId task);
}
