package io.etlapi.task;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was asked for; never changes after the task is accepted.
 *
 * @param params the request as it was accepted: {@code parameters}, {@code custom_params}, {@code
 *     previous_outputs}, {@code inputs}, as JSON values
 * @param priority {@value #MIN_PRIORITY}..{@value #MAX_PRIORITY}, the highest runs first
 * @param maxAttempts 1 or more: the first attempt and the retries
 * @param timeout limit of one attempt, measured from running; null for none
 */
public record TaskSpec(
    TaskId id,
    String stepName,
    Map<String, @Nullable Object> params,
    int priority,
    int maxAttempts,
    @Nullable Duration timeout,
    Instant createdAt,
    Origin origin) {

  public static final int MIN_PRIORITY = 0;
  public static final int MAX_PRIORITY = 9;
  public static final int DEFAULT_PRIORITY = 5;

  /**
   * Where a task comes from.
   *
   * @param principal who asked, null where nobody signed in
   * @param idempotency the caller's key, null without one
   * @param parentId the pipeline run this task is a part of, null for a root
   * @param node the name of this task in its parent's graph, null for a root
   * @param resumedFrom the earlier pipeline run that this one goes on with
   * @param definition the pipeline document this parent runs, null for a plain step
   * @param traceparent where in a trace the request came from, as {@link TraceParent} writes it
   */
  public record Origin(
      @Nullable String principal,
      @Nullable Idempotency idempotency,
      @Nullable TaskId parentId,
      @Nullable String node,
      @Nullable TaskId resumedFrom,
      @Nullable Map<String, @Nullable Object> definition,
      @Nullable String traceparent) {

    /** Of a request that belongs to no trace. */
    public Origin(
        @Nullable String principal,
        @Nullable Idempotency idempotency,
        @Nullable TaskId parentId,
        @Nullable String node,
        @Nullable TaskId resumedFrom,
        @Nullable Map<String, @Nullable Object> definition) {
      this(principal, idempotency, parentId, node, resumedFrom, definition, null);
    }

    public static final Origin NONE = new Origin(null, null, null, null, null, null);
  }

  /**
   * Makes resending a request safe.
   *
   * @param keyHash SHA-256 of the caller's key, hexadecimal
   * @param requestHash SHA-256 of principal, step and parsed body, hexadecimal
   */
  public record Idempotency(String keyHash, String requestHash) {}

  public TaskSpec {
    if (priority < MIN_PRIORITY || priority > MAX_PRIORITY) {
      throw new IllegalArgumentException("priority must be 0..9: " + priority);
    }
    if (maxAttempts < 1) {
      throw new IllegalArgumentException("maxAttempts must be 1 or more: " + maxAttempts);
    }
  }

  /** Whether this task is a pipeline run: a record without thread or slot. */
  public boolean isParent() {
    return origin.definition() != null;
  }

  public boolean isRoot() {
    return origin.parentId() == null;
  }
}
