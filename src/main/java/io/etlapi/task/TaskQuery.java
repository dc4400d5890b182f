package io.etlapi.task;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which tasks to list; newest first. Null means no such filter.
 *
 * @param since created at or after
 * @param until created before
 * @param text part of the id or of the step name, ignoring case
 * @param parent only the parts of this pipeline run
 * @param rootsOnly only tasks that are no part of a pipeline run
 * @param before cursor: only tasks older than this one, exclusive
 * @param limit 1..{@value #MAX_LIMIT}
 */
public record TaskQuery(
    @Nullable TaskStatus status,
    @Nullable String stepName,
    @Nullable Instant since,
    @Nullable Instant until,
    @Nullable String text,
    @Nullable TaskId parent,
    boolean rootsOnly,
    @Nullable TaskId before,
    int limit) {

  public static final int MAX_LIMIT = 1000;

  public TaskQuery {
    if (limit < 1 || limit > MAX_LIMIT) {
      throw new IllegalArgumentException("limit must be 1.." + MAX_LIMIT + ": " + limit);
    }
  }

  /** A query that takes roots and parts alike. */
  public TaskQuery(
      @Nullable TaskStatus status,
      @Nullable String stepName,
      @Nullable Instant since,
      @Nullable Instant until,
      @Nullable String text,
      @Nullable TaskId before,
      int limit) {
    this(status, stepName, since, until, text, null, false, before, limit);
  }

  /** The same filters, for one task after another one. */
  public TaskQuery oneAfter(TaskId last) {
    return new TaskQuery(status, stepName, since, until, text, parent, rootsOnly, last, 1);
  }

  public static TaskQuery newest(int limit) {
    return new TaskQuery(null, null, null, null, null, null, limit);
  }
}
