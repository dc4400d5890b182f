package io.etlapi.http;

import io.etlapi.execution.TaskSnapshot;
import io.etlapi.json.Json;
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

    private void writeTo(StringBuilder out) {
      member(out, "{\"node\":", node);
      member(out, ",\"status\":", status);
      member(out, ",\"step_name\":", stepName);
      member(out, ",\"task_id\":", taskId).append('}');
    }
  }

  /**
   * The same JSON as of any view, without asking a JSON binding: nine of ten answers are this one,
   * and half of what they cost would be that.
   */
  String json() {
    StringBuilder out = new StringBuilder(512);
    member(out, "{\"attempt\":", attempt).append(",\"children\":[");
    for (int i = 0; i < children.size(); i++) {
      children.get(i).writeTo(i == 0 ? out : out.append(','));
    }
    member(out, "],\"completed_at\":", completedAt);
    member(out, ",\"created_at\":", createdAt);
    member(out, ",\"error\":", error);
    member(out, ",\"parent_id\":", parentId);
    member(out, ",\"priority\":", priority);
    member(out, ",\"progress\":", progress);
    member(out, ",\"queue_position\":", queuePosition);
    member(out, ",\"stage\":", stage);
    member(out, ",\"started_at\":", startedAt);
    member(out, ",\"status\":", status);
    member(out, ",\"step_name\":", stepName);
    member(out, ",\"task_id\":", taskId);
    return member(out, ",\"traceparent\":", traceparent).append('}').toString();
  }

  private static StringBuilder member(StringBuilder out, String name, @Nullable Object value) {
    return out.append(name).append(Json.write(value));
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
