package io.etlapi.step.completeness.typing;

import static io.etlapi.engine.SqlIdentifier.literal;
import static io.etlapi.engine.SqlIdentifier.quote;

import io.etlapi.step.completeness.source.RawTable;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Queries over rows some of whose values may have no result: the rows in which every value has one,
 * and the others with the column at fault. Whole queries without parameters, to be embedded.
 *
 * @param from a query with {@code _file}, {@code _line} and what the columns read
 * @param raw expression for the row as a text
 */
public record StrictSelect(String from, List<Cell> cells, String raw) {

  /**
   * A column of the result.
   *
   * @param column of {@code from} that it is made of, for messages
   * @param given expression that is true where a value is there; null if the result cannot fail
   */
  public record Cell(
      String name,
      String value,
      String column,
      @org.jspecify.annotations.Nullable String given,
      String reason) {

    /** A declared column. */
    public static Cell of(ColumnCast cast) {
      String name = cast.column().name();
      return new Cell(
          name, cast.value(), name, cast.mayFail() ? cast.given() : null, cast.reason());
    }

    String failure() {
      return "(" + given + " AND " + value + " IS NULL)";
    }
  }

  public StrictSelect {
    cells = List.copyOf(cells);
  }

  /** Whether any row can fail at all. */
  public boolean mayFail() {
    return cells.stream().anyMatch(cell -> cell.given() != null);
  }

  /** One row with the number of rows that fail. */
  public String countFailing() {
    return "SELECT count(*) FROM (" + from + ") WHERE " + failure();
  }

  /**
   * The rows that have all values: lineage and the columns.
   *
   * @param anyFails whether rows are known to fail; if not, nothing is tested again
   */
  public String accepted(boolean anyFails) {
    return "SELECT "
        + quote(RawTable.FILE)
        + ", "
        + quote(RawTable.LINE)
        + cells.stream()
            .map(cell -> ", " + cell.value() + " AS " + quote(cell.name()))
            .collect(Collectors.joining())
        + " FROM ("
        + from
        + ")"
        + (anyFails ? " WHERE NOT (" + failure() + ")" : "");
  }

  /** The rows that fail: file, line, column, value, reason, raw; each once, by its first column. */
  public String rejected() {
    return """
    SELECT %s AS file, %s AS line, %s AS "column", %s AS value, %s AS reason, left(%s, 4000) AS raw
    FROM (%s) WHERE %s\
    """
        .formatted(
            quote(RawTable.FILE),
            quote(RawTable.LINE),
            firstFailing(cell -> literal(cell.column())),
            firstFailing(cell -> "CAST(" + quote(cell.column()) + " AS VARCHAR)"),
            firstFailing(cell -> literal(cell.reason())),
            raw,
            from,
            failure());
  }

  private String firstFailing(java.util.function.Function<Cell, String> result) {
    return cells.stream()
        .filter(cell -> cell.given() != null)
        .map(cell -> "WHEN " + cell.failure() + " THEN " + result.apply(cell))
        .collect(Collectors.joining(" ", "CASE ", " END"));
  }

  private String failure() {
    return mayFail()
        ? cells.stream()
            .filter(cell -> cell.given() != null)
            .map(Cell::failure)
            .collect(Collectors.joining(" OR "))
        : "false";
  }
}
