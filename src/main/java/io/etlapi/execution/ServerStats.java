package io.etlapi.execution;

import io.etlapi.task.TaskCounts;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * The server at one moment.
 *
 * @param counts stored tasks by status
 * @param running tasks that do work now; parents are not counted
 * @param queued tasks that wait for a slot now
 * @param faults why the server cannot accept work; empty when healthy
 * @param engineThreads all engine threads, and those that are free
 */
public record ServerStats(
    Instant now,
    TaskCounts counts,
    int running,
    int queued,
    int queueCapacity,
    int maxConcurrent,
    Duration taskTtl,
    Path storageDirectory,
    long storageBytes,
    long freeBytes,
    long heapUsedBytes,
    long heapMaxBytes,
    Duration uptime,
    int engineThreads,
    int engineThreadsFree,
    List<String> faults) {

  public boolean isHealthy() {
    return faults.isEmpty();
  }
}
