package io.etlapi.http;

import io.etlapi.execution.TaskManager;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;

/** What can be run. */
@ApplicationScoped
@Path("steps")
@Produces(MediaType.APPLICATION_JSON)
public class StepsResource {

  @Inject TaskManager tasks;

  /** All steps with their parameters. */
  @GET
  public StepsView steps() {
    return StepsView.of(tasks.catalogue());
  }

  /** Reads the operator's own steps and pipelines again. */
  @POST
  @Path("reload")
  public ReloadView reload() {
    return ReloadView.of(tasks.reload());
  }
}
