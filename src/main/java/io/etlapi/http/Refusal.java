package io.etlapi.http;

import io.etlapi.task.TaskException;
import io.etlapi.task.TaskException.Reason;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A problem and when to try again.
 *
 * @param retryAfterSeconds 0 where trying again does not help
 */
public record Refusal(Problem problem, int retryAfterSeconds) {

  private static final int CAUSES = 16;

  /** What the domain refused, said in HTTP's terms. */
  public static Refusal of(TaskException refused, String path) {
    ReasonStatus face = ReasonStatus.of(refused.reason());
    Map<String, @Nullable Object> extensions = new HashMap<>();
    if (refused.reason() == Reason.UNKNOWN_TASK) {
      // Clients of the replaced system read this field whatever the status.
      extensions.put("output", null);
    }
    String message = refused.getMessage();
    return new Refusal(
        new Problem(
            face.type(),
            face.title(),
            face.status(),
            message == null ? face.title() : message,
            path,
            refused.faults(),
            extensions),
        face.retryAfterSeconds());
  }

  /**
   * What nobody foresaw. Says nothing of the cause: that may hold anything.
   *
   * @param incident under which the log has the cause
   */
  static Refusal unforeseen(String incident, String path) {
    return new Refusal(
        new Problem(
            "urn:etl-api:problem:unforeseen",
            "Internal server error",
            500,
            "The server failed to answer, through no fault of the request. Its log has the cause"
                + " under incident "
                + incident
                + ".",
            path,
            List.of(),
            Map.of("incident", incident)),
        0);
  }

  /** The refusal of the domain in what was thrown: a container wraps what its beans throw. */
  public static Optional<TaskException> in(Throwable thrown) {
    Throwable cause = thrown;
    for (int i = 0; cause != null && i < CAUSES; i++) {
      if (cause instanceof TaskException refused) {
        return Optional.of(refused);
      }
      cause = cause.getCause();
    }
    return Optional.empty();
  }
}
