package io.etlapi.http;

import io.etlapi.execution.TaskManager;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;

/**
 * Closes and opens the door for new tasks. What was accepted before goes on, runs of pipelines
 * included. A restart opens it.
 */
@ApplicationScoped
@Path("intake")
@Produces(MediaType.APPLICATION_JSON)
public class IntakeResource {

  @Inject TaskManager tasks;

  /** From now on {@code POST /run} is answered 503. */
  @POST
  @Path("pause")
  public IntakeView pause() {
    tasks.server().pauseIntake(true);
    return new IntakeView(true);
  }

  /** New tasks are accepted again. */
  @POST
  @Path("resume")
  public IntakeView resume() {
    tasks.server().pauseIntake(false);
    return new IntakeView(false);
  }
}
