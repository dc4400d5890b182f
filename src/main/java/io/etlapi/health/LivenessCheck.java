package io.etlapi.health;

import io.etlapi.execution.TaskManager;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;

/** Whether the process does its work; down where only a restart helps. */
@Liveness
@ApplicationScoped
public class LivenessCheck implements HealthCheck {

  @Inject TaskManager tasks;

  @Override
  public HealthCheckResponse call() {
    return HealthCheckResponse.named("etl-api-live").status(tasks.server().isLive()).build();
  }
}
