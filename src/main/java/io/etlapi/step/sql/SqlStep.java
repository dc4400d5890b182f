package io.etlapi.step.sql;

import static io.etlapi.engine.SqlIdentifier.quote;

import io.etlapi.engine.DuckDbSession;
import io.etlapi.engine.EngineException;
import io.etlapi.json.Json;
import io.etlapi.step.Step;
import io.etlapi.step.StepContext;
import io.etlapi.step.StepDefaults;
import io.etlapi.step.StepDescription;
import io.etlapi.step.StepException;
import io.etlapi.step.StepInput;
import io.etlapi.step.StepResult;
import io.etlapi.step.dataset.Dataset;
import io.etlapi.step.dataset.TypedView;
import io.etlapi.step.parameters.ParameterRules;
import io.etlapi.step.publish.PublishedTable;
import io.etlapi.step.publish.StepResults;
import io.etlapi.step.publish.TablePublisher;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A step whose work is SQL: each input is a view of typed columns, parameters are bound, and the
 * rows of the last statement are the result. The session reaches its inputs and the attempt's
 * folder, nothing else.
 */
public final class SqlStep implements Step {

  private static final String RESULT = "__etl_sql_result";

  private final StepDescription description;
  private final StepDefaults defaults;
  private final SqlSpec spec;
  private final ParameterRules rules;

  /**
   * A step.
   *
   * @throws RuntimeException if the description's parameter schema is not one
   */
  public SqlStep(StepDescription description, StepDefaults defaults, SqlSpec spec) {
    this.description = description;
    this.defaults = defaults;
    this.spec = spec;
    this.rules = new ParameterRules(description);
  }

  @Override
  public StepDescription describe() {
    return description;
  }

  @Override
  public StepDefaults defaults() {
    return defaults;
  }

  @Override
  public StepResult run(StepContext context) throws StepException, InterruptedException {
    rules.require(context.parameters(), context.files());
    StepResults results = StepResults.begin(context, description.name());
    Map<String, Dataset> inputs = inputs(context);
    List<Path> files = inputs.values().stream().map(Dataset::path).toList();
    DuckDbSession session = context.session(files);
    for (Map.Entry<String, Dataset> input : inputs.entrySet()) {
      TypedView view = TypedView.of(session, input.getValue(), Map.of());
      session.execute("CREATE TEMP VIEW " + quote(input.getKey()) + " AS " + view.selectTyped());
    }
    int last = spec.statements().size() - 1;
    for (int i = 0; i <= last; i++) {
      context.throwIfStopped();
      context.progress(60 * i / (last + 1), "statement " + (i + 1) + " of " + (last + 1));
      SqlStatement statement = spec.statements().get(i);
      String sql =
          i < last
              ? statement.sql()
              : "CREATE TEMP TABLE " + quote(RESULT) + " AS " + statement.sql();
      run(session, i + 1, sql, values(statement, context));
    }
    context.progress(60, "writing the table");
    TablePublisher publisher = TablePublisher.of(context, session, description.name());
    inputs.values().forEach(publisher::input);
    PublishedTable table =
        publisher.write(description.name() + ".parquet", "SELECT * FROM " + quote(RESULT));
    context.log("Made " + table.rows() + " rows in " + (last + 1) + " statements");
    Map<String, @Nullable Object> details = new LinkedHashMap<>();
    details.put("statements", (long) last + 1);
    details.put("inputs", List.copyOf(inputs.keySet()));
    if (inputs.size() == 1) {
      results.input(inputs.values().iterator().next().fileInfo(session));
    }
    return results.details(details).build(session, table);
  }

  private static void run(DuckDbSession session, int number, String sql, @Nullable Object[] values)
      throws StepException {
    try {
      session.execute(sql, values);
    } catch (EngineException e) {
      if (session.isCancelled()) {
        throw e;
      }
      throw new StepException("Statement " + number + ": " + e.getMessage(), e);
    }
  }

  private static @Nullable Object[] values(SqlStatement statement, StepContext context) {
    List<@Nullable Object> values = new ArrayList<>();
    for (String name : statement.parameters()) {
      Object value = context.parameters().asMap().get(name);
      // The engine has types of its own for lists and structures; JSON text is what it can parse.
      values.add(value instanceof List || value instanceof Map ? Json.write(value) : value);
    }
    return values.toArray();
  }

  /** By name; the one input of a step that declares one may have any name. */
  private Map<String, Dataset> inputs(StepContext context)
      throws StepException, InterruptedException {
    List<StepInput> given =
        context.inputs().stream().filter(input -> input.filePath().isPresent()).toList();
    Map<String, Dataset> datasets = new LinkedHashMap<>();
    for (String name : spec.inputs()) {
      Optional<StepInput> input =
          given.stream().filter(candidate -> candidate.name().equals(name)).findFirst();
      if (input.isEmpty() && spec.inputs().size() == 1 && given.size() == 1) {
        input = Optional.of(given.get(0));
      }
      datasets.put(
          name,
          Dataset.open(
              context.files(),
              input.orElseThrow(
                  () ->
                      new StepException(
                          description.name()
                              + " needs the table '"
                              + name
                              + "': send a task id in inputs."
                              + name
                              + ", or an earlier output under that name in previous_outputs."))));
    }
    return datasets;
  }
}
