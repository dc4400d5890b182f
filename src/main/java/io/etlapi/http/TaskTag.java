package io.etlapi.http;

import io.etlapi.execution.TaskSnapshot;
import io.etlapi.task.TaskSummary;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.ws.rs.core.CacheControl;
import jakarta.ws.rs.core.EntityTag;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The entity tag of a task: it changes with everything that its status shows. A client that polls
 * with {@code If-None-Match} gets a 304 without a body while nothing has changed.
 */
final class TaskTag {

  private static final String REVALIDATE = "private, no-cache, no-transform";

  private static final CacheControl CONTROL = control();

  private TaskTag() {}

  private static CacheControl control() {
    CacheControl control = new CacheControl();
    control.setPrivate(true);
    control.setNoCache(true);
    return control;
  }

  /** The tag as the header shows it, in quotes. Needs no record. */
  static String of(TaskSnapshot task) {
    TaskSummary summary = task.summary();
    StringBuilder seen = new StringBuilder(160);
    seen.append(summary.id())
        .append(summary.status().word())
        .append(summary.attempt())
        .append('|')
        .append(summary.priority());
    append(seen, summary.startedAt());
    append(seen, summary.completedAt());
    seen.append('|')
        .append(task.progressPercent())
        .append('|')
        .append(task.stage().orElse(null))
        .append('|')
        .append(task.queuePosition().orElse(0));
    for (TaskSummary child : task.children()) {
      seen.append('|').append(child.id()).append(child.status()).append(child.attempt());
    }
    // A name-based UUID is the JDK's shortest way to 122 bits of a digest.
    return '"'
        + UUID.nameUUIDFromBytes(seen.toString().getBytes(StandardCharsets.UTF_8)).toString()
        + '"';
  }

  private static void append(StringBuilder seen, @Nullable Instant time) {
    seen.append('|');
    if (time != null) {
      seen.append(time.getEpochSecond()).append('.').append(time.getNano());
    }
  }

  static void set(HttpServletResponse response, String tag) {
    response.setHeader(HttpHeaders.ETAG, tag);
    response.setHeader(HttpHeaders.CACHE_CONTROL, REVALIDATE);
  }

  /** The 304 that answers a client which has this state already; null if it has not. */
  static Response.@Nullable ResponseBuilder unchanged(Request request, String tag) {
    Response.ResponseBuilder builder = request.evaluatePreconditions(entityTag(tag));
    return builder == null ? null : tagged(builder, tag);
  }

  static Response.ResponseBuilder tagged(Response.ResponseBuilder response, String tag) {
    return response.tag(entityTag(tag)).cacheControl(CONTROL);
  }

  private static EntityTag entityTag(String tag) {
    return new EntityTag(tag.substring(1, tag.length() - 1));
  }
}
