package io.etlapi.task;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The few hundred bytes of a task that lists, counts and status polls of unfinished tasks need;
 * held in memory for every stored task.
 *
 * @param completedTick reading of the storage clock at the end, 0 before
 * @param node the task's name in its parent's graph, null for a root
 */
public record TaskSummary(
    TaskId id,
    String stepName,
    TaskStatus status,
    int attempt,
    int priority,
    Instant createdAt,
    @Nullable Instant startedAt,
    @Nullable Instant completedAt,
    @Nullable TaskId parentId,
    @Nullable String node,
    boolean parent,
    long completedTick) {

  public static TaskSummary of(Task task) {
    TaskSpec spec = task.spec();
    TaskState state = task.state();
    return new TaskSummary(
        spec.id(),
        spec.stepName(),
        state.status(),
        state.attempt(),
        spec.priority(),
        spec.createdAt(),
        state.startedAt(),
        state.completedAt(),
        spec.origin().parentId(),
        spec.origin().node(),
        spec.isParent(),
        state.completedTick());
  }
}
