package io.etlapi.http;

import io.etlapi.execution.TaskManager;
import io.etlapi.execution.TaskSnapshot;
import io.etlapi.task.TaskStatus;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;

/** What a task returned. */
@ApplicationScoped
@Path("output")
@Produces(MediaType.APPLICATION_JSON)
public class OutputResource {

  private static final int POLL_SECONDS = 1;

  @Inject TaskManager tasks;
  @Inject TaskOutputs outputs;

  /** The output of a completed task; of any other a sentence that says where it stands. */
  @GET
  @Path("{id}")
  public Response output(@PathParam("id") String id, @Context Request request) {
    TaskSnapshot snapshot = tasks.require(TaskIds.require(id));
    TaskStatus status = snapshot.summary().status();
    return switch (status) {
      case PENDING -> unfinished("Task status: pending", status);
      case RUNNING -> unfinished("Task still running", status);
      case COMPLETED -> completed(snapshot, request);
      case FAILED -> Response.ok(failed(snapshot)).build();
      case CANCELLED ->
          Response.ok(new UnfinishedView("Task status: cancelled", status.word())).build();
    };
  }

  private Response completed(TaskSnapshot task, Request request) {
    String tag = TaskTag.of(task);
    Response.ResponseBuilder unchanged = TaskTag.unchanged(request, tag);
    return unchanged != null
        ? unchanged.build()
        : TaskTag.tagged(
                Response.ok(new WithOutput(null, outputs.of(task, request.getMethod()))), tag)
            .build();
  }

  private static Response unfinished(String sentence, TaskStatus status) {
    return Response.accepted(new UnfinishedView(sentence, status.word()))
        .header(HttpHeaders.RETRY_AFTER, POLL_SECONDS)
        .build();
  }

  private static FailedView failed(TaskSnapshot snapshot) {
    String error =
        snapshot.task().map(task -> task.state().error()).orElse("the reason was not recorded");
    return new FailedView("Task failed: " + error, TaskStatus.FAILED.word(), error);
  }
}
