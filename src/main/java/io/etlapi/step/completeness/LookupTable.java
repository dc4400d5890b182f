package io.etlapi.step.completeness;

import static io.etlapi.engine.SqlIdentifier.quote;

import io.etlapi.engine.Column;
import io.etlapi.engine.DuckDbSession;
import io.etlapi.step.StepContext;
import io.etlapi.step.StepException;
import io.etlapi.step.completeness.control.ColumnSpec;
import io.etlapi.step.completeness.control.ColumnType;
import io.etlapi.step.completeness.control.Lookup;
import io.etlapi.step.completeness.source.RawFiles;
import io.etlapi.step.completeness.source.RawRejects;
import io.etlapi.step.completeness.source.RawTable;
import io.etlapi.step.completeness.source.SourceFile;
import io.etlapi.step.completeness.typing.ColumnCast;
import io.etlapi.step.completeness.typing.StrictSelect;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A lookup as a table of the session, with unique keys. Reference data is trusted as a whole or not
 * at all: a malformed record, a value that cannot be cast or a key that occurs twice is an error.
 *
 * @param types by column of the lookup
 */
record LookupTable(String table, Lookup lookup, Map<String, ColumnType> types) {

  /** True in every row; what a left join did not find lacks it. */
  static final String HIT = "__hit";

  static LookupTable load(
      StepContext context,
      DuckDbSession session,
      String name,
      Lookup lookup,
      List<SourceFile> files)
      throws StepException, InterruptedException {
    RawRejects rejects = new RawRejects(session);
    try (RawFiles raw =
        RawFiles.open(
            session, name, lookup.files(), lookup.columns(), files, context.folder(), rejects)) {
      rejects.close();
      requireWellFormed(session, rejects);
      String from = raw.select();
      List<Column> stored = session.describe(from);
      StrictSelect select =
          new StrictSelect(from, cells(lookup, stored, files), SetAside.raw(stored));
      session.execute(
          "CREATE TABLE "
              + name
              + " AS SELECT *, true AS "
              + HIT
              + " FROM ("
              + select.accepted(false)
              + ")");
      if (select.mayFail()) {
        requireCast(session, select);
      }
    }
    Map<String, ColumnType> types = new LinkedHashMap<>();
    session
        .describe("SELECT * FROM " + name)
        .forEach(column -> types.put(column.name(), ColumnType.ofSql(column.type())));
    LookupTable table = new LookupTable(name, lookup, types);
    table.requireUniqueKeys(session);
    return table;
  }

  private static List<StrictSelect.Cell> cells(
      Lookup lookup, List<Column> stored, List<SourceFile> files) throws StepException {
    Set<String> needed = new LinkedHashSet<>(lookup.on().values());
    needed.addAll(lookup.add().values());
    List<StrictSelect.Cell> cells = new ArrayList<>();
    for (String name : needed) {
      Column column =
          stored.stream()
              .filter(known -> known.name().equalsIgnoreCase(name))
              .findFirst()
              .orElseThrow(
                  () ->
                      new StepException(
                          "The lookup file '"
                              + files.get(0).name()
                              + "' has no column '"
                              + name
                              + "'; it has: "
                              + stored.stream()
                                  .map(Column::name)
                                  .filter(known -> !known.startsWith("_"))
                                  .collect(Collectors.joining(", "))
                              + "."));
      Optional<ColumnSpec> declared =
          lookup.columns().stream().filter(spec -> spec.name().equals(name)).findFirst();
      try {
        ColumnSpec spec =
            declared.orElseGet(() -> ColumnSpec.of(name, ColumnType.ofSql(column.type())));
        cells.add(StrictSelect.Cell.of(ColumnCast.of(spec, column)));
      } catch (IllegalArgumentException e) {
        throw new StepException(
            "The lookup file '" + files.get(0).name() + "': " + e.getMessage() + ".", e);
      }
    }
    return cells;
  }

  private static void requireWellFormed(DuckDbSession session, RawRejects rejects)
      throws StepException {
    if (rejects.count() > 0) {
      throw new StepException(
          session
              .query(
                  "SELECT file, line, reason FROM "
                      + RawRejects.TABLE
                      + " ORDER BY file, CAST(line AS BIGINT) LIMIT 1",
                  row ->
                      "The lookup file '%s' has %d malformed records; the first is line %s: %s."
                          .formatted(row.text(1), rejects.count(), row.text(2), row.text(3)))
              .get(0));
    }
  }

  private static void requireCast(DuckDbSession session, StrictSelect select) throws StepException {
    List<String> faults =
        session.query(
            "SELECT * FROM (" + select.rejected() + ") ORDER BY file, line LIMIT 1",
            row ->
                "The lookup file '"
                    + row.text(1)
                    + "', line "
                    + row.integer(2)
                    + ", column '"
                    + row.text(3)
                    + "': '"
                    + row.text(4)
                    + "' "
                    + row.text(5)
                    + ".");
    if (!faults.isEmpty()) {
      throw new StepException(faults.get(0));
    }
  }

  private void requireUniqueKeys(DuckDbSession session) throws StepException {
    List<String> keys = lookup.on().values().stream().map(column -> quote(column)).toList();
    String shown =
        lookup.on().values().stream()
            .distinct()
            .map(
                column ->
                    "'"
                        + column.replace("'", "''")
                        + " = ' || CAST("
                        + quote(column)
                        + " AS VARCHAR)")
            .collect(Collectors.joining(" || ', ' || "));
    List<String> faults =
        session.query(
            """
            SELECT any_value(%s), min(%s), count(*), string_agg(CAST(%s AS VARCHAR), ', ' ORDER BY %s)
            FROM %s WHERE %s GROUP BY %s HAVING count(*) > 1 ORDER BY %s LIMIT 1
            """
                .formatted(
                    shown,
                    quote(RawTable.FILE),
                    quote(RawTable.LINE),
                    quote(RawTable.LINE),
                    table,
                    keys.stream()
                        .map(key -> key + " IS NOT NULL")
                        .collect(Collectors.joining(" AND ")),
                    String.join(", ", keys),
                    String.join(", ", keys)),
            row ->
                "The lookup '"
                    + row.text(2)
                    + "' has the key "
                    + row.text(1)
                    + " "
                    + row.integer(3)
                    + " times (lines "
                    + row.text(4)
                    + "); a key may occur once, or it is not known which one is meant.");
    if (!faults.isEmpty()) {
      throw new StepException(faults.get(0));
    }
  }
}
