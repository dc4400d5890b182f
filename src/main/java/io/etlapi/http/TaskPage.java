package io.etlapi.http;

import io.etlapi.task.TaskId;
import io.etlapi.task.TaskSummary;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A page of the list of tasks; its JSON is the array itself. */
public record TaskPage(List<Item> tasks) implements View {

  /**
   * One task.
   *
   * @param duration seconds from the start of the last attempt to the end; null before the end
   */
  public record Item(
      String taskId,
      String stepName,
      String status,
      Instant createdAt,
      @Nullable Instant startedAt,
      @Nullable Instant completedAt,
      @Nullable BigDecimal duration,
      @Nullable String parentId) {

    static Item of(TaskSummary task) {
      TaskId parent = task.parentId();
      return new Item(
          task.id().toString(),
          task.stepName(),
          task.status().word(),
          task.createdAt(),
          task.startedAt(),
          task.completedAt(),
          seconds(task.startedAt(), task.completedAt()),
          parent == null ? null : parent.toString());
    }

    private static @Nullable BigDecimal seconds(@Nullable Instant start, @Nullable Instant end) {
      return start == null || end == null
          ? null
          : BigDecimal.valueOf(Duration.between(start, end).toMillis(), 3);
    }
  }

  static TaskPage of(List<TaskSummary> tasks) {
    return new TaskPage(tasks.stream().map(Item::of).toList());
  }
}
