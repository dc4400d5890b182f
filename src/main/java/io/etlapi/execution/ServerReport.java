package io.etlapi.execution;

import io.etlapi.monitor.DurationHistogram;
import io.etlapi.monitor.Measurements;
import java.util.Map;
import java.util.Optional;

/**
 * What is known of the server beside its {@link ServerStats}.
 *
 * @param paused whether new tasks are refused
 * @param recordBytes size of the tasks' records
 * @param engineWaiting callers that wait for the engine
 * @param engineMemoryBytes memory of all engine sessions together
 * @param storeWrites durable writes of files
 * @param recovery what the start found in the storage folder
 * @param lastFailure a sentence about the task that failed last since the start
 */
public record ServerReport(
    ServerStats stats,
    boolean paused,
    long recordBytes,
    Cache cache,
    int engineWaiting,
    long engineMemoryBytes,
    String engineVersion,
    Measurements measurements,
    DurationHistogram storeWrites,
    Recovery recovery,
    Optional<String> lastFailure) {

  /**
   * The cache of finished records, since the start.
   *
   * @param entries records that it holds
   * @param hits records that were answered from it
   * @param misses records that were read from their files
   */
  public record Cache(long entries, long hits, long misses) {}

  /**
   * What the start found in the storage folder.
   *
   * @param fromSnapshot how many tasks were known from the last clean stop, without being read
   * @param quarantined files that could not be read as tasks and lie aside, with the reason
   * @param leftovers unfinished writes that were removed
   * @param orphans outputs and logs without a task that were removed
   */
  public record Recovery(
      int tasks, int fromSnapshot, Map<String, String> quarantined, int leftovers, int orphans) {}
}
