package io.etlapi.health;

import io.etlapi.execution.TaskManager;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Startup;

/** Whether the start has come to its end. */
@Startup
@ApplicationScoped
public class StartupCheck implements HealthCheck {

  @Inject TaskManager tasks;

  @Override
  public HealthCheckResponse call() {
    return HealthCheckResponse.named("etl-api-started").status(tasks.server().isStarted()).build();
  }
}
