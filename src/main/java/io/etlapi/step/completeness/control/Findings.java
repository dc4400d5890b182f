package io.etlapi.step.completeness.control;

import io.etlapi.step.NearestName;
import io.etlapi.task.Fault;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Gathers faults and warnings while a definition is checked. */
final class Findings {

  private static final int MAX_NAMED = 30;

  private final List<Fault> faults = new ArrayList<>();
  private final List<Fault> warnings = new ArrayList<>();

  void fault(String pointer, String detail) {
    faults.add(new Fault(pointer, detail));
  }

  void warning(String pointer, String detail) {
    warnings.add(new Fault(pointer, detail));
  }

  /** Faults a name that is not among {@code known}. */
  boolean requireKnown(String pointer, String what, String name, Collection<String> known) {
    if (name.isEmpty() || known.contains(name)) {
      return !name.isEmpty();
    }
    String meant =
        NearestName.of(name, known).map(near -> "; did you mean '" + near + "'?").orElse("");
    fault(
        pointer, "found '" + name + "', which is no " + what + "; known: " + names(known) + meant);
    return false;
  }

  private static String names(Collection<String> known) {
    return known.size() <= MAX_NAMED
        ? String.join(", ", known)
        : String.join(", ", List.copyOf(known).subList(0, MAX_NAMED)) + ", …";
  }

  List<Fault> faults() {
    return faults;
  }

  List<Fault> warnings() {
    return warnings;
  }
}
