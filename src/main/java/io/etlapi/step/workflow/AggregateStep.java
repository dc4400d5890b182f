package io.etlapi.step.workflow;

import static io.etlapi.engine.SqlIdentifier.quote;

import io.etlapi.engine.DuckDbSession;
import io.etlapi.engine.EngineException;
import io.etlapi.engine.SessionCancelledException;
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
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Computes figures per group, or over all rows if there is no {@code group_by}. Groups are equal in
 * the typed values, and null is a group. The result is sorted by {@code sort_by}, then by the
 * groups, so its order is total.
 */
@ApplicationScoped
public class AggregateStep implements Step {

  private static final String NAME = "aggregate";
  private static final String SOURCE = "__etl_aggregated";

  private static final StepDescription DESCRIPTION =
      new StepDescription(
          NAME,
          "Aggregate Data",
          "workflow",
          "Computes sums, counts and other figures per group.",
          ParameterSchema.of()
              .required(
                  "aggregations",
                  ParameterSchema.names(
                      "function:column, such as sum:amount,count:id; functions: "
                          + String.join(", ", AggregateFunction.words())))
              .optional(
                  "group_by", ParameterSchema.names("columns to group by, such as date,region"))
              .optional(
                  "sort_by",
                  ParameterSchema.names(
                      "columns of the result with ASC or DESC, such as date DESC"))
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
    Dataset dataset = WorkflowInput.single(context, NAME);
    DuckDbSession session = context.session(List.of(dataset.path()));
    context.progress(5, "read the columns");
    TypedView view = TypedView.of(session, dataset, TypedView.overrides(context.parameters()));
    view.create(session, SOURCE);
    List<DatasetColumn> groups =
        ColumnNames.require(
            view.columns(), NameList.of(context.parameters(), "group_by"), dataset.sentPath());
    List<Aggregation> aggregations = aggregations(context, view, dataset);
    List<String> names = names(groups, aggregations);
    List<SortKey> order = new ArrayList<>();
    for (String item : NameList.of(context.parameters(), "sort_by")) {
      order.add(SortKey.parse(item, names));
    }
    groups.forEach(group -> order.add(new SortKey(group.name(), false)));
    for (Aggregation aggregation : aggregations) {
      aggregation.requireNumbers(session, view, quote(SOURCE), dataset.sentPath());
    }

    context.progress(20, "aggregate");
    PublishedTable table;
    try {
      table =
          TablePublisher.of(context, session, NAME)
              .input(dataset)
              .types(groups)
              .write("aggregate.parquet", select(view, groups, aggregations, order));
    } catch (EngineException e) {
      throw tooLarge(e, aggregations);
    }
    Map<String, @Nullable Object> details = new LinkedHashMap<>();
    details.put("group_by", groups.stream().map(DatasetColumn::name).toList());
    details.put("aggregations", aggregations.stream().map(Aggregation::name).toList());
    details.put("rows_read", dataset.rows(session));
    details.put("groups", table.rows());
    context.log(
        "Aggregated %s rows into %d groups".formatted(details.get("rows_read"), table.rows()));
    return results.input(dataset.fileInfo(session)).details(details).build(session, table);
  }

  private static List<Aggregation> aggregations(
      StepContext context, TypedView view, Dataset dataset) throws StepException {
    List<Aggregation> aggregations = new ArrayList<>();
    for (String item : NameList.of(context.parameters(), "aggregations")) {
      aggregations.add(Aggregation.parse(item, view, dataset.sentPath()));
    }
    if (aggregations.isEmpty()) {
      throw new StepException(
          "aggregate needs aggregations, such as sum:amount,count:id; the functions are: "
              + String.join(", ", AggregateFunction.words())
              + ".");
    }
    return aggregations;
  }

  /** The names of the result's columns, each once. */
  private static List<String> names(List<DatasetColumn> groups, List<Aggregation> aggregations)
      throws StepException {
    List<String> names = new ArrayList<>();
    groups.forEach(group -> names.add(group.name()));
    aggregations.forEach(aggregation -> names.add(aggregation.name()));
    Set<String> taken = new HashSet<>();
    for (String name : names) {
      if (!taken.add(name.toLowerCase(Locale.ROOT))) {
        throw new StepException(
            "The result would have two columns '%s'; group_by or aggregations name it twice."
                .formatted(name));
      }
    }
    return names;
  }

  private static String select(
      TypedView view,
      List<DatasetColumn> groups,
      List<Aggregation> aggregations,
      List<SortKey> order) {
    List<String> items = new ArrayList<>();
    List<String> keys = new ArrayList<>();
    for (DatasetColumn group : groups) {
      keys.add(quote(group.name()));
      items.add(quote(group.name()));
    }
    for (Aggregation aggregation : aggregations) {
      items.add(aggregation.sql(view) + " AS " + quote(aggregation.name()));
    }
    String grouped =
        "SELECT "
            + String.join(", ", items)
            + " FROM "
            + quote(SOURCE)
            + (keys.isEmpty() ? "" : " GROUP BY " + String.join(", ", keys));
    return order.isEmpty()
        ? grouped
        : "SELECT * FROM (%s) ORDER BY %s"
            .formatted(grouped, String.join(", ", order.stream().map(SortKey::sql).toList()));
  }

  private static StepException tooLarge(EngineException e, List<Aggregation> aggregations) {
    String message = String.valueOf(e.getMessage());
    boolean overflow =
        message.startsWith("Out of Range Error") || message.startsWith("Conversion Error");
    if (e instanceof SessionCancelledException || !overflow) {
      throw e;
    }
    return new StepException(
        "One of "
            + String.join(", ", aggregations.stream().map(Aggregation::name).toList())
            + " does not fit in the 38 digits of an exact number; set column_types to double where"
            + " a rounded figure is enough.",
        e);
  }
}
