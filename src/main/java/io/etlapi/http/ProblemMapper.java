package io.etlapi.http;

import io.etlapi.execution.OutOfMemory;
import io.etlapi.task.TaskException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Turns whatever a resource throws into a problem document. What nobody foresaw becomes a sentence
 * with an incident number; its stack trace goes to the log under that number and nowhere else.
 */
@Provider
public class ProblemMapper implements ExceptionMapper<Throwable> {

  private static final System.Logger LOG = System.getLogger(ProblemMapper.class.getName());

  // Not the servlet's request: Open Liberty makes what it injects after the class of the first
  // request that comes, and fails with the next one that a filter has wrapped in another class.
  @Context @Nullable UriInfo uri;
  @Context @Nullable Request request;

  @Override
  public Response toResponse(Throwable thrown) {
    OutOfMemory.endIfCauseOf(thrown);
    String path = uri == null ? "" : uri.getRequestUri().getRawPath();
    String method = request == null ? "" : request.getMethod();
    if (thrown instanceof WebApplicationException web
        && web.getResponse().getStatus() < 500
        && Refusal.in(thrown).isEmpty()) {
      return web(web.getResponse(), method, path);
    }
    Refusal refusal = refusal(thrown, method, path);
    Response.ResponseBuilder response = response(refusal.problem());
    if (refusal.retryAfterSeconds() > 0) {
      response.header(HttpHeaders.RETRY_AFTER, refusal.retryAfterSeconds());
    }
    if (refusal.problem().status() == Response.Status.UNAUTHORIZED.getStatusCode()) {
      response.header(HttpHeaders.WWW_AUTHENTICATE, GuardAnswers.BEARER);
    }
    return response.build();
  }

  /** What the client is told; what a person must see goes to the log. */
  static Refusal refusal(Throwable thrown, String method, String path) {
    Optional<TaskException> refused = Refusal.in(thrown);
    if (refused.isPresent()) {
      Refusal refusal = Refusal.of(refused.get(), path);
      if (refusal.problem().status() >= 500) {
        log(refused.get(), path);
      }
      return refusal;
    }
    String incident = UUID.randomUUID().toString();
    LOG.log(
        System.Logger.Level.ERROR,
        "Incident " + incident + ": " + loggable(method) + " " + loggable(path) + " failed",
        thrown);
    return Refusal.unforeseen(incident, path);
  }

  /** What the client is told is all there is to say, unless something else was the cause. */
  private static void log(TaskException refused, String path) {
    String line = "Refused " + loggable(path) + ": " + refused.getMessage();
    if (refused.getCause() == null) {
      LOG.log(System.Logger.Level.WARNING, line);
    } else {
      LOG.log(System.Logger.Level.WARNING, line, refused);
    }
  }

  /** What the JAX-RS runtime refused: a path, a method, a media type. */
  private static Response web(Response original, String method, String path) {
    if (original.getStatus() < 400 || original.hasEntity()) {
      return original;
    }
    Response.ResponseBuilder response =
        response(StatusProblems.of(original.getStatus(), method, path));
    List<Object> allow = original.getHeaders().get(HttpHeaders.ALLOW);
    if (allow != null) {
      allow.forEach(value -> response.header(HttpHeaders.ALLOW, value));
    }
    return response.build();
  }

  private static Response.ResponseBuilder response(Problem problem) {
    return Response.status(problem.status()).type(Problem.MEDIA_TYPE).entity(problem.json());
  }

  private static String loggable(String text) {
    return ObjectReader.clip(text).replaceAll("\\p{Cntrl}", "?");
  }
}
