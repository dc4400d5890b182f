package io.etlapi.step.completeness;

import static io.etlapi.engine.SqlIdentifier.literal;
import static io.etlapi.engine.SqlIdentifier.quote;

import io.etlapi.engine.Column;
import io.etlapi.engine.DuckDbSession;
import io.etlapi.step.StepContext;
import io.etlapi.step.StepException;
import io.etlapi.step.completeness.control.Side;
import io.etlapi.step.completeness.source.RawTable;
import io.etlapi.step.dataset.Dataset;
import io.etlapi.step.publish.TablePublisher;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The side tables of rows that left the way: rejected and excluded. Each step's table holds those
 * of all steps before it too, so that the last one accounts for the whole side.
 */
final class SetAside {

  private SetAside() {}

  /**
   * Writes {@code rejected.parquet} and links it.
   *
   * @param own rows of this step: file, line, column, value, reason, raw; empty if there are none
   */
  static void rejected(
      StepContext context,
      DuckDbSession session,
      Side side,
      Optional<Dataset> before,
      Optional<String> own,
      TablePublisher publisher)
      throws StepException {
    String none =
        "SELECT NULL::VARCHAR AS file, 0::BIGINT AS line, NULL::VARCHAR AS \"column\","
            + " NULL::VARCHAR AS value, NULL::VARCHAR AS reason, NULL::VARCHAR AS raw LIMIT 0";
    String select =
        """
        SELECT %s AS side, CAST(file AS VARCHAR) AS file, CAST(line AS BIGINT) AS line,
          CAST("column" AS VARCHAR) AS "column", CAST(value AS VARCHAR) AS value,
          CAST(reason AS VARCHAR) AS reason, CAST(raw AS VARCHAR) AS raw
        FROM (%s) ORDER BY file, line, "column"
        """
            .formatted(literal(side.key()), own.orElse(none));
    write(context, session, SideRows.REJECTED, before, own.map(rows -> select), select, publisher);
  }

  /**
   * Writes {@code excluded.parquet} and links it.
   *
   * @param own rows of this step: file, line, scope, raw; empty if there are none
   */
  static void excluded(
      StepContext context,
      DuckDbSession session,
      Side side,
      Optional<Dataset> before,
      Optional<String> own,
      TablePublisher publisher)
      throws StepException {
    String none =
        "SELECT NULL::VARCHAR AS file, 0::BIGINT AS line, NULL::VARCHAR AS scope,"
            + " NULL::VARCHAR AS raw LIMIT 0";
    String select =
        """
        SELECT %s AS side, CAST(file AS VARCHAR) AS file, CAST(line AS BIGINT) AS line,
          CAST(scope AS VARCHAR) AS scope, CAST(raw AS VARCHAR) AS raw
        FROM (%s) ORDER BY file, line
        """
            .formatted(literal(side.key()), own.orElse(none));
    write(context, session, SideRows.EXCLUDED, before, own.map(rows -> select), select, publisher);
  }

  private static void write(
      StepContext context,
      DuckDbSession session,
      String role,
      Optional<Dataset> before,
      Optional<String> own,
      String otherwise,
      TablePublisher publisher)
      throws StepException {
    String fileName = role + ".parquet";
    var target = context.folder().resolve(fileName);
    if (before.isPresent() && own.isEmpty()) {
      try {
        Files.copy(before.get().path(), target);
      } catch (IOException e) {
        throw new StepException("The " + role + " rows could not be carried on.", e);
      }
    } else {
      String select =
          before
              .map(
                  earlier ->
                      "SELECT * FROM "
                          + earlier.scan()
                          + " UNION ALL BY NAME ("
                          + own.orElseThrow()
                          + ")")
              .orElse(otherwise);
      session.execute(
          "COPY (" + select + ") TO " + literal(target.toString()) + " (FORMAT parquet)");
    }
    publisher.sideFile(role, fileName);
  }

  /** The fields of a row as one line of CSV, for people who look for it in the file. */
  static String raw(List<Column> columns) {
    List<String> fields = new ArrayList<>();
    for (Column column : columns) {
      if (!column.name().equals(RawTable.FILE) && !column.name().equals(RawTable.LINE)) {
        String text = "CAST(" + quote(column.name()) + " AS VARCHAR)";
        fields.add(
            """
            CASE WHEN %1$s IS NULL THEN '' WHEN %1$s = '' OR regexp_matches(%1$s, '[",\\r\\n]') \
            THEN '"' || replace(%1$s, '"', '""') || '"' ELSE %1$s END\
            """
                .formatted(text));
      }
    }
    return fields.isEmpty() ? "''" : fields.stream().collect(Collectors.joining(" || ',' || "));
  }
}
