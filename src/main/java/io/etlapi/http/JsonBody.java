package io.etlapi.http;

import io.etlapi.config.EtlConfig;
import io.etlapi.json.Json;
import io.etlapi.json.JsonException;
import io.etlapi.json.JsonLimits;
import io.etlapi.task.Fault;
import io.etlapi.task.TaskException;
import io.etlapi.task.TaskException.Reason;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the JSON object in a request's body, bounded before anything is bound. */
@ApplicationScoped
public class JsonBody {

  /**
   * How much of a refused body is still read. A client that is sending would otherwise meet a
   * closed connection and never see why it was refused.
   */
  private static final long DRAINED_BYTES = 256L << 20;

  private JsonLimits limits = new JsonLimits(1, 1, 1);

  /** For the container's proxy. */
  protected JsonBody() {}

  @Inject
  public JsonBody(EtlConfig config) {
    EtlConfig.Http http = config.http();
    this.limits = new JsonLimits(http.maxJsonDepth(), http.maxJsonFields(), http.maxBodyBytes());
  }

  /**
   * The object in the body. No body, and {@code null}, are an empty object.
   *
   * @param type null where the request names none
   * @throws TaskException if there is a body that is not declared as JSON, is too large, malformed,
   *     or no object
   */
  public Map<String, @Nullable Object> read(InputStream body, @Nullable MediaType type)
      throws IOException {
    PushbackInputStream in = new PushbackInputStream(body);
    int first = in.read();
    if (first < 0) {
      return Map.of();
    }
    in.unread(first);
    if (type == null || !isJson(type)) {
      drain(in);
      throw new TaskException(
          Reason.NOT_JSON,
          "The body must be JSON in UTF-8: send it with Content-Type: application/json, or send no"
              + " body.");
    }
    return object(parse(in));
  }

  private @Nullable Object parse(InputStream in) throws IOException {
    try {
      return Json.parse(in, limits);
    } catch (JsonException e) {
      drain(in);
      if (e.isTooLarge()) {
        throw new TaskException(
            Reason.TOO_LARGE,
            "The body is "
                + e.getMessage()
                + ", the most that is accepted (ETL_MAX_BODY_SIZE). Send less, or send files by"
                + " path.");
      }
      throw new TaskException(
          Reason.MALFORMED, "The body is not acceptable: " + e.getMessage() + ".");
    }
  }

  @SuppressWarnings("unchecked") // JSON objects have text keys
  private static Map<String, @Nullable Object> object(@Nullable Object value) {
    if (value == null) {
      return Map.of();
    }
    if (value instanceof Map) {
      return (Map<String, @Nullable Object>) value;
    }
    throw TaskException.invalid(
        List.of(
            new Fault("", "The body is of type " + Json.typeName(value) + ": send an object.")));
  }

  private static boolean isJson(MediaType type) {
    String subtype = type.getSubtype().toLowerCase(Locale.ROOT);
    String charset = type.getParameters().get(MediaType.CHARSET_PARAMETER);
    return type.getType().equalsIgnoreCase("application")
        && (subtype.equals("json") || subtype.endsWith("+json"))
        && (charset == null || charset.equalsIgnoreCase(StandardCharsets.UTF_8.name()));
  }

  private static void drain(InputStream in) throws IOException {
    byte[] buffer = new byte[64 * 1024];
    long left = DRAINED_BYTES;
    int count = in.read(buffer);
    while (count >= 0 && left > 0) {
      left -= count;
      count = in.read(buffer);
    }
  }
}
