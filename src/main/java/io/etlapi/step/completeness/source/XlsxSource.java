package io.etlapi.step.completeness.source;

import static io.etlapi.engine.SqlIdentifier.quote;

import io.etlapi.engine.Column;
import io.etlapi.engine.DuckDbSession;
import io.etlapi.engine.TableAppender;
import io.etlapi.step.StepException;
import io.etlapi.step.completeness.control.ColumnSpec;
import io.etlapi.step.completeness.control.ReadOptions;
import io.etlapi.step.dataset.ColumnNames;
import io.etlapi.step.spreadsheet.SheetReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads a sheet as text: numbers in full, dates in ISO-8601. {@code _line} is the row number that
 * the spreadsheet shows. Rows without any content are skipped.
 */
final class XlsxSource {

  private final ReadOptions read;
  private final List<ColumnSpec> declared;
  private List<@Nullable String> header = List.of();
  private int headerRow;
  private int width;

  private XlsxSource(ReadOptions read, List<ColumnSpec> declared) {
    this.read = read;
    this.declared = declared;
  }

  /**
   * Loads a sheet into a table of the session.
   *
   * @param table a name that is free
   */
  static RawTable open(
      DuckDbSession session,
      String table,
      SourceFile file,
      ReadOptions read,
      List<ColumnSpec> declared)
      throws StepException, InterruptedException {
    XlsxSource source = new XlsxSource(read, declared);
    try (SheetReader workbook = SheetReader.open(file.path(), file.name())) {
      int sheet = workbook.find(Optional.ofNullable(read.sheet()));
      workbook.read(sheet, source::survey);
      if (read.header() && source.header.isEmpty()) {
        throw new StepException(
            "The sheet '" + workbook.names().get(sheet) + "' of '" + file.name() + "' is empty.");
      }
      return source.load(session, table, file, workbook, sheet);
    }
  }

  /** First reading: the header and how many columns there are, so that no row widens the table. */
  private void survey(int number, List<@Nullable String> cells) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException("stopped while reading a sheet");
    }
    int filled = filled(cells);
    if (number <= read.skipRows() || filled == 0) {
      return;
    }
    if (read.header() && header.isEmpty()) {
      header = new ArrayList<>(cells.subList(0, filled));
      headerRow = number;
    }
    width = Math.max(width, filled);
  }

  private RawTable load(
      DuckDbSession session, String table, SourceFile file, SheetReader workbook, int sheet)
      throws StepException, InterruptedException {
    List<String> names = names();
    session.execute(
        "CREATE TABLE "
            + table
            + " ("
            + quote(RawTable.LINE)
            + " VARCHAR"
            + names.stream()
                .map(name -> ", " + quote(name) + " VARCHAR")
                .collect(Collectors.joining())
            + ")");
    long[] rows = {0};
    int first = Math.max(read.skipRows(), headerRow);
    try (TableAppender appender = session.appender(table)) {
      workbook.read(
          sheet,
          (number, cells) -> {
            if (number <= first || filled(cells) == 0) {
              return;
            }
            if (Thread.interrupted()) {
              throw new InterruptedException("stopped while reading a sheet");
            }
            @Nullable String[] row = new String[names.size() + 1];
            row[0] = Integer.toString(number);
            for (int i = 0; i < Math.min(names.size(), cells.size()); i++) {
              row[i + 1] = cells.get(i);
            }
            appender.row(row);
            rows[0]++;
          });
    }
    return new RawTable(
        file,
        names.stream().map(name -> new Column(name, "VARCHAR")).toList(),
        "CAST(" + quote(RawTable.LINE) + " AS BIGINT)",
        table,
        rows[0],
        0);
  }

  private List<String> names() {
    List<@Nullable String> wanted = new ArrayList<>(List.of(RawTable.FILE, RawTable.LINE));
    for (int i = 0; i < width; i++) {
      if (read.header()) {
        wanted.add(i < header.size() ? header.get(i) : null);
      } else {
        wanted.add(i < declared.size() ? declared.get(i).name() : null);
      }
    }
    return ColumnNames.clean(wanted).names().subList(2, wanted.size());
  }

  /** Cells up to the last that holds something. */
  private static int filled(List<@Nullable String> cells) {
    int filled = cells.size();
    while (filled > 0 && Objects.requireNonNullElse(cells.get(filled - 1), "").isBlank()) {
      filled--;
    }
    return filled;
  }
}
