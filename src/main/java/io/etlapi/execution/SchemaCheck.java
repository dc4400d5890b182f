package io.etlapi.execution;

import io.etlapi.step.FileAccess;
import io.etlapi.step.StepDescription;
import io.etlapi.step.parameters.ParameterRules;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Holds a request's parameters against the step's schema and its paths against the roots. */
final class SchemaCheck implements TaskAcceptance.ParameterCheck {

  private final FileAccess files;
  private final Map<String, Compiled> compiled = new ConcurrentHashMap<>();

  SchemaCheck(FileAccess files) {
    this.files = files;
  }

  private record Compiled(StepDescription description, ParameterRules rules) {}

  @Override
  public Result check(
      StepDescription step,
      Map<String, @Nullable Object> parameters,
      Map<String, @Nullable Object> customParams) {
    ParameterRules.Findings findings = rules(step).check(parameters, customParams, files);
    return new Result(findings.faults(), findings.warnings());
  }

  /** Compiling a schema costs milliseconds, so it is done once for each description. */
  private ParameterRules rules(StepDescription step) {
    return compiled
        .compute(
            step.name(),
            (name, present) ->
                present != null && present.description().equals(step)
                    ? present
                    : new Compiled(step, new ParameterRules(step)))
        .rules();
  }
}
