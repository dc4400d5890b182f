package io.etlapi.http;

import io.etlapi.execution.Submission;
import io.etlapi.execution.TaskManager;
import io.etlapi.execution.TaskSnapshot;
import io.etlapi.task.TaskId;
import io.etlapi.task.TaskRequest;
import io.etlapi.task.TraceParent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.container.Suspended;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import jakarta.ws.rs.core.UriInfo;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.security.Principal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Starts steps. */
@ApplicationScoped
@Path("run")
@Produces(MediaType.APPLICATION_JSON)
public class RunResource {

  static final String IDEMPOTENCY_KEY = "Idempotency-Key";
  static final String TRACEPARENT = "traceparent";
  static final String REPLAYED = "Idempotency-Replayed";

  @Inject TaskManager tasks;
  @Inject JsonBody json;
  @Inject TaskOutputs outputs;
  @Inject EndedTasks ended;

  /**
   * Accepts a task; it is durable before the answer. {@code Prefer: wait=N} answers as soon as it
   * has ended, with its output.
   */
  @POST
  @Path("{step}")
  public void run(
      @PathParam("step") String step,
      @Context HttpHeaders headers,
      @Context SecurityContext security,
      @Context UriInfo uri,
      @Suspended AsyncResponse response,
      InputStream body)
      throws IOException {
    TaskRequest request =
        RunRequestReader.read(
            json.read(body, headers.getMediaType()),
            headers.getHeaderString(IDEMPOTENCY_KEY),
            name(security.getUserPrincipal()),
            TraceParent.parse(traces(headers)));
    Optional<Duration> wait = Preferences.waitTime(headers.getRequestHeader(Preferences.PREFER));
    Submission submission = tasks.submit(step, request);
    TaskId id = submission.taskId();
    URI location = uri.getBaseUriBuilder().path("status").path(id.toString()).build();
    if (wait.isEmpty()) {
      response.resume(accepted(Response.ok(RunView.of(submission)), submission, location).build());
      return;
    }
    ended.await(
        id,
        wait.get(),
        response,
        () -> {
          TaskSnapshot then = tasks.require(id);
          return accepted(
                  Response.ok(
                      new WithOutput(
                          EndedRunView.of(submission, then), outputs.of(then, HttpMethod.POST))),
                  submission,
                  location)
              .header(Preferences.APPLIED, Preferences.applied(wait.get()))
              .build();
        });
  }

  private static Response.ResponseBuilder accepted(
      Response.ResponseBuilder response, Submission submission, URI location) {
    response.location(location);
    return submission.replayed() ? response.header(REPLAYED, "true") : response;
  }

  private static List<String> traces(HttpHeaders headers) {
    List<String> values = headers.getRequestHeader(TRACEPARENT);
    return values == null ? List.of() : values;
  }

  private static @Nullable String name(@Nullable Principal principal) {
    return principal == null ? null : principal.getName();
  }
}
