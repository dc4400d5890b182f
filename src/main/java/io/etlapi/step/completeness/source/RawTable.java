package io.etlapi.step.completeness.source;

import static io.etlapi.engine.SqlIdentifier.literal;
import static io.etlapi.engine.SqlIdentifier.quote;

import io.etlapi.engine.Column;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The records of one file as a query: {@code _file}, {@code _line} and the file's columns, in the
 * order of the file.
 *
 * @param columns of the file, with the engine's types; without the lineage
 * @param line SQL expression for {@code _line} over {@code from}
 * @param from a table or table function
 * @param accepted records that the query gives
 * @param rejected records that were set aside
 */
public record RawTable(
    SourceFile file, List<Column> columns, String line, String from, long accepted, long rejected) {

  /** Name of the column with the file that a row came from. */
  public static final String FILE = "_file";

  /** Name of the column with the physical line, or the row number, that a row came from. */
  public static final String LINE = "_line";

  public RawTable {
    columns = List.copyOf(columns);
  }

  /** The whole query. */
  public String select() {
    return "SELECT "
        + literal(file.name())
        + " AS "
        + quote(FILE)
        + ", "
        + line
        + " AS "
        + quote(LINE)
        + columns.stream().map(column -> ", " + quote(column.name())).collect(Collectors.joining())
        + " FROM "
        + from;
  }
}
