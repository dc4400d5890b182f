package io.etlapi.http;

import io.etlapi.task.Fault;
import io.etlapi.task.TaskException;
import io.etlapi.task.TaskRequest;
import io.etlapi.task.TaskSpec;
import io.etlapi.task.TraceParent;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Turns the body of {@code POST /run/{step}} into a request: checks its shape, types and ranges.
 * What the members mean for the step is checked where the step is known.
 */
final class RunRequestReader {

  /** A year: longer than any attempt, short enough that no sum of instants overflows. */
  static final int MAX_TIMEOUT_SECONDS = 366 * 24 * 3600;

  static final int MAX_RETRIES = 100;

  private static final Pattern IDEMPOTENCY_KEY = Pattern.compile("[\\x21-\\x7e]{1,255}");

  private RunRequestReader() {}

  /**
   * Reads a request.
   *
   * @param idempotencyKey the header's value, null without one
   * @param principal who asks, null where nobody signed in
   * @param traceparent of the request's header
   * @throws TaskException listing every fault at once
   */
  static TaskRequest read(
      Map<String, @Nullable Object> body,
      @Nullable String idempotencyKey,
      @Nullable String principal,
      Optional<TraceParent> traceparent) {
    ObjectReader reader = new ObjectReader(body);
    TaskRequest request =
        new TaskRequest(
            reader.object("parameters"),
            reader.object("custom_params"),
            reader.objects("previous_outputs"),
            reader.texts("inputs"),
            reader.integer("priority", TaskSpec.MIN_PRIORITY, TaskSpec.MAX_PRIORITY),
            reader.integer("timeout_seconds", 1, MAX_TIMEOUT_SECONDS),
            reader.integer("retries", 0, MAX_RETRIES),
            reader.text("resume"),
            key(idempotencyKey),
            Optional.ofNullable(principal),
            traceparent);
    reader.throwIfFaulty();
    return request;
  }

  private static Optional<String> key(@Nullable String header) {
    if (header == null || header.isBlank()) {
      return Optional.empty();
    }
    String key = header.strip();
    if (!IDEMPOTENCY_KEY.matcher(key).matches()) {
      throw TaskException.invalid(
          List.of(
              new Fault(
                  "",
                  "The header Idempotency-Key must be 1 to 255 printable ASCII characters without"
                      + " spaces.")));
    }
    return Optional.of(key);
  }
}
