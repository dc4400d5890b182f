package io.etlapi.http;

import io.etlapi.execution.Submission;
import io.etlapi.execution.TaskSnapshot;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The answer to an accepted run whose client waited: the same members as {@link RunView}, and how
 * far the task had come when the wait was over.
 *
 * @param taskStatus the task's status word after the wait
 * @param error why it did not complete
 */
public record EndedRunView(
    String taskId,
    String status,
    long pid,
    long threadId,
    String stepName,
    @Nullable Integer queuePosition,
    List<String> warnings,
    String taskStatus,
    @Nullable String error)
    implements View {

  static EndedRunView of(Submission submission, TaskSnapshot task) {
    RunView run = RunView.of(submission);
    return new EndedRunView(
        run.taskId(),
        run.status(),
        run.pid(),
        run.threadId(),
        run.stepName(),
        task.queuePosition().orElse(null),
        run.warnings(),
        task.summary().status().word(),
        task.task().map(ended -> ended.state().error()).orElse(null));
  }
}
