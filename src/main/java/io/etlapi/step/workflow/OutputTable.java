package io.etlapi.step.workflow;

import static io.etlapi.engine.SqlIdentifier.literal;
import static io.etlapi.engine.SqlIdentifier.quote;

import io.etlapi.engine.DuckDbSession;
import io.etlapi.engine.EngineException;
import io.etlapi.engine.Row;
import io.etlapi.engine.SqlExpression;
import io.etlapi.step.StepException;
import io.etlapi.step.dataset.ColumnNames;
import io.etlapi.step.dataset.Dataset;
import io.etlapi.step.dataset.DatasetColumn;
import io.etlapi.step.dataset.Expressions;
import io.etlapi.step.dataset.LogicalType;
import io.etlapi.step.dataset.TypedView;
import io.etlapi.step.publish.JsonValues;
import io.etlapi.step.spreadsheet.WorkbookWriter;
import io.etlapi.task.Fault;
import io.etlapi.task.TaskException;
import io.etlapi.task.TaskException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The table that a task has published, for people: read in pages, or written in the format that
 * they want. Whatever the file is, the engine sees Parquet: another format is turned into it first,
 * in the session's own folder.
 */
public final class OutputTable {

  /** What a table can be had as. */
  public enum Format {
    CSV,
    JSON,
    PARQUET,
    XLSX;

    /** Tells the format of a file by how it begins. */
    public static Format of(Path file) throws IOException {
      byte[] begin;
      try (InputStream in = Files.newInputStream(file)) {
        begin = in.readNBytes(4);
      }
      String text = new String(begin, StandardCharsets.ISO_8859_1);
      if (text.equals("PAR1")) {
        return PARQUET;
      }
      if (text.startsWith("PK")) {
        return XLSX;
      }
      return text.startsWith("[") ? JSON : CSV;
    }
  }

  /** The engine's driver holds the result of a query; so rows are asked for in portions. */
  private static final int PORTION = 50_000;

  private static final String VIEW = "__etl_rows";

  private final DuckDbSession session;
  private final Path file;
  private final List<DatasetColumn> columns;
  private final TypedView view;
  private final String name;

  private OutputTable(DuckDbSession session, Path file, List<DatasetColumn> columns, String name) {
    this.session = session;
    this.file = file;
    this.columns = columns;
    this.name = name;
    this.view = TypedView.over(file, columns);
    view.create(session, VIEW);
  }

  /**
   * The table of a dataset.
   *
   * @param session may read the dataset
   * @param folder of the session
   * @throws TaskException if the file is of a format that holds no table that can be read
   */
  public static OutputTable of(DuckDbSession session, Dataset dataset, Path folder)
      throws StepException, IOException {
    Format format = Format.of(dataset.path());
    String name = String.valueOf(dataset.path().getFileName());
    if (format == Format.PARQUET) {
      return new OutputTable(session, dataset.path(), dataset.columns(session), name);
    }
    if (format == Format.XLSX) {
      throw new TaskException(
          Reason.INVALID,
          "The output is an Excel workbook, which is not read row by row: download it as xlsx, or"
              + " look at the task that it was made from.");
    }
    String source =
        format == Format.JSON
            ? "read_json(%s)"
            : "read_csv(%s, all_varchar = true, header = true, allow_quoted_nulls = false)";
    Path rows = folder.resolve("rows.parquet");
    try {
      session.execute(
          "COPY (SELECT * FROM "
              + source.formatted(literal(dataset.path().toString()))
              + ") TO "
              + literal(rows.toString())
              + " (FORMAT parquet)");
    } catch (EngineException e) {
      if (session.isCancelled()) {
        throw e;
      }
      throw new TaskException(
          Reason.INVALID, "The output is a file that holds no table: download it as it is.", e);
    }
    List<DatasetColumn> columns =
        session.describe("SELECT * FROM " + Dataset.scan(rows)).stream()
            .map(
                column ->
                    new DatasetColumn(
                        column.name(), LogicalType.ofEngineType(column.type()), column.type()))
            .toList();
    return new OutputTable(session, rows, columns, name);
  }

  /** Rows by the file's own footer. */
  public long rows() {
    return session.number("SELECT count(*) FROM " + Dataset.scan(file));
  }

  /**
   * Some rows.
   *
   * @throws TaskException (INVALID) naming every column that is not there and a filter that is
   *     refused
   */
  public RowsPage page(RowsQuery query) throws StepException {
    List<Fault> faults = new ArrayList<>();
    List<DatasetColumn> shown = new ArrayList<>();
    query.columns().forEach(each -> find("columns", each, faults).ifPresent(shown::add));
    List<String> order = new ArrayList<>();
    for (RowsQuery.Key key : query.sort()) {
      find("sort", key.column(), faults)
          .map(column -> quote(column.name()) + (key.descending() ? " DESC" : "") + " NULLS LAST")
          .ifPresent(order::add);
    }
    Optional<SqlExpression> condition = query.filter().flatMap(text -> condition(text, faults));
    if (!faults.isEmpty()) {
      throw TaskException.invalid(faults);
    }
    long total = rows();
    try {
      return page(query, query.columns().isEmpty() ? columns : shown, order, condition, total);
    } catch (EngineException e) {
      if (query.filter().isEmpty()) {
        throw e;
      }
      throw TaskException.invalid(
          List.of(
              new Fault(
                  "/filter",
                  String.valueOf(
                      Expressions.failure("filter", query.filter().get(), e).getMessage()))));
    }
  }

