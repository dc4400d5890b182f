package io.etlapi.execution;

import io.etlapi.step.definition.DefinitionFault;
import java.util.List;

/**
 * What came of reading the operator's own steps and pipelines.
 *
 * @param steps names of the own steps that can be run now
 * @param pipelines names of all pipelines that can be run now
 * @param faults files that were not taken, and why
 */
public record ReloadReport(
    List<String> steps, List<String> pipelines, List<DefinitionFault> faults) {

  public ReloadReport {
    steps = List.copyOf(steps);
    pipelines = List.copyOf(pipelines);
    faults = List.copyOf(faults);
  }
}
