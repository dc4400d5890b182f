package io.etlapi.http.live;

import io.etlapi.http.Problem;
import io.etlapi.http.ProblemServlet;
import io.etlapi.http.Refusal;
import io.etlapi.task.Fault;
import io.etlapi.task.TaskException;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Answers a request with a stream, or with the problem document that says why not. */
final class StreamRequest {

  private static final String MEDIA_TYPE = "text/event-stream";
  private static final int RETRY_SECONDS = 5;

  private final LiveEvents live;
  private final HttpServletRequest request;
  private final HttpServletResponse response;

  StreamRequest(LiveEvents live, HttpServletRequest request, HttpServletResponse response) {
    this.live = live;
    this.request = request;
    this.response = response;
  }

  /**
   * Answers.
   *
   * @param wanted what the request asks for; may throw what refuses it
   */
  void answer(Function<HttpServletRequest, Subscription> wanted) throws IOException {
    try {
      answer(wanted.apply(request));
    } catch (RuntimeException e) {
      TaskException refused = Refusal.in(e).orElseThrow(() -> e);
      refuse(Refusal.of(refused, request.getRequestURI()));
    }
  }

  private void answer(Subscription subscription) throws IOException {
    if (!accepts(request.getHeader("Accept"))) {
      ProblemServlet.write(
          Problem.ofStatus(
              HttpServletResponse.SC_NOT_ACCEPTABLE,
              "Not acceptable",
              "The answer is a stream of events, which the header Accept of the request rules out:"
                  + " accept "
                  + MEDIA_TYPE
                  + ".",
              request.getRequestURI()),
          response);
      return;
    }
    live.require(subscription);
    Optional<String> last = lastEventId();
    Optional<EventId> lastId = last.flatMap(EventId::parse);
    if (live.hasAll(subscription, lastId)) {
      // The one answer after which a browser does not come back.
      response.setStatus(HttpServletResponse.SC_NO_CONTENT);
      return;
    }
    boolean head = request.getMethod().equals("HEAD");
    if (!head && !live.takePlace()) {
      refuse(tooMany());
      return;
    }
    response.setContentType(MEDIA_TYPE + ";charset=UTF-8");
    response.setHeader("X-Accel-Buffering", "no");
    if (!head) {
      begin(subscription, lastId, last.isPresent());
    }
  }

  private void begin(Subscription subscription, Optional<EventId> last, boolean resumes)
      throws IOException {
    AsyncContext context;
    try {
      context = request.startAsync();
    } catch (RuntimeException e) {
      live.returnPlace();
      throw e;
    }
    context.setTimeout(0);
    live.begin(subscription, last, resumes, context);
  }

  private Refusal tooMany() {
    return new Refusal(
        new Problem(
            "urn:etl-api:problem:too-many-listeners",
            "Too many listeners",
            HttpServletResponse.SC_SERVICE_UNAVAILABLE,
            "As many clients as are allowed follow live events already (ETL_MAX_LISTENERS): poll,"
                + " or try again.",
            request.getRequestURI(),
            List.of(),
            Map.of()),
        RETRY_SECONDS);
  }

  private void refuse(Refusal refusal) throws IOException {
    if (refusal.retryAfterSeconds() > 0) {
      response.setHeader("Retry-After", Integer.toString(refusal.retryAfterSeconds()));
    }
    ProblemServlet.write(refusal.problem(), response);
  }

  /** What a browser sends when it comes back; the parameter is for clients that begin anew. */
  private Optional<String> lastEventId() {
    return Optional.ofNullable(request.getHeader("Last-Event-ID"))
        .or(() -> Optional.ofNullable(request.getParameter("last_event_id")))
        .filter(text -> !text.isBlank());
  }

  private static boolean accepts(@Nullable String accept) {
    if (accept == null) {
      return true;
    }
    String types = accept.toLowerCase(Locale.ROOT);
    return types.contains(MEDIA_TYPE) || types.contains("text/*") || types.contains("*/*");
  }

  /** A place in a log that a request names; 0 if it names none. */
  static long offset(HttpServletRequest request, String parameter) {
    String text = request.getParameter(parameter);
    if (text == null) {
      return 0;
    }
    if (!text.matches("[0-9]{1,18}")) {
      throw TaskException.invalid(
          List.of(new Fault("/" + parameter, parameter + " must be a whole number from 0.")));
    }
    return Long.parseLong(text);
  }
}
