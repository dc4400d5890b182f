package io.etlapi.execution;

import io.etlapi.step.FinishedOutputs;
import io.etlapi.store.TaskStore;
import io.etlapi.task.OutputFile;
import io.etlapi.task.TaskId;
import io.etlapi.task.TaskResult;
import io.etlapi.task.TaskStatus;
import java.util.List;
import java.util.Optional;

/** What completed tasks have published, as their records say. */
final class StoredOutputs implements FinishedOutputs {

  private final TaskStore store;

  StoredOutputs(TaskStore store) {
    this.store = store;
  }

  @Override
  public Optional<List<OutputFile>> filesOf(TaskId task) {
    return store
        .find(task)
        .filter(found -> found.status() == TaskStatus.COMPLETED)
        .map(found -> found.state().result())
        .map(TaskResult::files);
  }
}
