package io.etlapi.health;

import io.etlapi.execution.TaskManager;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Whether a new task would be accepted now. */
@Readiness
@ApplicationScoped
public class ReadinessCheck implements HealthCheck {

  @Inject TaskManager tasks;

  @Override
  public HealthCheckResponse call() {
    return HealthCheckResponse.named("etl-api-ready").status(tasks.server().isReady()).build();
  }
}
