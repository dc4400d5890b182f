package io.etlapi.step.workflow;

import static io.etlapi.engine.SqlIdentifier.quote;

import io.etlapi.engine.DuckDbSession;
import io.etlapi.engine.EngineException;
import io.etlapi.engine.SqlExpression;
import io.etlapi.step.Step;
import io.etlapi.step.StepContext;
import io.etlapi.step.StepDescription;
import io.etlapi.step.StepException;
import io.etlapi.step.StepResult;
import io.etlapi.step.dataset.Dataset;
import io.etlapi.step.dataset.DatasetColumn;
import io.etlapi.step.dataset.Expressions;
import io.etlapi.step.dataset.TypedView;
import io.etlapi.step.parameters.ParameterSchema;
import io.etlapi.step.publish.PublishedTable;
import io.etlapi.step.publish.StepResults;
import io.etlapi.step.publish.TablePublisher;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the rows for which a condition is true. The condition sees typed columns; the rows that
 * stay keep the text of the file, in its order. Where the condition is unknown (null) a row goes,
 * as in SQL; how many went that way is reported apart.
 */
@ApplicationScoped
public class FilterStep implements Step {

  private static final String NAME = "filter";
  private static final String SOURCE = "__etl_filtered";

  private static final StepDescription DESCRIPTION =
      new StepDescription(
          NAME,
          "Filter Data",
          "workflow",
          "Keeps the rows for which an SQL condition over the columns is true.",
          ParameterSchema.of()
              .required(
                  "condition",
                  ParameterSchema.text(
                      "an SQL condition over the columns, such as amount > 100", 1, 10_000))
              .optional(
                  "case_sensitive",
                  ParameterSchema.flag("whether texts that differ only in case are unequal", true))
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
    String text =
        context
            .parameters()
            .text("condition")
            .filter(condition -> !condition.isBlank())
            .orElseThrow(
                () -> new StepException("filter needs a condition, such as amount > 100."));
    boolean caseSensitive = context.parameters().flag("case_sensitive", true);
    Dataset dataset = WorkflowInput.single(context, NAME);
    DuckDbSession session = context.session(List.of(dataset.path()));
    context.progress(5, "read the columns");
    TypedView view = TypedView.of(session, dataset, TypedView.overrides(context.parameters()));
    view.create(session, SOURCE);
    SqlExpression condition =
        Expressions.parseCondition(
            session, "condition", text, view.columns(), caseSensitive, quote(SOURCE));
    PublishedTable table;
    Map<String, @Nullable Object> details = new LinkedHashMap<>();
    try {
      context.progress(10, "evaluate the condition");
      session.forEach(
          """
          SELECT count(*), count(*) FILTER (WHERE %1$s), count(*) FILTER (WHERE NOT (%1$s))
          FROM %2$s
          """
              .formatted(condition.sql(), quote(SOURCE)),
          row -> {
            details.put("condition", text);
            details.put("case_sensitive", caseSensitive);
            details.put("rows_read", row.integer(1));
            details.put("rows_kept", row.integer(2));
            details.put("rows_false", row.integer(3));
            details.put("rows_unknown", row.integer(1) - row.integer(2) - row.integer(3));
            details.put("columns_used", condition.columns().stream().sorted().toList());
          });
      context.progress(30, "write the rows that stay");
      // The session preserves the order of the rows that it reads.
      table =
          TablePublisher.of(context, session, NAME)
              .input(dataset)
              .types(view.columns())
              .write(
                  "filter.parquet",
                  "SELECT %s FROM %s WHERE %s"
                      .formatted(stored(view), quote(SOURCE), condition.sql()));
    } catch (EngineException e) {
      throw Expressions.failure("condition", text, e);
    }
    context.log(
        "Kept %s of %s rows where %s"
            .formatted(details.get("rows_kept"), details.get("rows_read"), condition.sql()));
    return results.input(dataset.fileInfo(session)).details(details).build(session, table);
  }

  private static String stored(TypedView view) {
    List<String> items = new ArrayList<>();
    for (DatasetColumn column : view.columns()) {
      items.add(quote(view.raw(column)) + " AS " + quote(column.name()));
    }
    return String.join(", ", items);
  }
}
