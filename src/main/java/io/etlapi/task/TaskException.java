package io.etlapi.task;

import java.util.List;

/**
 * A request that is refused, with the reason. The message is a sentence for the caller: it never
 * holds a server path or a stack trace.
 */
public class TaskException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Why a request is refused; the HTTP room maps each to a status code. */
  public enum Reason {
    /** The request cannot be read (malformed JSON, too deep, too many fields). */
    MALFORMED,
    UNKNOWN_STEP,
    /** An input of the step is itself the output of a failed step. */
    FAILED_DEPENDENCY,
    UNKNOWN_TASK,
    /** Something else that was named does not exist. */
    NOT_FOUND,
    /** It was there, but has been removed. */
    GONE,
    /** The task is in a state that does not allow the request. */
    WRONG_STATE,
    /** Values of the wrong type, out of range or not allowed; see {@link #faults()}. */
    INVALID,
    TOO_LARGE,
    /** There is a body, but not declared as JSON in UTF-8. */
    NOT_JSON,
    FORBIDDEN,
    /** The credentials that were sent are not good. */
    UNAUTHENTICATED,
    /** The body of a request came too slowly. */
    SLOW_BODY,
    /** Credentials were not good too often. */
    TOO_MANY_FAILURES,
    QUEUE_FULL,
    STORAGE_UNAVAILABLE,
    /** Others use what it needs. */
    BUSY,
    /** It took longer than it may. */
    TOO_SLOW,
    /** Someone has paused the intake of new tasks. */
    PAUSED,
    /** The server is starting or stopping. */
    NOT_READY
  }

  private final Reason reason;
  // Faults are plain records; they are never serialised in practice.
  private final transient List<Fault> faults;

  public TaskException(Reason reason, String message) {
    this(reason, message, List.of());
  }

  public TaskException(Reason reason, String message, List<Fault> faults) {
    super(message);
    this.reason = reason;
    this.faults = List.copyOf(faults);
  }

  public TaskException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
    this.faults = List.of();
  }

  /** A refusal that lists every fault at once. */
  public static TaskException invalid(List<Fault> faults) {
    String detail =
        faults.size() == 1
            ? faults.get(0).detail()
            : faults.size()
                + " values are not acceptable: "
                + faults.get(0).detail()
                + " (and more)";
    return new TaskException(Reason.INVALID, detail, faults);
  }

  public static TaskException unknownTask(String id) {
    return new TaskException(
        Reason.UNKNOWN_TASK, "No task with id '" + id + "': it never existed or has expired.");
  }

  public Reason reason() {
    return reason;
  }

  /** The single faults where there is more than a sentence to say; else empty. */
  public List<Fault> faults() {
    return faults;
  }
}
