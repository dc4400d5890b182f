package io.etlapi.http;

import io.etlapi.execution.TaskManager;
import io.etlapi.pipeline.Pipeline;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.io.IOException;
import java.io.InputStream;

/** The pipelines: what they consist of, and those that are stored over the interface. */
@ApplicationScoped
@Path("pipelines")
@Produces(MediaType.APPLICATION_JSON)
public class PipelinesResource {

  @Inject TaskManager tasks;
  @Inject JsonBody json;

  /** All pipelines, without their graphs. */
  @GET
  public PipelinesView pipelines() {
    return PipelinesView.of(tasks.pipelines(), tasks::sourceOf);
  }

  /** One pipeline with its graph and its document. */
  @GET
  @Path("{name}")
  public PipelineView pipeline(@PathParam("name") String name) {
    return view(name);
  }

  /** Stores a pipeline: 201 if there was none of that name. */
  @PUT
  @Path("{name}")
  public Response put(
      @PathParam("name") String name,
      @Context HttpHeaders headers,
      @Context UriInfo uri,
      InputStream body)
      throws IOException {
    boolean created = tasks.store(name, json.read(body, headers.getMediaType()));
    return created
        ? Response.created(uri.getBaseUriBuilder().path("pipelines").path(name).build())
            .entity(view(name))
            .build()
        : Response.ok(view(name)).build();
  }

  /** Removes a stored pipeline; its runs go on. */
  @DELETE
  @Path("{name}")
  public void delete(@PathParam("name") String name) {
    tasks.removePipeline(name);
  }

  private PipelineView view(String name) {
    Pipeline pipeline = tasks.pipeline(name);
    return PipelineView.of(pipeline, tasks.sourceOf(pipeline));
  }
}
