package io.etlapi.step.classic;

import static io.etlapi.engine.SqlIdentifier.quote;

import io.etlapi.engine.DuckDbSession;
import io.etlapi.engine.EngineException;
import io.etlapi.step.Step;
import io.etlapi.step.StepContext;
import io.etlapi.step.StepDescription;
import io.etlapi.step.StepException;
import io.etlapi.step.StepParameters;
import io.etlapi.step.StepResult;
import io.etlapi.step.dataset.Dataset;
import io.etlapi.step.dataset.Expressions;
import io.etlapi.step.dataset.TypedView;
import io.etlapi.step.parameters.NameList;
import io.etlapi.step.parameters.ParameterSchema;
import io.etlapi.step.publish.PublishedTable;
import io.etlapi.step.publish.StepResults;
import io.etlapi.step.publish.TablePublisher;
import io.etlapi.step.workflow.WorkflowInput;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Derives columns by expressions, then drops and renames columns. Expressions are evaluated in
 * their order, each seeing what the ones before it made; columns that none of them made keep the
 * text of the file.
 */
@ApplicationScoped
public class TransformStep implements Step {

  private static final String NAME = "transform";
  private static final String SOURCE = "__etl_transform";

  private static final StepDescription DESCRIPTION =
      ClassicSchemas.step(
          NAME,
          "Transform Data",
          "Derives columns by SQL expressions over the other columns, then drops and renames.",
          ParameterSchema.of()
              .optional(
                  "derive",
                  ClassicSchemas.objects(
                      "an object such as {\"to\": \"net\", \"sql\": \"gross - tax\"}",
                      List.of("to", "sql"),
                      Map.of(
                          "to", ClassicSchemas.text("the name of a new or an existing column"),
                          "sql", ClassicSchemas.text("an SQL expression over the columns"))))
              .optional("drop", ParameterSchema.names("column names, as an array or with commas"))
              .optional("rename", ClassicSchemas.texts("an object of old name and new name"))
              .optional("column_types", ParameterSchema.columnTypes())
              .optional(
                  "file_path",
                  ParameterSchema.readPath("the path of a Parquet file, if no output is given")),
          true);

  @Override
  public StepDescription describe() {
    return DESCRIPTION;
  }

  @Override
  public StepResult run(StepContext context) throws StepException, InterruptedException {
    StepResults results = StepResults.begin(context, NAME);
    StepParameters parameters = context.parameters();
    Dataset dataset = WorkflowInput.single(context, NAME);
    DuckDbSession session = context.session(List.of(dataset.path()));
    context.progress(5, "read the columns");
    TypedView view = TypedView.of(session, dataset, TypedView.overrides(parameters));
    view.create(session, SOURCE);
    TransformedColumns columns = new TransformedColumns(session, view, quote(SOURCE));
    List<String> derived = new ArrayList<>();
    String expressions = "";
    for (Object item : parameters.list("derive")) {
      Map<?, ?> derive = (Map<?, ?>) item;
      String to = String.valueOf(derive.get("to")).strip();
      String sql = String.valueOf(derive.get("sql"));
      columns.derive(to, sql);
      derived.add(to);
      expressions = expressions.isEmpty() ? sql : expressions + "; " + sql;
    }
    List<String> dropped = NameList.of(parameters, "drop");
    for (String name : dropped) {
      columns.drop(name, dataset.sentPath());
    }
    columns.rename(parameters.object("rename"), dataset.sentPath());

    context.progress(20, "write the rows");
    PublishedTable table;
    try {
      table =
          TablePublisher.of(context, session, NAME)
              .input(dataset)
              .types(columns.keptTypes())
              .write("data.parquet", columns.select(quote(view.row())));
    } catch (EngineException e) {
      throw Expressions.failure("expressions", expressions, e);
    }
    Map<String, @Nullable Object> details = new LinkedHashMap<>();
    details.put("derived", derived);
    details.put("dropped", dropped);
    details.put("renamed", parameters.object("rename"));
    details.put("rows", table.rows());
    context.log(
        "Transformed %d rows: %d columns derived, %d dropped, %d renamed"
            .formatted(
                table.rows(), derived.size(), dropped.size(), parameters.object("rename").size()));
    return results.input(dataset.fileInfo(session)).details(details).build(session, table);
  }
}
