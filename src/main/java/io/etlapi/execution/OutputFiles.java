package io.etlapi.execution;

import io.etlapi.step.FileAccess;
import io.etlapi.step.StepException;
import io.etlapi.step.StepInput;
import io.etlapi.step.dataset.Dataset;
import io.etlapi.store.TaskStore;
import io.etlapi.task.Task;
import io.etlapi.task.TaskException;
import io.etlapi.task.TaskException.Reason;
import io.etlapi.task.TaskId;
import io.etlapi.task.TaskStatus;
import java.io.IOException;

/** Finds the file that a completed task has published as its table. */
final class OutputFiles {

  private final TaskStore store;
  private final InputResolver inputs;
  private final FileAccess files;

  OutputFiles(TaskStore store, InputResolver inputs, FileAccess files) {
    this.store = store;
    this.inputs = inputs;
    this.files = files;
  }

  /**
   * The file as its record describes it.
   *
   * @throws TaskException if the task is unknown or has not completed, or the file is gone
   */
  Dataset require(TaskId id) throws InterruptedException {
    Task task = store.find(id).orElseThrow(() -> TaskException.unknownTask(id.toString()));
    if (task.status() != TaskStatus.COMPLETED) {
      throw new TaskException(
          Reason.WRONG_STATE,
          "Task "
              + id
              + " is "
              + task.status().word()
              + ": only a completed task has an output to look at.");
    }
    try {
      StepInput output = new StepInput(task.spec().stepName(), inputs.reduced(task));
      if (output.filePath().isEmpty()) {
        throw new TaskException(Reason.GONE, "The output of task " + id + " has no file.");
      }
      return Dataset.open(files, output);
    } catch (StepException | IOException e) {
      throw new TaskException(
          Reason.GONE,
          "The file of task " + id + " is gone: it was removed or changed. Run the task again.",
          e);
    }
  }
}
