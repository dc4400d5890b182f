package io.etlapi.http;

import io.etlapi.json.Json;
import io.etlapi.task.Fault;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A problem document (RFC 9457): why a request was refused.
 *
 * @param type short name of the kind of problem; {@code about:blank} for a plain HTTP status
 * @param title the kind of problem, the same for every occurrence
 * @param detail a sentence that a person can act on
 * @param instance the path that was asked for
 * @param errors single faults, where there are more than the sentence says
 * @param extensions further members
 */
public record Problem(
    String type,
    String title,
    int status,
    String detail,
    String instance,
    List<Fault> errors,
    Map<String, @Nullable Object> extensions) {

  public static final String MEDIA_TYPE = "application/problem+json";

  private static final int MAX_INSTANCE = 512;

  /** A problem that is no more than its HTTP status and a sentence. */
  public static Problem ofStatus(int status, String title, String detail, String instance) {
    return new Problem("about:blank", title, status, detail, instance, List.of(), Map.of());
  }

  /** The document as JSON text. */
  public String json() {
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    members.put("type", type);
    members.put("title", title);
    members.put("status", status);
    members.put("detail", detail);
    members.put(
        "instance",
        instance.length() <= MAX_INSTANCE ? instance : instance.substring(0, MAX_INSTANCE));
    if (!errors.isEmpty()) {
      members.put("errors", errors.stream().map(Problem::members).toList());
    }
    members.putAll(extensions);
    return Json.write(members);
  }

  private static Map<String, String> members(Fault fault) {
    Map<String, String> members = new LinkedHashMap<>();
    members.put("pointer", fault.pointer());
    members.put("detail", fault.detail());
    return members;
  }
}
