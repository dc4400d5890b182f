package io.etlapi.http;

import io.etlapi.execution.ReloadReport;
import io.etlapi.step.definition.DefinitionFault;
import io.etlapi.task.Fault;
import java.util.List;

/**
 * What came of reading the operator's own steps again.
 *
 * @param status {@code success}, or {@code faults} where a file was not taken
 * @param steps names of the own steps that can be run now
 * @param pipelines names of all pipelines that can be run now
 */
public record ReloadView(
    String status, List<String> steps, List<String> pipelines, List<FaultyFile> faults)
    implements View {

  /** A file that was not taken. */
  public record FaultyFile(String file, List<Fault> errors) {

    static FaultyFile of(DefinitionFault fault) {
      return new FaultyFile(fault.file(), fault.faults());
    }
  }

  static ReloadView of(ReloadReport report) {
    return new ReloadView(
        report.faults().isEmpty() ? "success" : "faults",
        report.steps(),
        report.pipelines(),
        report.faults().stream().map(FaultyFile::of).toList());
  }
}
