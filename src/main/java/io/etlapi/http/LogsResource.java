package io.etlapi.http;

import io.etlapi.execution.LogPage;
import io.etlapi.execution.TaskManager;
import io.etlapi.task.Fault;
import io.etlapi.task.TaskException;
import io.etlapi.task.TaskId;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a task has logged. */
@ApplicationScoped
@Path("logs")
public class LogsResource {

  /** Where the part that follows begins. */
  static final String NEXT_OFFSET = "X-Next-Offset";

  private static final String TEXT = MediaType.TEXT_PLAIN + ";charset=UTF-8";
  private static final int MAX_TAIL = 100_000;

  @Inject TaskManager tasks;

  /** The log as lines of text: whole, from an offset on, or the last lines. */
  @GET
  @Path("{id}")
  @Produces(TEXT)
  public Response log(
      @PathParam("id") String id,
      @QueryParam("offset") @Nullable String offset,
      @QueryParam("tail") @Nullable String tail) {
    TaskId task = TaskIds.require(id);
    if (tail != null && offset != null) {
      throw TaskException.invalid(
          List.of(new Fault("/tail", "Send offset or tail, not both of them.")));
    }
    if (tail != null) {
      StringBuilder text = new StringBuilder();
      tasks
          .logTail(task, (int) number("tail", tail, MAX_TAIL))
          .forEach(line -> text.append(line).append('\n'));
      return Response.ok(text.toString(), TEXT).build();
    }
    LogPage page = tasks.log(task, offset == null ? 0 : number("offset", offset, Long.MAX_VALUE));
    return Response.ok(page.text(), TEXT).header(NEXT_OFFSET, page.nextOffset()).build();
  }

  private static long number(String name, String text, long max) {
    try {
      long number = Long.parseLong(text);
      if (number >= 0 && number <= max) {
        return number;
      }
    } catch (NumberFormatException e) {
      // refused below
    }
    throw TaskException.invalid(
        List.of(
            new Fault(
                "/" + name,
                name
                    + " is '"
                    + ObjectReader.clip(text)
                    + "': it must be a whole number from 0 to "
                    + max
                    + ".")));
  }
}
