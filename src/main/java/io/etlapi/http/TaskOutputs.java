package io.etlapi.http;

import io.etlapi.execution.TaskManager;
import io.etlapi.execution.TaskSnapshot;
import io.etlapi.task.Task;
import io.etlapi.task.TaskResult;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.HttpMethod;

/** Finds the JSON text of a completed task's output. */
@ApplicationScoped
public class TaskOutputs {

  @Inject TaskManager tasks;

  /**
   * The output of a task, {@code null} while it has none.
   *
   * @param method of the request: the body of an answer to HEAD is never written, so nothing is
   *     opened for it
   */
  WithOutput.Output of(TaskSnapshot snapshot, String method) {
    if (snapshot.task().isEmpty()) {
      return WithOutput.Output.none();
    }
    Task task = snapshot.task().get();
    TaskResult result = task.state().result();
    if (result == null || HttpMethod.HEAD.equals(method)) {
      return WithOutput.Output.none();
    }
    if (result instanceof TaskResult.Inline inline) {
      return WithOutput.Output.of(inline.json());
    }
    // Opened now and not while the body is written: a result that is gone must not be a 200.
    return WithOutput.Output.of(
        tasks.openResult(task), ((TaskResult.InFile) result).file().bytes());
  }
}
