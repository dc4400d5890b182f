package io.etlapi.step.workflow;

import static io.etlapi.engine.SqlIdentifier.quote;

import io.etlapi.step.NearestName;
import io.etlapi.step.StepException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** One item of {@code sort_by}: a column of the result, and whether high values come first. */
record SortKey(String column, boolean descending) {

  /**
   * Reads a name, a name and ASC, or a name and DESC.
   *
   * @param columns of the result
   */
  static SortKey parse(String text, List<String> columns) throws StepException {
    Optional<String> whole = find(text, columns);
    if (whole.isPresent()) {
      return new SortKey(whole.get(), false);
    }
    int space = text.lastIndexOf(' ');
    String direction = text.substring(space + 1).toUpperCase(Locale.ROOT);
    boolean directed = space > 0 && (direction.equals("ASC") || direction.equals("DESC"));
    String name = directed ? text.substring(0, space).strip() : text;
    Optional<String> column = find(name, columns);
    if (column.isEmpty()) {
      throw new StepException(
          "sort_by: the result has no column '%s'%s It has: %s."
              .formatted(
                  name,
                  NearestName.of(name, columns)
                      .map(near -> "; did you mean '" + near + "'?")
                      .orElse("."),
                  String.join(", ", columns)));
    }
    return new SortKey(column.get(), direction.equals("DESC"));
  }

  private static Optional<String> find(String name, List<String> columns) {
    return columns.contains(name)
        ? Optional.of(name)
        : columns.stream().filter(column -> column.equalsIgnoreCase(name)).findFirst();
  }

  /** In SQL; nulls come last either way. */
  String sql() {
    return quote(column) + (descending ? " DESC" : "") + " NULLS LAST";
  }
}
