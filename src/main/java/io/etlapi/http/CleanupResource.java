package io.etlapi.http;

import io.etlapi.execution.CleanupSchedule;
import io.etlapi.execution.TaskManager;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import java.io.InputStream;

/** The removal of tasks that are past their time. */
@ApplicationScoped
@Path("cleanup")
@Produces(MediaType.APPLICATION_JSON)
public class CleanupResource {

  @Inject TaskManager tasks;
  @Inject JsonBody json;

  /** Removes what is past its time to live, now. */
  @POST
  @Path("now")
  public CleanupView now() {
    return CleanupView.of(tasks.cleanUp());
  }

  /** When the daily clean-up runs. */
  @GET
  @Path("schedule")
  public ScheduleView schedule() {
    return ScheduleView.of(tasks.cleanupSchedule(), tasks.nextCleanup());
  }

  /** Moves the daily clean-up; the change outlives a restart. */
  @POST
  @Path("schedule")
  public RescheduledView reschedule(@Context HttpHeaders headers, InputStream body)
      throws IOException {
    CleanupSchedule schedule = ScheduleReader.read(json.read(body, headers.getMediaType()));
    tasks.reschedule(schedule);
    return RescheduledView.of(schedule);
  }
}
