package io.etlapi.http;

import jakarta.json.bind.annotation.JsonbProperty;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The server at one moment, for people who look after it.
 *
 * @param build what the build says of itself beside the version
 * @param server name and version of the application server
 * @param startedAt when the process began
 * @param steps the ones that have run since the start, by name
 * @param configuration every setting with {@code key}, {@code value}, {@code source} and {@code
 *     default}; secrets masked
 * @param lastError a sentence about the task that failed last since the start
 */
public record ServerView(
    String version,
    String build,
    String java,
    String server,
    String os,
    Instant startedAt,
    long uptimeSeconds,
    Storage storage,
    Memory memory,
    Engine engine,
    Threads threads,
    Queue queue,
    Cache cache,
    List<StepFigures> steps,
    List<Map<String, String>> configuration,
    Health health,
    @Nullable String lastError)
    implements View {

  /**
   * The storage folder.
   *
   * @param bytes size of the records and the published outputs
   * @param freeBytes free space of its disk
   * @param tasks stored tasks
   */
  public record Storage(
      String directory, long bytes, long freeBytes, long tasks, long outputsBytes) {}

  /**
   * In bytes.
   *
   * @param rss resident memory of the process, null where the system does not tell
   */
  public record Memory(long heapUsed, long heapMax, @Nullable Long rss) {}

  /**
   * The engine.
   *
   * @param permits threads of all sessions together
   * @param inUse threads that sessions hold
   * @param waiting callers that wait for a session
   * @param memoryLimit bytes of all sessions together
   */
  public record Engine(String version, int permits, int inUse, int waiting, long memoryLimit) {}

  /** Threads of the process, now and at most. */
  public record Threads(int live, int peak) {}

  /**
   * The queue.
   *
   * @param paused whether new tasks are refused
   */
  public record Queue(int running, int maxConcurrent, int queued, int capacity, boolean paused) {}

  /** The cache of finished records. */
  public record Cache(long entries, long hits, long misses) {}

  /**
   * Tasks of one step since the start.
   *
   * @param runs tasks that have ended
   * @param p50Ms half of the attempts took no longer
   */
  public record StepFigures(
      String name,
      long runs,
      long failed,
      // The naming of the others sees no new word after a digit.
      @JsonbProperty("p50_ms") double p50Ms,
      @JsonbProperty("p95_ms") double p95Ms,
      @JsonbProperty("p99_ms") double p99Ms) {}

  /**
   * As {@code GET /health} says.
   *
   * @param reasons why not; empty when healthy
   */
  public record Health(String status, List<String> reasons) {}
}
