package io.etlapi.http;

import io.etlapi.execution.OutputDesk;
import io.etlapi.json.Json;
import io.etlapi.step.dataset.DatasetColumn;
import io.etlapi.step.workflow.RowsPage;
import io.etlapi.step.workflow.RowsQuery;
import io.etlapi.task.TaskId;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The rows of a task's output, page by page. */
@ApplicationScoped
@Path("output/{id}/rows")
@Produces(MediaType.APPLICATION_JSON)
public class OutputRowsResource {

  @Inject OutputDesk desk;

  /** Some rows. */
  @GET
  public Response rows(@PathParam("id") String id, @Context UriInfo uri) {
    TaskId task = TaskIds.require(id);
    RowsQuery query = RowsParameters.read(uri.getQueryParameters());
    RowsPage page = desk.rows(task, query);
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("columns", page.columns().stream().map(OutputRowsResource::column).toList());
    body.put("rows", page.rows());
    body.put("offset", query.offset());
    body.put("limit", query.limit());
    body.put("total_rows", page.total());
    body.put("matching_rows", page.matching());
    long next = query.offset() + page.rows().size();
    body.put("next_offset", !page.rows().isEmpty() && next < page.matching() ? next : null);
    return Response.ok(Json.write(body)).build();
  }

  private static Map<String, String> column(DatasetColumn column) {
    Map<String, String> members = new LinkedHashMap<>();
    members.put("name", column.name());
    members.put("type", column.type().toString());
    return members;
  }
}
