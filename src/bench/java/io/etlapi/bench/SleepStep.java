package io.etlapi.bench;

import io.etlapi.step.Step;
import io.etlapi.step.StepContext;
import io.etlapi.step.StepDescription;
import io.etlapi.step.StepResult;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Takes a slot and costs nothing until it is stopped. */
public class SleepStep implements Step {

  static final String NAME = "sleep";

  @Override
  public StepDescription describe() {
    return new StepDescription(
        NAME,
        "Sleep",
        "java",
        "Runs and does nothing.",
        Map.of("type", "object", "properties", Map.of()),
        false);
  }

  @Override
  public StepResult run(StepContext context) throws InterruptedException {
    TimeUnit.DAYS.sleep(1);
    return new StepResult(Map.of("status", "success"));
  }
}
