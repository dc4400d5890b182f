package io.etlapi.http;

import io.etlapi.execution.TaskManager;
import io.etlapi.task.TaskId;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;

/** Stops tasks. */
@ApplicationScoped
@Path("stop")
@Produces(MediaType.APPLICATION_JSON)
public class StopResource {

  @Inject TaskManager tasks;

  /** Asks a task to stop; the wish is durable before the answer. */
  @POST
  @Path("{id}")
  public StopView stop(@PathParam("id") String id) {
    TaskId task = TaskIds.require(id);
    return StopView.of(task, tasks.stop(task));
  }
}
