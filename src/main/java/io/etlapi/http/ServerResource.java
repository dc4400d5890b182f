package io.etlapi.http;

import io.etlapi.execution.TaskManager;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;

/** The server itself: how it is, and everything that helps to find out why. */
@ApplicationScoped
@Path("server")
public class ServerResource {

  private static final String ZIP = "application/zip";

  @Inject TaskManager tasks;
  @Inject ServerViews views;

  /** The server at this moment. */
  @GET
  @Produces(MediaType.APPLICATION_JSON)
  public ServerView server() {
    return views.now(tasks.server());
  }

  /** Views, history, threads and log lines in one archive, to be sent to whoever helps. */
  @GET
  @Path("diagnostics")
  @Produces(ZIP)
  public Response diagnostics() {
    DiagnosticsArchive archive = views.archive(tasks.server());
    StreamingOutput body = archive::write;
    return Response.ok(body, ZIP)
        .header(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"etl-diagnostics.zip\"")
        .header(HttpHeaders.CACHE_CONTROL, "no-store")
        .build();
  }
}
