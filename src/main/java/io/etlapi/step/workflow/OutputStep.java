package io.etlapi.step.workflow;

import static io.etlapi.engine.SqlIdentifier.quote;

import io.etlapi.engine.DuckDbSession;
import io.etlapi.engine.Row;
import io.etlapi.step.Step;
import io.etlapi.step.StepContext;
import io.etlapi.step.StepDescription;
import io.etlapi.step.StepException;
import io.etlapi.step.StepParameters;
import io.etlapi.step.StepResult;
import io.etlapi.step.dataset.Dataset;
import io.etlapi.step.dataset.DatasetColumn;
import io.etlapi.step.dataset.FileDigest;
import io.etlapi.step.dataset.LogicalType;
import io.etlapi.step.dataset.Manifest;
import io.etlapi.step.dataset.TypedView;
import io.etlapi.step.parameters.ParameterSchema;
import io.etlapi.step.publish.ExternalOutput;
import io.etlapi.step.publish.PublishedTable;
import io.etlapi.step.publish.StepResults;
import io.etlapi.step.publish.TablePublisher;
import io.etlapi.step.spreadsheet.WorkbookWriter;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Shows the first rows of a table, or writes it to a file that other programs read: CSV and Parquet
 * keep the text of the source, JSON and Excel get typed values.
 */
@ApplicationScoped
public class OutputStep implements Step {

  private static final String NAME = "output";

  /** Rows of a preview, unless the request says how many. */
  private static final int PREVIEW_ROWS = 1_000;

  /** The engine's driver holds the result of a query; so rows are asked for in portions. */
  private static final int PORTION = 50_000;

  private static final String VIEW = "__etl_output";

  private static final StepDescription DESCRIPTION =
      new StepDescription(
          NAME,
          "Data Output",
          "workflow",
          "Shows the first rows, or writes them to a CSV, Parquet, JSON or Excel file.",
          ParameterSchema.of()
              .optional(
                  "output_type",
                  ParameterSchema.with(
                      ParameterSchema.oneOf(
                          "what to write", OutputType.words().toArray(new String[0])),
                      "default",
                      OutputType.PREVIEW.word()))
              .optional(
                  "max_rows", ParameterSchema.integer("a number of rows", 1, Integer.MAX_VALUE))
              .optional(
                  "output_path",
                  ParameterSchema.writePath(
                      "a path in an output root, or a relative one in the task's own folder"))
              .optional(
                  "delimiter",
                  ParameterSchema.with(
                      ParameterSchema.with(
                          ParameterSchema.text(
                              "one character that is no quote and no line break, or \\t for a tab"),
                          "pattern",
                          "^(?:[^\"\r\n]|\\\\t)$"),
                      "default",
                      ","))
              .optional(
                  "spreadsheet_safe",
                  ParameterSchema.flag(
                      "CSV cells that a spreadsheet would compute get an apostrophe in front",
                      true))
              .optional("column_types", ParameterSchema.columnTypes())
              .optional(
                  "file_path",
                  ParameterSchema.readPath("the path of a Parquet file, if no output is given"))
              .build(),
          true);

  @Override
  public StepDescription describe() {
    return DESCRIPTION;
  }

  @Override
  public StepResult run(StepContext context) throws StepException, InterruptedException {
    StepResults results = StepResults.begin(context, NAME);
    StepParameters parameters = context.parameters();
    OutputType type =
        OutputType.valueOf(
            parameters.text("output_type", "preview").strip().toUpperCase(Locale.ROOT));
    long maxRows =
        parameters.integer(
            "max_rows", type == OutputType.PREVIEW ? PREVIEW_ROWS : Integer.MAX_VALUE);
    Optional<ExternalOutput> external = ExternalOutput.of(context, "output_path");
    String fileName =
        external
            .filter(ExternalOutput::isInTaskFolder)
            .map(ExternalOutput::nameInTaskFolder)
            .orElse(type.fileName());
    Dataset dataset = WorkflowInput.single(context, NAME);
    DuckDbSession session = context.session(List.of(dataset.path()));
    TypedView view = TypedView.of(session, dataset, TypedView.overrides(parameters));
    try {
      Files.createDirectories(context.folder().resolve(fileName).getParent());
      context.progress(10, "reading the table");
      PublishedTable table =
          publish(
              context,
              session,
              dataset,
              view,
              type.isParquet() ? fileName : "rows.parquet",
              maxRows);
      StepResult result;
      Path written = context.folder().resolve(fileName);
      Map<String, @Nullable Object> details = details(type, table, external, dataset, session);
      results.input(dataset.fileInfo(session)).details(details);
      if (type.isParquet()) {
        result = results.build(session, table);
      } else {
        write(context, session, table, type, written);
        result = results.build(session, as(context, table, written, fileName));
        Files.delete(table.file());
        Files.delete(table.file().resolveSibling(Manifest.nameFor(table.fileName())));
      }
      if (external.isPresent()) {
        external.get().deliver(written);
      }
      return result;
    } catch (IOException e) {
      throw new StepException("The output could not be written: no space or no permission.", e);
    }
  }

