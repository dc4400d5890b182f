package io.etlapi.step.workflow;

import io.etlapi.json.Json;
import io.etlapi.step.StepException;
import io.etlapi.step.dataset.DatasetColumn;
import io.etlapi.step.publish.JsonValues;
import io.etlapi.step.spreadsheet.SafeCsv;
import io.etlapi.step.spreadsheet.WorkbookWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Writer;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A file that rows are written to, one by one; complete once it is closed. */
interface RowSink extends AutoCloseable {

  /** Adds a row: a value per column, dates and times as ISO texts. */
  void row(List<@Nullable Object> values) throws IOException, StepException;

  /** What it has to say about what it wrote, for the log; empty if nothing. */
  String remark();

  @Override
  void close() throws IOException;

  /** CSV with a header. */
  static RowSink csv(Writer out, List<DatasetColumn> columns, char delimiter, boolean safe)
      throws IOException {
    SafeCsv csv = new SafeCsv(out, delimiter, safe);
    csv.record(columns.stream().map(DatasetColumn::name).toList());
    return new RowSink() {
      @Override
      public void row(List<@Nullable Object> values) throws IOException {
        List<@Nullable String> cells = new ArrayList<>();
        for (Object value : values) {
          cells.add(value == null ? null : value.toString());
        }
        csv.record(cells);
      }

      @Override
      public String remark() {
        return csv.defused() == 0
            ? ""
            : csv.defused()
                + " cells begin like a formula and got an apostrophe in front; spreadsheet_safe ="
                + " false writes them as they are";
      }

      @Override
      public void close() throws IOException {
        out.close();
      }
    };
  }

  /** A JSON array with an object per row, each on a line of its own. */
  static RowSink json(Writer out, List<DatasetColumn> columns) throws IOException {
    out.write("[");
    return new RowSink() {
      private String separator = "\n";

      @Override
      public void row(List<@Nullable Object> values) throws IOException {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        for (int i = 0; i < columns.size(); i++) {
          object.put(columns.get(i).name(), JsonValues.of(values.get(i)));
        }
        out.write(separator);
        out.write(Json.write(object));
        separator = ",\n";
      }

      @Override
      public String remark() {
        return "";
      }

      @Override
      public void close() throws IOException {
        out.write("\n]\n");
        out.close();
      }
    };
  }

  /** A workbook of one sheet. */
  static RowSink xlsx(OutputStream out, List<DatasetColumn> columns)
      throws IOException, StepException {
    WorkbookWriter workbook = new WorkbookWriter(out);
    WorkbookWriter.SheetWriter sheet =
        workbook.sheet("Data", columns.stream().map(DatasetColumn::name).toList());
    return new RowSink() {
      @Override
      public void row(List<@Nullable Object> values) throws IOException, StepException {
        List<@Nullable Object> cells = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
          cells.add(calendar(columns.get(i), values.get(i)));
        }
        sheet.row(cells);
      }

      @Override
      public String remark() {
        return sheet.cutCells() == 0
            ? ""
            : sheet.cutCells()
                + " texts were cut at the "
                + WorkbookWriter.MAX_CELL_CHARACTERS
                + " characters of a cell";
      }

      @Override
      public void close() throws IOException {
        workbook.close();
        out.close();
      }
    };
  }

  /** A date or time as such; as text if it is none of Java's, such as infinity. */
  private static @Nullable Object calendar(DatasetColumn column, @Nullable Object value) {
    if (value == null) {
      return null;
    }
    try {
      return switch (column.type().kind()) {
        case DATE -> LocalDate.parse(value.toString());
        case TIMESTAMP -> LocalDateTime.parse(value.toString());
        default -> value;
      };
    } catch (DateTimeException e) {
      return value.toString();
    }
  }
}
