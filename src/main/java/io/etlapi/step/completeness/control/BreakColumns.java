package io.etlapi.step.completeness.control;

import java.util.ArrayList;
import java.util.List;

/** The names of the columns of a break, in the order in which they are written. */
public final class BreakColumns {

  private BreakColumns() {}

  /** All columns of {@code breaks}; a group that is part of the key stands once. */
  public static List<String> all(ControlDefinition control) {
    List<String> columns =
        new ArrayList<>(List.of("break_id", "category", "explanation", "owner", "side"));
    columns.addAll(control.match().key());
    control.match().groupBy().stream()
        .filter(field -> !control.match().key().contains(field))
        .forEach(columns::add);
    for (Side side : Side.values()) {
      control.fields().forEach(field -> columns.add(side.key() + "_" + field));
    }
    control.match().balance().forEach(field -> columns.add("diff_" + field));
    columns.add("differing_fields");
    for (Side side : Side.values()) {
      columns.add(side.key() + "_file");
      columns.add(side.key() + "_line");
    }
    return columns;
  }

  /** The columns that {@code explain.when} may name: those known before a break has an identity. */
  public static List<String> forExplanations(ControlDefinition control) {
    List<String> columns = all(control);
    columns.removeAll(List.of("break_id", "explanation", "owner"));
    return columns;
  }

  /** Names that a field may not have, because a table of the control uses them otherwise. */
  static final List<String> RESERVED =
      List.of(
          "side",
          "row_id",
          "match_id",
          "pass",
          "file",
          "line",
          "break_id",
          "category",
          "explanation",
          "owner",
          "differing_fields");
}
