package io.etlapi.execution;

import io.etlapi.task.Task;
import io.etlapi.task.TaskSummary;
import java.util.List;
import java.util.Optional;

/**
 * A task as a client sees it now.
 *
 * @param summary always there
 * @param task the whole record, only of a task that has ended (its result or error), where it was
 *     asked for
 * @param progressPercent 0..100; 100 once completed
 * @param stage what a running task is doing, or what a pending one waits for
 * @param queuePosition from 1 while it waits for a slot
 * @param traceparent where in a trace the request came from
 * @param children of a pipeline run, in order of creation
 */
public record TaskSnapshot(
    TaskSummary summary,
    Optional<Task> task,
    int progressPercent,
    Optional<String> stage,
    Optional<Integer> queuePosition,
    Optional<String> traceparent,
    List<TaskSummary> children) {}
