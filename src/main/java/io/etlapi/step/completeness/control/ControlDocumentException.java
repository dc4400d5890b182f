package io.etlapi.step.completeness.control;

import io.etlapi.step.StepException;
import io.etlapi.task.Fault;
import java.util.List;
import java.util.stream.Collectors;

/** A configuration document that is refused; the message lists every fault with its pointer. */
public final class ControlDocumentException extends StepException {

  private static final long serialVersionUID = 1L;

  // Faults are plain records; they are never serialised in practice.
  private final transient List<Fault> faults;

  public ControlDocumentException(List<Fault> faults) {
    super(
        (faults.size() == 1
                ? "the configuration document has a fault: "
                : "the configuration document has " + faults.size() + " faults: ")
            + faults.stream()
                .map(
                    fault ->
                        (fault.pointer().isEmpty() ? "/" : fault.pointer()) + ": " + fault.detail())
                .collect(Collectors.joining("; ")));
    this.faults = List.copyOf(faults);
  }

  public List<Fault> faults() {
    return faults;
  }
}
