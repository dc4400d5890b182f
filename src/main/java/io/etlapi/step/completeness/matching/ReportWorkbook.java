package io.etlapi.step.completeness.matching;

import io.etlapi.engine.Column;
import io.etlapi.engine.DuckDbSession;
import io.etlapi.engine.SqlIdentifier;
import io.etlapi.step.spreadsheet.ReproducibleWorkbook;
import io.etlapi.step.spreadsheet.SheetLimitException;
import io.etlapi.step.spreadsheet.WorkbookWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * {@code report.xlsx}: the proof for people. Sheets: Summary, one for each account, then any tables
 * that are given, such as totals and open breaks. A table that is longer than {@value #MOST_ROWS}
 * rows is cut, and the summary says so; the whole lies in the Parquet and CSV files.
 */
public final class ReportWorkbook {

  /** Rows of a table that are shown. */
  public static final int MOST_ROWS = 10_000;

  private final DuckDbSession session;

  public ReportWorkbook(DuckDbSession session) {
    this.session = session;
  }

  /**
   * Writes the workbook; dated by the run date, so that the same result is the same file.
   *
   * @param figures further lines of the summary, such as open and closed breaks; after those of the
   *     proof
   * @param tables relations of the session by the name of their sheet, in order; their rows in the
   *     order in which the relation gives them
   */
  public void write(Path file, Proof proof, Map<String, ?> figures, Map<String, String> tables)
      throws IOException, SheetLimitException {
    Path aside = file.resolveSibling(file.getFileName() + ".part");
    try {
      try (OutputStream out = Files.newOutputStream(aside);
          WorkbookWriter workbook = new WorkbookWriter(out)) {
        summary(workbook, proof, figures, tables);
        for (Account account : proof.accounts()) {
          account(workbook, account);
        }
        for (Map.Entry<String, String> table : tables.entrySet()) {
          table(workbook, table.getKey(), table.getValue());
        }
      }
      ReproducibleWorkbook.copy(
          aside,
          Files.newOutputStream(file),
          LocalDate.parse(proof.runDate()).atStartOfDay(ZoneOffset.UTC).toInstant());
    } finally {
      Files.deleteIfExists(aside);
    }
  }

  private void summary(
      WorkbookWriter workbook, Proof proof, Map<String, ?> figures, Map<String, String> tables)
      throws IOException, SheetLimitException {
    Map<String, @Nullable Object> lines = new LinkedHashMap<>();
    lines.put("control", proof.controlId());
    lines.put("run date", proof.runDate());
    lines.put("verdict", proof.verdict().name());
    List<String> reasons = proof.reasons();
    for (int i = 0; i < reasons.size(); i++) {
      lines.put("reason " + (i + 1), reasons.get(i));
    }
    proof
        .sides()
        .forEach(
            (side, values) ->
                values.forEach(
                    (name, value) -> {
                      if (value instanceof Long) {
                        lines.put(side + " rows " + name.replace('_', ' '), value);
                      }
                    }));
    lines.put("matches", proof.matches());
    proof.matchesByPass().forEach((pass, count) -> lines.put("matches by pass " + pass, count));
    lines.put("breaks", proof.breaks());
    proof.breaksByCategory().forEach((category, count) -> lines.put("breaks " + category, count));
    lines.put("matches with a difference not compared", proof.notCompared());
    for (Account account : proof.accounts()) {
      lines.put(
          "account " + account.number() + ", " + account.statement(),
          account.closes() ? "closes" : "DOES NOT CLOSE");
    }
    lines.putAll(figures);
    for (Map.Entry<String, String> table : tables.entrySet()) {
      long rows = session.number("SELECT count(*) FROM " + table.getValue());
      if (rows > MOST_ROWS) {
        lines.put(table.getKey(), "the first " + MOST_ROWS + " of " + rows + " rows are shown");
      }
    }
    WorkbookWriter.SheetWriter sheet = workbook.sheet("Summary", List.of("what", "value"));
    for (Map.Entry<String, @Nullable Object> line : lines.entrySet()) {
      List<@Nullable Object> cells = new ArrayList<>();
      cells.add(line.getKey());
      cells.add(line.getValue());
      sheet.row(cells);
    }
  }

  private static void account(WorkbookWriter workbook, Account account)
      throws IOException, SheetLimitException {
    Set<String> headers = new LinkedHashSet<>();
    account.lines().forEach(line -> headers.addAll(line.keySet()));
    WorkbookWriter.SheetWriter sheet =
        workbook.sheet("Account " + account.number(), List.copyOf(headers));
    for (Map<String, @Nullable Object> line : account.lines()) {
      List<@Nullable Object> cells = new ArrayList<>();
      headers.forEach(header -> cells.add(cell(line.get(header))));
      sheet.row(cells);
    }
  }

  private static @Nullable Object cell(@Nullable Object value) {
    return value instanceof Map<?, ?> group
        ? group.entrySet().stream()
            .map(field -> field.getKey() + "=" + field.getValue())
            .collect(Collectors.joining(", "))
        : value instanceof List<?> list ? list.toString() : value;
  }

  private void table(WorkbookWriter workbook, String name, String relation)
      throws IOException, SheetLimitException {
    List<Column> columns = session.describe("SELECT * FROM " + relation);
    WorkbookWriter.SheetWriter sheet =
        workbook.sheet(name, columns.stream().map(Column::name).toList());
    // Timestamps as text: the driver would take them through the time zone of this machine.
    String items =
        columns.stream()
            .map(
                column ->
                    column.type().startsWith("TIMESTAMP")
                        ? "CAST(" + SqlIdentifier.quote(column.name()) + " AS VARCHAR)"
                        : SqlIdentifier.quote(column.name()))
            .collect(Collectors.joining(", "));
    List<List<@Nullable Object>> rows =
        session.query(
            "SELECT %s FROM %s LIMIT %d".formatted(items, relation, MOST_ROWS),
            row -> {
              List<@Nullable Object> cells = new ArrayList<>();
              for (int i = 1; i <= columns.size(); i++) {
                cells.add(row.value(i));
              }
              return cells;
            });
    for (List<@Nullable Object> row : rows) {
      sheet.row(row);
    }
  }
}
