package io.etlapi.http;

import io.etlapi.execution.Submission;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The answer to an accepted run. */
public record RunView(
    String taskId,
    String status,
    long pid,
    long threadId,
    String stepName,
    @Nullable Integer queuePosition,
    List<String> warnings)
    implements View {

  static RunView of(Submission submission) {
    return new RunView(
        submission.taskId().toString(),
        submission.started() ? "started" : "queued",
        submission.pid(),
        submission.threadId(),
        submission.stepName(),
        submission.queuePosition().orElse(null),
        submission.warnings());
  }
}
