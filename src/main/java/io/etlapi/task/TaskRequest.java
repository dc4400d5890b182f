package io.etlapi.task;

import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request to run a step, its shape already checked: JSON values of the right types.
 * Null in the body counts as absent.
 *
 * @param parameters common parameters
 * @param customParams override {@code parameters}
 * @param previousOutputs outputs of earlier steps, in document order
 * @param inputs ids of earlier tasks by name, in document order, as they were sent
 * @param priority 0..9, 9 first
 * @param timeoutSeconds per attempt, from running; above 0
 * @param retries extra attempts, 0 or more
 * @param resume id of the pipeline run to go on with, as it was sent
 * @param idempotencyKey of the request's header
 * @param principal who asks, empty where nobody signed in
 * @param traceparent where in a trace the request came from
 */
public record TaskRequest(
    Map<String, @Nullable Object> parameters,
    Map<String, @Nullable Object> customParams,
    Map<String, @Nullable Object> previousOutputs,
    Map<String, String> inputs,
    Optional<Integer> priority,
    Optional<Integer> timeoutSeconds,
    Optional<Integer> retries,
    Optional<String> resume,
    Optional<String> idempotencyKey,
    Optional<String> principal,
    Optional<TraceParent> traceparent) {

  /** A request that belongs to no trace. */
  public TaskRequest(
      Map<String, @Nullable Object> parameters,
      Map<String, @Nullable Object> customParams,
      Map<String, @Nullable Object> previousOutputs,
      Map<String, String> inputs,
      Optional<Integer> priority,
      Optional<Integer> timeoutSeconds,
      Optional<Integer> retries,
      Optional<String> resume,
      Optional<String> idempotencyKey,
      Optional<String> principal) {
    this(
        parameters,
        customParams,
        previousOutputs,
        inputs,
        priority,
        timeoutSeconds,
        retries,
        resume,
        idempotencyKey,
        principal,
        Optional.empty());
  }

  /** A request with an empty body. */
  public static final TaskRequest EMPTY =
      new TaskRequest(
          Map.of(),
          Map.of(),
          Map.of(),
          Map.of(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());

  /** A request with nothing but common parameters. */
  public static TaskRequest of(Map<String, @Nullable Object> parameters) {
    return new TaskRequest(
        parameters,
        Map.of(),
        Map.of(),
        Map.of(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }
}
