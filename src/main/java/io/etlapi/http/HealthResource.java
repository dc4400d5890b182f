package io.etlapi.http;

import io.etlapi.execution.ServerStats;
import io.etlapi.execution.TaskManager;
import io.etlapi.task.TaskException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/** Whether the server can accept work. */
@ApplicationScoped
@Path("health")
@Produces(MediaType.APPLICATION_JSON)
public class HealthResource {

  private static final System.Logger LOG = System.getLogger(HealthResource.class.getName());
  private static final int RETRY_SECONDS = 10;

  @Inject TaskManager tasks;
  @Inject Clock clock;

  /** 200 where work is accepted, else 503 with the reasons. */
  @GET
  public Response health() {
    HealthView health = examine();
    if (health.reasons().isEmpty()) {
      return Response.ok(health).build();
    }
    return Response.status(Response.Status.SERVICE_UNAVAILABLE)
        .header(HttpHeaders.RETRY_AFTER, RETRY_SECONDS)
        .entity(health)
        .build();
  }

  /** Whether the process does its work; 503 where only a restart helps. */
  @GET
  @Path("live")
  public Response live() {
    return probe(tasks.server().isLive());
  }

  /** Whether a new task would be accepted now. */
  @GET
  @Path("ready")
  public Response ready() {
    return probe(tasks.server().isReady());
  }

  /** Whether the start has come to its end. */
  @GET
  @Path("started")
  public Response started() {
    return probe(tasks.server().isStarted());
  }

  private static Response probe(boolean up) {
    return Response.status(up ? Response.Status.OK : Response.Status.SERVICE_UNAVAILABLE)
        .header(HttpHeaders.CACHE_CONTROL, "no-store")
        .entity(new ProbeView(up ? "UP" : "DOWN"))
        .build();
  }

  private HealthView examine() {
    try {
      ServerStats stats = tasks.stats();
      return new HealthView(
          stats.isHealthy() ? "healthy" : "unhealthy",
          stats.now(),
          stats.faults(),
          StatsView.of(stats));
    } catch (TaskException e) {
      return new HealthView(
          "unhealthy", clock.instant(), List.of(String.valueOf(e.getMessage())), null);
    } catch (RuntimeException e) {
      Optional<TaskException> refused = Refusal.in(e);
      if (refused.isPresent()) {
        return unhealthy(String.valueOf(refused.get().getMessage()));
      }
      // Whoever asks about health needs an answer above all when nothing works.
      LOG.log(System.Logger.Level.WARNING, "The state of the server could not be read", e);
      return unhealthy("The state of the server cannot be read; its log says why.");
    }
  }

  private HealthView unhealthy(String reason) {
    return new HealthView("unhealthy", clock.instant(), List.of(reason), null);
  }
}
