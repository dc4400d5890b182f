package io.etlapi.http;

import io.etlapi.execution.TaskSnapshot;
import io.etlapi.task.TaskId;
import io.etlapi.task.TaskSummary;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@code GET /status/{id}} says beside the output.
 *
 * @param progress percent, 0..100
 * @param stage what a running task is doing, or what a pending one waits for
 * @param queuePosition from 1 while it waits for a slot
 * @param traceparent where in a trace the request came from, as W3C writes it
 * @param children of a pipeline run, in order of creation
 */
public record StatusView(
    String taskId,
    String stepName,
    String status,
    @Nullable String error,
    Instant createdAt,
    @Nullable Instant startedAt,
    @Nullable Instant completedAt,
    int progress,
    @Nullable String stage,
    int attempt,
    int priority,
    @Nullable Integer queuePosition,
    @Nullable String parentId,
    @Nullable String traceparent,
    List<Child> children)
    implements View {

  /**
   * A part of a pipeline run.
   *
   * @param node its name in the graph
   */
  public record Child(String taskId, @Nullable String node, String stepName, String status) {

    static Child of(TaskSummary child) {
      return new Child(
          child.id().toString(), child.node(), child.stepName(), child.status().word());
    }
  }

  static StatusView of(TaskSnapshot snapshot) {
    TaskSummary summary = snapshot.summary();
    TaskId parent = summary.parentId();
    return new StatusView(
        summary.id().toString(),
        summary.stepName(),
        summary.status().word(),
        snapshot.task().map(task -> task.state().error()).orElse(null),
        summary.createdAt(),
        summary.startedAt(),
        summary.completedAt(),
        snapshot.progressPercent(),
        snapshot.stage().orElse(null),
        summary.attempt(),
        summary.priority(),
        snapshot.queuePosition().orElse(null),
        parent == null ? null : parent.toString(),
        snapshot.traceparent().orElse(null),
        snapshot.children().stream().map(Child::of).toList());
  }
}
