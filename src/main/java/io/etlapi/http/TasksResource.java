package io.etlapi.http;

import io.etlapi.execution.TaskManager;
import io.etlapi.json.Json;
import io.etlapi.task.TaskId;
import io.etlapi.task.TaskQuery;
import io.etlapi.task.TaskSummary;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.util.List;

/** The list of tasks. */
@ApplicationScoped
@Path("tasks")
@Produces(MediaType.APPLICATION_JSON)
public class TasksResource {

  @Inject TaskManager tasks;

  /** A page of tasks, newest first; the header {@code Link} leads to the next page. */
  @GET
  public Response list(@Context UriInfo uri) {
    TaskQuery query = TaskListQuery.read(uri.getQueryParameters());
    List<TaskSummary> page = tasks.list(query);
    Response.ResponseBuilder response = Response.ok(TaskPage.of(page));
    if (page.size() == query.limit()) {
      TaskId last = page.get(page.size() - 1).id();
      if (!tasks.list(query.oneAfter(last)).isEmpty()) {
        response.header(
            HttpHeaders.LINK,
            "<"
                + TaskListQuery.nextPage(
                    uri.getAbsolutePath().toASCIIString(), uri.getQueryParameters(), last)
                + ">; rel=\"next\"");
      }
    }
    return response.build();
  }

  /** Removes a finished task with its output and log. */
  @DELETE
  @Path("{id}")
  public Response remove(@PathParam("id") String id) {
    tasks.remove(TaskIds.require(id));
    return Response.noContent().build();
  }

  /** The request that made a task, ready to be sent again. */
  @GET
  @Path("{id}/request")
  public Response request(@PathParam("id") String id) {
    return Response.ok(Json.write(tasks.request(TaskIds.require(id)))).build();
  }
}
