package io.etlapi.http;

import io.etlapi.task.TaskId;
import java.util.List;

/** What a clean-up on request removed. */
public record CleanupView(String status, String message, Details details) implements View {

  /** The tasks that are gone. */
  public record Details(int tasksCleaned, List<String> cleanedTaskIds) {}

  static CleanupView of(List<TaskId> removed) {
    return new CleanupView(
        "success",
        "Manual cleanup completed: " + removed.size() + " tasks cleaned",
        new Details(removed.size(), removed.stream().map(TaskId::toString).toList()));
  }
}