  private static PublishedTable publish(
      StepContext context,
      DuckDbSession session,
      Dataset dataset,
      TypedView view,
      String fileName,
      long maxRows)
      throws StepException, InterruptedException {
    String items =
        view.columns().stream()
            .map(column -> quote(view.raw(column)) + " AS " + quote(column.name()))
            .collect(Collectors.joining(", "));
    return TablePublisher.of(context, session, NAME)
        .input(dataset)
        .types(view.columns())
        .write(
            fileName,
            "SELECT %s FROM (%s) ORDER BY %s LIMIT %d"
                .formatted(items, view.select(), quote(view.row()), maxRows));
  }

  private static Map<String, @Nullable Object> details(
      OutputType type,
      PublishedTable table,
      Optional<ExternalOutput> external,
      Dataset dataset,
      DuckDbSession session) {
    long available = dataset.rows(session);
    Map<String, @Nullable Object> details = new LinkedHashMap<>();
    details.put("output_type", type.word());
    details.put("rows_available", available);
    details.put("rows_written", table.rows());
    details.put("complete", table.rows() == available);
    details.put("output_path", external.map(ExternalOutput::shownPath).orElse(null));
    return details;
  }

  /** The same table, described by the file that was made from it. */
  private static PublishedTable as(
      StepContext context, PublishedTable table, Path file, String fileName)
      throws IOException, StepException, InterruptedException {
    Map<String, @Nullable Object> info =
        Dataset.describe(file, context.published(fileName).toString(), FileDigest.sha256(file));
    info.put("rows", table.rows());
    info.put("columns", (long) table.columns().size());
    return new PublishedTable(table.file(), table.columns(), table.manifest(), info);
  }

  private static void write(
      StepContext context, DuckDbSession session, PublishedTable table, OutputType type, Path file)
      throws IOException, StepException, InterruptedException {
    if (type == OutputType.XLSX) {
      WorkbookWriter.requireFits(table.rows(), table.columns().size());
    }
    TypedView view = table.typed();
    view.create(session, VIEW);
    List<String> items = new ArrayList<>();
    for (DatasetColumn column : view.columns()) {
      items.add(type == OutputType.CSV ? text(quote(view.raw(column))) : typed(column));
    }
    String select =
        "SELECT %1$s FROM %2$s WHERE %3$s > ? AND %3$s <= ? ORDER BY %3$s"
            .formatted(String.join(", ", items), quote(VIEW), quote(view.row()));
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file));
        RowSink sink = sink(context.parameters(), table, type, out)) {
      for (long from = 0; from < table.rows(); from += PORTION) {
        context.throwIfStopped();
        context.progress((int) (30 + 50 * from / table.rows()), "writing the file");
        for (List<@Nullable Object> row :
            session.query(select, each -> values(each, items.size()), from, from + PORTION)) {
          sink.row(row);
        }
      }
      if (!sink.remark().isEmpty()) {
        context.log(sink.remark());
      }
    }
    context.log("Wrote " + table.rows() + " rows as " + type.word());
  }

  private static RowSink sink(
      StepParameters parameters, PublishedTable table, OutputType type, OutputStream out)
      throws IOException, StepException {
    Writer writer = new OutputStreamWriter(out, StandardCharsets.UTF_8);
    return switch (type) {
      case CSV -> {
        String delimiter = parameters.text("delimiter", ",");
        yield RowSink.csv(
            writer,
            table.columns(),
            delimiter.equals("\\t") ? '\t' : delimiter.charAt(0),
            parameters.flag("spreadsheet_safe", true));
      }
      case JSON -> RowSink.json(writer, table.columns());
      case XLSX -> RowSink.xlsx(out, table.columns());
      case PREVIEW, PARQUET -> throw new IllegalStateException("written by the engine");
    };
  }

  private static String text(String value) {
    return "CAST(" + value + " AS VARCHAR)";
  }

  /** Dates and times as ISO texts: the driver would take them through this machine's time zone. */
  private static String typed(DatasetColumn column) {
    String value = quote(column.name());
    LogicalType.Kind kind = column.type().kind();
    return kind == LogicalType.Kind.DATE || kind == LogicalType.Kind.TIMESTAMP
        ? "replace(" + text(value) + ", ' ', 'T')"
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
