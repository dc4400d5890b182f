package io.etlapi.http;

import io.etlapi.execution.TaskManager;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;

/** Figures of the server. */
@ApplicationScoped
@Path("stats")
@Produces(MediaType.APPLICATION_JSON)
public class StatsResource {

  @Inject TaskManager tasks;

  /** The figures now. */
  @GET
  public StatsView stats() {
    return StatsView.of(tasks.stats());
  }

  /** The figures of the last hour, a point every ten seconds. */
  @GET
  @Path("history")
  public HistoryView history() {
    return HistoryView.of(tasks.server().history());
  }
}
