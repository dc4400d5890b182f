package io.etlapi.execution;

import io.etlapi.task.TaskId;
import java.util.List;
import java.util.Optional;

/**
 * An accepted request.
 *
 * @param started whether the task had a slot at once; else it is queued
 * @param pid process id of this server
 * @param threadId Java thread id of the task, 0 while it waits
 * @param queuePosition from 1 while it waits
 * @param warnings what in the request has no effect
 * @param replayed whether this is the answer to an earlier request with the same idempotency key
 */
public record Submission(
    TaskId taskId,
    String stepName,
    boolean started,
    long pid,
    long threadId,
    Optional<Integer> queuePosition,
    List<String> warnings,
    boolean replayed) {}
