package io.etlapi.step;

import io.etlapi.engine.DuckDbSession;
import io.etlapi.task.TaskId;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * What a running step may use. Belongs to one attempt of one task; used by the attempt's thread
 * alone.
 */
public interface StepContext {

  TaskId taskId();

  /** From 1. */
  int attempt();

  /** When this attempt began; the one reading of the clock that a step needs. */
  Instant startedAt();

  /**
   * What this attempt does elsewhere names as its parent, as a W3C {@code traceparent}: the span of
   * the attempt where that is recorded, else where in a trace the request came from.
   */
  default Optional<String> traceparent() {
    return Optional.empty();
  }

  /** {@code parameters} overridden by {@code custom_params}, already valid by the step's schema. */
  StepParameters parameters();

  /**
   * The value of a parameter that the step's schema declares secret ({@code "x-etl-secret": true});
   * {@link #parameters} has no more than the reference to it. What was asked for here is blotted
   * out of the log, the error and the result of this attempt; never write it to a file.
   *
   * @throws StepException if the parameter is not there or no reference, or its secret is not there
   */
  String secret(String parameter) throws StepException;

  /** The outputs of earlier steps, in the order of the request. */
  List<StepInput> inputs();

  /** Checks paths from requests and finds what lies behind the outputs of other tasks. */
  FileAccess files();

  /**
   * The folder of this attempt: the only place a step writes to. When the task completes it is
   * published as a whole under {@link #published}; else it is removed.
   */
  Path folder();

  /** The path under which a file of {@link #folder} will be found once the task is completed. */
  Path published(String fileName);

  /**
   * The engine session of this attempt, opened on the first call: waits for a free engine permit.
   * It reaches {@link #folder} and the files given; later calls return the same session and may
   * name no further files.
   *
   * @param readable files to read; checked by {@link FileAccess} before
   * @throws InterruptedException if the task is stopped while it waits
   */
  DuckDbSession session(Collection<Path> readable) throws InterruptedException;

  /** Adds a line to the task's log and to {@code execution_logs}. */
  void log(String line);

  /** The lines logged so far. */
  List<String> logged();

  /**
   * Says how far the work is.
   *
   * @param percent 0..100 of the whole step
   * @param stage what is being done, such as {@code "profile 3 of 7 columns"}
   */
  void progress(int percent, String stage);

  /**
   * Call between units of work that are not engine statements.
   *
   * @throws InterruptedException if the task was stopped or timed out
   */
  void throwIfStopped() throws InterruptedException;
}
