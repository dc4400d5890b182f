package io.etlapi.step.classic;

import static io.etlapi.engine.SqlIdentifier.quote;

import io.etlapi.database.DataSources;
import io.etlapi.engine.DuckDbSession;
import io.etlapi.step.Step;
import io.etlapi.step.StepContext;
import io.etlapi.step.StepDescription;
import io.etlapi.step.StepException;
import io.etlapi.step.StepParameters;
import io.etlapi.step.StepResult;
import io.etlapi.step.classic.SourceRows.SourceColumn;
import io.etlapi.step.dataset.LogicalType;
import io.etlapi.step.dataset.TypedView;
import io.etlapi.step.parameters.NameList;
import io.etlapi.step.parameters.ParameterSchema;
import io.etlapi.step.publish.PublishedTable;
import io.etlapi.step.publish.StepResults;
import io.etlapi.step.publish.TablePublisher;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Takes rows from a file or from a database of the server: all, or those above a mark. */
@ApplicationScoped
public class ExtractStep implements Step {

  private static final String NAME = "extract";

  private static final StepDescription DESCRIPTION =
      ClassicSchemas.step(
          NAME,
          "Extract Data",
          "Takes rows from a CSV or Parquet file, or from a table of a database that the server"
              + " knows; incrementally, only those above a mark in a column that grows.",
          ParameterSchema.of()
              .optional(
                  "source_type",
                  ClassicSchemas.oneOf("where the rows are", "file", "jdbc", "database"))
              .optional(
                  "extraction_method",
                  ClassicSchemas.oneOf("which rows are taken", "full", "incremental"))
              .optional("file_path", ParameterSchema.readPath("the path of a CSV or Parquet file"))
              .optional(
                  "format", ParameterSchema.oneOf("by the name if left out", "csv", "parquet"))
              .optional("delimiter", ClassicSchemas.delimiter())
              .optional("encoding", ClassicSchemas.encoding())
              .optional("header", ParameterSchema.flag("the first row holds the names", true))
              .optional(
                  "skip_rows",
                  ParameterSchema.with(
                      ParameterSchema.integer("a number of lines", 0, 1_000_000), "default", 0L))
              .optional(ClassicSchemas.DATASOURCE, ClassicSchemas.dataSource())
              .optional(ClassicSchemas.TABLE, ClassicSchemas.table())
              .optional(
                  "columns", ParameterSchema.names("column names, as an array or with commas"))
              .optional(
                  "incremental_column", ClassicSchemas.text("a column that grows, such as id"))
              .optional("since", ClassicSchemas.value("the highest value taken before"))
              .optional("column_types", ParameterSchema.columnTypes()),
          true);

  private @Nullable DataSources sources;

  /** For the container's proxy. */
  protected ExtractStep() {}

  @Inject
  public ExtractStep(DataSources sources) {
    this.sources = sources;
  }

  @Override
  public StepDescription describe() {
    return DESCRIPTION;
  }

  @Override
  public StepResult run(StepContext context) throws StepException, InterruptedException {
    StepResults results = StepResults.begin(context, NAME);
    StepParameters parameters = context.parameters();
    Extraction extraction = Extraction.of(parameters);
    boolean fromFile = parameters.text("source_type", "file").equals("file");
    SourceRows rows =
        fromFile
            ? FileSource.load(context)
            : DatabaseSource.load(context, Objects.requireNonNull(sources), extraction);
    DuckDbSession session = context.session(List.of());
    List<SourceColumn> columns = rows.columns(NameList.of(parameters, "columns"));
    Map<String, LogicalType> asked = TypedView.overrides(parameters);

    Map<String, @Nullable Object> details = new LinkedHashMap<>();
    details.put("source_type", fromFile ? "file" : "jdbc");
    details.put("extraction_method", extraction.isIncremental() ? "incremental" : "full");
    details.putAll(rows.figures());
    String condition = "true";
    if (extraction.isIncremental()) {
      condition = mark(session, rows, extraction, fromFile, asked, details);
    }
    context.progress(50, "write the rows");
    String items =
        columns.stream()
            .map(column -> column.stored() + " AS " + quote(column.name()))
            .collect(Collectors.joining(", "));
    TablePublisher publisher =
        TablePublisher.of(context, session, NAME)
            .types(SourceRows.knownTypes(columns))
            .inferTypes();
    if (rows.origin().isPresent()) {
      publisher.input(rows.origin().get());
    }
    PublishedTable table =
        publisher
            .overrideTypes(asked, rows.name())
            .write(
                "data.parquet",
                "SELECT %s FROM %s WHERE %s ORDER BY %s"
                    .formatted(items, rows.relation(), condition, rows.order()));
    details.put("rows", table.rows());
    context.log("Extracted " + table.rows() + " rows from " + rows.name());
    Map<String, @Nullable Object> info = rows.info();
    if (info != null) {
      results.input(info);
    }
    return results.details(details).build(session, table);
  }

  /** Notes the mark to send the next time; the condition for the rows above the last one. */
  private static String mark(
      DuckDbSession session,
      SourceRows rows,
      Extraction extraction,
      boolean filter,
      Map<String, LogicalType> asked,
      Map<String, @Nullable Object> details)
      throws StepException {
    SourceColumn by = rows.column(extraction.column());
    LogicalType type = extraction.type(session, rows, by, asked);
    String condition = filter ? extraction.condition(session, by, type) : "true";
    String highest =
        session
            .query(
                "SELECT CAST(max(%s) AS VARCHAR) FROM %s WHERE %s"
                    .formatted(Extraction.typed(by, type), rows.relation(), condition),
                row -> String.valueOf(row.text(1)))
            .get(0);
    details.put("incremental_column", by.name());
    details.put("compared_as", type.toString());
    details.put("since", extraction.since().orElse(null));
    details.put("watermark", highest.equals("null") ? extraction.since().orElse(null) : highest);
    return condition;
  }
}
