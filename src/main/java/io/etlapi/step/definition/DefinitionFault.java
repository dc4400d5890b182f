package io.etlapi.step.definition;

import io.etlapi.task.Fault;
import java.util.List;

/**
 * A file that was not taken, and why.
 *
 * @param file its name, without its folder
 */
public record DefinitionFault(String file, List<Fault> faults) {

  public DefinitionFault {
    faults = List.copyOf(faults);
  }

  /** A fault of the file as a whole. */
  public static DefinitionFault of(String file, String detail) {
    return new DefinitionFault(file, List.of(new Fault("", detail)));
  }
}
