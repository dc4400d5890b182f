package io.etlapi.http;

import io.etlapi.execution.TaskManager;
import io.etlapi.monitor.OpenMetricsText;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Response;
import java.nio.charset.StandardCharsets;

/** The figures for Prometheus and what reads its format; at a path that no server takes. */
@ApplicationScoped
@Path("etl-metrics")
public class MetricsResource {

  @Inject TaskManager tasks;
  @Inject BuildVersion version;

  /** All metrics in the text format of OpenMetrics. */
  @GET
  @Produces(OpenMetricsText.MEDIA_TYPE)
  public Response metrics() {
    String text = ServerMetrics.text(tasks.server().report(), version);
    return Response.ok(text.getBytes(StandardCharsets.UTF_8), OpenMetricsText.MEDIA_TYPE).build();
  }
}