  private RowsPage page(
      RowsQuery query,
      List<DatasetColumn> shown,
      List<String> order,
      Optional<SqlExpression> condition,
      long total) {
    String where = condition.map(kept -> " WHERE " + kept.sql()).orElse("");
    long matching =
        condition.isEmpty() ? total : session.number("SELECT count(*) FROM " + quote(VIEW) + where);
    if (!order.isEmpty()) {
      order.add(quote(view.row())); // total, so that pages fit together
    }
    // Without keys the session keeps the order of the file, and stops at the last row of the page.
    String select =
        "SELECT "
            + String.join(", ", shown.stream().map(OutputTable::display).toList())
            + " FROM "
            + quote(VIEW)
            + where
            + (order.isEmpty() ? "" : " ORDER BY " + String.join(", ", order))
            + " LIMIT "
            + query.limit()
            + " OFFSET "
            + query.offset();
    List<List<@Nullable Object>> rows = new ArrayList<>();
    if (query.offset() < matching) {
      session.forEach(
          select,
          row -> {
            List<@Nullable Object> values = new ArrayList<>();
            values(row, shown.size()).forEach(value -> values.add(JsonValues.of(value)));
            rows.add(values);
          });
    }
    return new RowsPage(shown, rows, total, matching);
  }

  private Optional<DatasetColumn> find(String parameter, String column, List<Fault> faults) {
    try {
      return Optional.of(ColumnNames.require(columns, column, name));
    } catch (StepException e) {
      faults.add(new Fault("/" + parameter, String.valueOf(e.getMessage())));
      return Optional.empty();
    }
  }

  private Optional<SqlExpression> condition(String text, List<Fault> faults) {
    try {
      return Optional.of(
          Expressions.parseCondition(session, "filter", text, columns, true, quote(VIEW)));
    } catch (StepException e) {
      faults.add(new Fault("/filter", String.valueOf(e.getMessage())));
      return Optional.empty();
    }
  }

  /**
   * Writes the whole table.
   *
   * @param safe whether CSV cells that a spreadsheet would compute are defused
   * @param out closed when this returns
   * @throws StepException if the format cannot hold the table
   */
  public void write(Format format, boolean safe, OutputStream out)
      throws StepException, IOException {
    try (out) {
      if (format == Format.PARQUET) {
        Files.copy(file, out);
        return;
      }
      long total = rows();
      if (format == Format.XLSX) {
        WorkbookWriter.requireFits(total, columns.size());
      }
      try (RowSink sink = sink(format, safe, out)) {
        writeRows(format, total, sink);
      }
    }
  }

  private RowSink sink(Format format, boolean safe, OutputStream out)
      throws IOException, StepException {
    return switch (format) {
      case JSON -> RowSink.json(new OutputStreamWriter(out, StandardCharsets.UTF_8), columns);
      case XLSX -> RowSink.xlsx(out, columns);
      case CSV, PARQUET ->
          RowSink.csv(new OutputStreamWriter(out, StandardCharsets.UTF_8), columns, ',', safe);
    };
  }

  private void writeRows(Format format, long total, RowSink sink)
      throws IOException, StepException {
    List<String> items = new ArrayList<>();
    for (DatasetColumn column : columns) {
      items.add(
          format == Format.CSV
              ? "CAST(" + quote(view.raw(column)) + " AS VARCHAR)"
              : display(column));
    }
    String select =
        "SELECT %1$s FROM %2$s WHERE %3$s > ? AND %3$s <= ? ORDER BY %3$s"
            .formatted(String.join(", ", items), quote(VIEW), quote(view.row()));
    for (long from = 0; from < total; from += PORTION) {
      for (List<@Nullable Object> row :
          session.query(select, each -> values(each, items.size()), from, from + PORTION)) {
        sink.row(row);
      }
    }
  }

  /** Dates and times as ISO texts: the driver would take them through this machine's time zone. */
  private static String display(DatasetColumn column) {
    String value = quote(column.name());
    LogicalType.Kind kind = column.type().kind();
    return kind == LogicalType.Kind.DATE || kind == LogicalType.Kind.TIMESTAMP
        ? "replace(CAST(" + value + " AS VARCHAR), ' ', 'T')"
        : value;
  }

  private static List<@Nullable Object> values(Row row, int count) {
    List<@Nullable Object> values = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      values.add(row.value(i));
    }
    return values;
  }
}
