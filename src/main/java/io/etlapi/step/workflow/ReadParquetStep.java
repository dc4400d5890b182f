package io.etlapi.step.workflow;

import static io.etlapi.engine.SqlIdentifier.quote;

import io.etlapi.engine.DuckDbSession;
import io.etlapi.step.Step;
import io.etlapi.step.StepContext;
import io.etlapi.step.StepDescription;
import io.etlapi.step.StepException;
import io.etlapi.step.StepResult;
import io.etlapi.step.dataset.ColumnNames;
import io.etlapi.step.dataset.Dataset;
import io.etlapi.step.dataset.DatasetColumn;
import io.etlapi.step.dataset.TypedView;
import io.etlapi.step.parameters.NameList;
import io.etlapi.step.parameters.ParameterSchema;
import io.etlapi.step.publish.PublishedTable;
import io.etlapi.step.publish.StepResults;
import io.etlapi.step.publish.TablePublisher;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads a Parquet file: some or all of its columns, and the rows that fit simple filters. */
@ApplicationScoped
public class ReadParquetStep implements Step {

  private static final String NAME = "read_parquet";
  private static final String VIEW = "source";

  private static final StepDescription DESCRIPTION =
      new StepDescription(
          NAME,
          "Read Parquet File",
          "workflow",
          "Reads a Parquet file, all of it or some columns, and the rows that fit the filters.",
          ParameterSchema.of()
              .required("file_path", ParameterSchema.readPath("the path of a Parquet file"))
              .optional(
                  "columns", ParameterSchema.names("column names, as an array or with commas"))
              .optional("filters", ParameterSchema.array(RowFilters.ALLOWED))
              .optional("column_types", ParameterSchema.columnTypes())
              .build(),
          true);

  @Override
  public StepDescription describe() {
    return DESCRIPTION;
  }

  @Override
  public StepResult run(StepContext context) throws StepException, InterruptedException {
    StepResults results = StepResults.begin(context, NAME);
    String sent =
        context
            .parameters()
            .text("file_path")
            .orElseThrow(() -> new StepException("The parameter file_path is missing."));
    Dataset dataset = Dataset.open(context.files(), sent);
    DuckDbSession session = context.session(List.of(dataset.path()));
    TypedView view = TypedView.of(session, dataset, TypedView.overrides(context.parameters()));
    List<String> asked = NameList.of(context.parameters(), "columns");
    List<DatasetColumn> columns =
        asked.isEmpty()
            ? view.columns()
            : ColumnNames.require(view.columns(), asked, sent).stream().distinct().toList();
    String condition =
        RowFilters.condition(context.parameters().list("filters"), view.columns(), sent);
    view.create(session, VIEW);

    context.progress(10, "reading the file");
    String items =
        columns.stream()
            .map(column -> quote(view.raw(column)) + " AS " + quote(column.name()))
            .collect(Collectors.joining(", "));
    PublishedTable table =
        TablePublisher.of(context, session, NAME)
            .input(dataset)
            .types(columns)
            .write(
                "data.parquet",
                "SELECT %s FROM %s WHERE %s ORDER BY %s"
                    .formatted(items, VIEW, condition, quote(view.row())));
    long read = dataset.rows(session);
    context.log(
        "Read "
            + read
            + " rows, kept "
            + table.rows()
            + " rows and "
            + columns.size()
            + " columns");

    Map<String, @Nullable Object> details = new LinkedHashMap<>();
    details.put("rows_read", read);
    details.put("rows_kept", table.rows());
    details.put("columns", columns.stream().map(DatasetColumn::name).toList());
    details.put("filters", context.parameters().list("filters"));
    return results.input(dataset.fileInfo(session)).details(details).build(session, table);
  }
}
