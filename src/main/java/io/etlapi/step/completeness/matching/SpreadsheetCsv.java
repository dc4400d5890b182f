package io.etlapi.step.completeness.matching;

import static io.etlapi.engine.SqlIdentifier.literal;
import static io.etlapi.engine.SqlIdentifier.quote;

import io.etlapi.engine.Column;
import io.etlapi.engine.DuckDbSession;
import java.nio.file.Path;
import java.util.stream.Collectors;

/**
 * Writes a relation as CSV that is safe to open in a spreadsheet, at the engine's speed. The rule
 * is that of {@link io.etlapi.step.spreadsheet.SafeCsv}: a text that could run as a formula and is
 * no plain number gets an apostrophe in front. Null is an empty field, an empty text a quoted one.
 */
public final class SpreadsheetCsv {

  private static final String FORMULA = "^[=+\\-@\\t\\r\\n＝＋－＠]";
  private static final String NUMBER = "[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][+-]?[0-9]{1,3})?";

  private final DuckDbSession session;

  public SpreadsheetCsv(DuckDbSession session) {
    this.session = session;
  }

  /**
   * Writes the file.
   *
   * @param select its order is the order of the lines
   */
  public void write(String select, Path file) {
    String columns =
        session.describe(select).stream()
            .map(SpreadsheetCsv::safe)
            .collect(Collectors.joining(", "));
    session.execute(
        "COPY (SELECT %s FROM (%s)) TO %s (FORMAT csv, HEADER)"
            .formatted(columns, select, literal(file.toString())));
  }

  private static String safe(Column column) {
    String name = column.name();
    String header = name.matches("(?s)" + FORMULA + ".*") ? "'" + name : name;
    if (!column.type().equals("VARCHAR")) {
      return quote(name) + " AS " + quote(header);
    }
    return """
    CASE WHEN regexp_matches(%1$s, %2$s) AND NOT regexp_full_match(%1$s, %3$s)
      THEN '''' || %1$s ELSE %1$s END AS %4$s\
    """
        .formatted(quote(name), literal(FORMULA), literal(NUMBER), quote(header));
  }
}
