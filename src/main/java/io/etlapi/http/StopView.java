package io.etlapi.http;

import io.etlapi.execution.StopOutcome;
import io.etlapi.task.TaskId;
import java.util.Locale;

/** The answer to a request to stop a task. */
public record StopView(String taskId, String status) implements View {

  static StopView of(TaskId id, StopOutcome outcome) {
    return new StopView(id.toString(), outcome.name().toLowerCase(Locale.ROOT));
  }
}
