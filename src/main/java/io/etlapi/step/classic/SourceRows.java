package io.etlapi.step.classic;

import static io.etlapi.engine.SqlIdentifier.quote;

import io.etlapi.step.NearestName;
import io.etlapi.step.StepException;
import io.etlapi.step.dataset.LogicalType;
import io.etlapi.step.dataset.Manifest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Rows of a source, brought into a session.
 *
 * @param relation what to select from
 * @param order an expression that gives the source's order
 * @param name the source as messages name it
 * @param origin what the manifest records of it; empty for a database
 * @param info what {@code input_file_info} says; null for a database
 * @param figures what the step's details say of it
 */
record SourceRows(
    String relation,
    String order,
    List<SourceColumn> columns,
    String name,
    Optional<Manifest.Input> origin,
    @Nullable Map<String, @Nullable Object> info,
    Map<String, @Nullable Object> figures) {

  /**
   * A column of a source.
   *
   * @param stored the value to keep, as SQL
   * @param typed the value to compare, as SQL
   * @param type what it means; empty if all rows must be looked at
   */
  record SourceColumn(String name, String stored, String typed, Optional<LogicalType> type) {

    /** A column of text whose meaning is to be found out. */
    static SourceColumn ofText(String name) {
      return new SourceColumn(name, quote(name), quote(name), Optional.empty());
    }
  }

  SourceRows {
    columns = List.copyOf(columns);
  }

  /** A column by its name, exactly or else ignoring case. */
  SourceColumn column(String wanted) throws StepException {
    for (SourceColumn column : columns) {
      if (column.name().equals(wanted)) {
        return column;
      }
    }
    for (SourceColumn column : columns) {
      if (column.name().equalsIgnoreCase(wanted)) {
        return column;
      }
    }
    List<String> known = columns.stream().map(SourceColumn::name).toList();
    throw new StepException(
        "'%s' has no column '%s'%s It has: %s."
            .formatted(
                name,
                wanted,
                NearestName.of(wanted, known)
                    .map(near -> "; did you mean '" + near + "'?")
                    .orElse("."),
                known.stream().limit(40).collect(Collectors.joining(", "))));
  }

  /** The columns of these names; all if there are none. */
  List<SourceColumn> columns(List<String> names) throws StepException {
    if (names.isEmpty()) {
      return columns;
    }
    List<SourceColumn> chosen = new ArrayList<>();
    for (String wanted : names) {
      SourceColumn column = column(wanted);
      if (!chosen.contains(column)) {
        chosen.add(column);
      }
    }
    return chosen;
  }

  static Map<String, LogicalType> knownTypes(List<SourceColumn> columns) {
    Map<String, LogicalType> types = new LinkedHashMap<>();
    columns.forEach(column -> column.type().ifPresent(type -> types.put(column.name(), type)));
    return types;
  }
}
