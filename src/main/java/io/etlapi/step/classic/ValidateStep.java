package io.etlapi.step.classic;

import static io.etlapi.engine.SqlIdentifier.literal;
import static io.etlapi.engine.SqlIdentifier.quote;

import io.etlapi.engine.DuckDbSession;
import io.etlapi.engine.EngineException;
import io.etlapi.step.Step;
import io.etlapi.step.StepContext;
import io.etlapi.step.StepDescription;
import io.etlapi.step.StepException;
import io.etlapi.step.StepInput;
import io.etlapi.step.StepResult;
import io.etlapi.step.dataset.Dataset;
import io.etlapi.step.dataset.DatasetColumn;
import io.etlapi.step.dataset.Expressions;
import io.etlapi.step.dataset.TypedView;
import io.etlapi.step.parameters.ParameterSchema;
import io.etlapi.step.publish.PublishedTable;
import io.etlapi.step.publish.StepResults;
import io.etlapi.step.publish.TablePublisher;
import io.etlapi.step.workflow.WorkflowInput;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Holds rows against rules. Rows that keep all of them go on; each rule that a row breaks is
 * written to a file of its own, with the row's number, the value at fault and the whole row.
 */
@ApplicationScoped
public class ValidateStep implements Step {

  private static final String NAME = "validate";
  private static final String VIEW = "__etl_validated";
  private static final String FAILURES = "__etl_failures";

  private static final StepDescription DESCRIPTION =
      ClassicSchemas.step(
          NAME,
          "Validate Data",
          "Holds every row against rules: not null, unique, range, set, pattern, reference, or an"
              + " SQL condition. Good rows go on; failing ones are written out with rule and"
              + " value.",
          ParameterSchema.of()
              .required(
                  "rules",
                  ParameterSchema.with(
                      ClassicSchemas.objects(
                          "an object such as {\"rule\": \"range\", \"column\": \"amount\", \"min\":"
                              + " 0}",
                          List.of("rule"),
                          ruleMembers()),
                      "minItems",
                      1L))
              .optional(
                  "on_failure",
                  ClassicSchemas.oneOf(
                      "whether rows that fail are set aside or fail the task", "reject", "fail"))
              .optional("column_types", ParameterSchema.columnTypes())
              .optional(
                  "file_path",
                  ParameterSchema.readPath("the path of a Parquet file, if no output is given")),
          true);

  private static Map<String, @Nullable Object> ruleMembers() {
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    members.put(
        "rule", ParameterSchema.oneOf("the kind", ValidationRule.KINDS.toArray(new String[0])));
    members.put("name", ClassicSchemas.text("a name for the result"));
    members.put("column", ClassicSchemas.text("a column name"));
    members.put(
        "columns",
        ParameterSchema.with(
            ParameterSchema.array("column names"), "items", ClassicSchemas.text("a column name")));
    members.put("min", ClassicSchemas.value("the lowest value that is allowed"));
    members.put("max", ClassicSchemas.value("the highest value that is allowed"));
    members.put("values", ParameterSchema.array("the values that are allowed"));
    members.put("pattern", ClassicSchemas.text("a regular expression for the whole text"));
    members.put("sql", ClassicSchemas.text("a condition that holds for good rows"));
    members.put("file_path", ClassicSchemas.text("the path of the reference table (Parquet)"));
    members.put("input", ClassicSchemas.text("the earlier output that is the reference table"));
    members.put("reference_column", ClassicSchemas.text("a column of the reference table"));
    return members;
  }

  @Override
  public StepDescription describe() {
    return DESCRIPTION;
  }

  @Override
  public StepResult run(StepContext context) throws StepException, InterruptedException {
    StepResults results = StepResults.begin(context, NAME);
    List<?> asked = context.parameters().list("rules");
    List<@Nullable Dataset> references = new ArrayList<>();
    List<String> referenceInputs = new ArrayList<>();
    for (Object rule : asked) {
      references.add(reference(context, (Map<?, ?>) rule, referenceInputs));
    }
    Dataset dataset = rows(context, referenceInputs);
    List<Path> paths = new ArrayList<>(List.of(dataset.path()));
    for (Dataset reference : references) {
      if (reference != null) {
        paths.add(reference.path());
      }
    }
    DuckDbSession session = context.session(paths);
    TypedView view = TypedView.of(session, dataset, TypedView.overrides(context.parameters()));
    view.create(session, VIEW);
    ValidationRule.Source source =
        new ValidationRule.Source(session, view, quote(VIEW), dataset.sentPath());
    List<ValidationRule> rules = new ArrayList<>();
    for (int i = 0; i < asked.size(); i++) {
      rules.add(ValidationRule.of((Map<?, ?>) asked.get(i), i + 1, source, references.get(i)));
    }
    session.execute(
        "CREATE TABLE %s (row_number BIGINT, rule INTEGER, value VARCHAR)"
            .formatted(quote(FAILURES)));
    List<Map<String, @Nullable Object>> figures = new ArrayList<>();
    for (int i = 0; i < rules.size(); i++) {
      context.throwIfStopped();
      context.progress(10 + 50 * i / rules.size(), "rule " + (i + 1) + " of " + rules.size());
      figures.add(check(session, view, rules.get(i), i + 1));
    }
    return publish(context, results, dataset, view, rules, figures);
  }

  /** Evaluates one rule and keeps what breaks it. */
  private static Map<String, @Nullable Object> check(
      DuckDbSession session, TypedView view, ValidationRule rule, int number) throws StepException {
    try {
      session.execute(
          "INSERT INTO %s SELECT %s, %d, %s FROM %s WHERE %s"
              .formatted(
                  quote(FAILURES),
                  quote(view.row()),
                  number,
                  rule.value(view),
                  quote(VIEW),
                  rule.broken()));
    } catch (EngineException e) {
      throw Expressions.failure("rule", rule.name(), e);
    }
    Map<String, @Nullable Object> figure = new LinkedHashMap<>();
    figure.put("name", rule.name());
    figure.put("rule", rule.rule());
    figure.put("columns", rule.columns().stream().map(DatasetColumn::name).toList());
    figure.put(
        "failing_rows",
        session.number("SELECT count(*) FROM " + quote(FAILURES) + " WHERE rule = " + number));
    return figure;
  }

  private static StepResult publish(
      StepContext context,
      StepResults results,
      Dataset dataset,
      TypedView view,
      List<ValidationRule> rules,
      List<Map<String, @Nullable Object>> figures)
      throws StepException, InterruptedException {
    DuckDbSession session = context.session(List.of());
    long failing = session.number("SELECT count(DISTINCT row_number) FROM " + quote(FAILURES));
    if (failing > 0 && context.parameters().text("on_failure", "reject").equals("fail")) {
      throw first(session, rules, failing);
    }
    context.progress(65, "write the rows");
    String kept =
        view.columns().stream()
            .map(column -> "v." + quote(view.raw(column)) + " AS " + quote(column.name()))
            .collect(Collectors.joining(", "));
    PublishedTable failed = failures(context, session, view, rules, kept);
    PublishedTable table =
        TablePublisher.of(context, session, NAME)
            .input(dataset)
            .types(view.columns())
            .sideFile("failed", failed.fileName())
            .write(
                "data.parquet",
                "SELECT %s FROM %s v ANTI JOIN %s f ON f.row_number = v.%s ORDER BY v.%s"
                    .formatted(
                        kept, quote(VIEW), quote(FAILURES), quote(view.row()), quote(view.row())));
    Map<String, @Nullable Object> details = new LinkedHashMap<>();
    details.put("rows_read", dataset.rows(session));
    details.put("rows_valid", table.rows());
    details.put("rows_failing", failing);
    details.put("failures", failed.rows());
    details.put("rules", figures);
    details.put("failed_file", context.published(failed.fileName()).toString());
    details.put("failed_csv", context.published("failed.csv").toString());
    String verdict = failing == 0 ? "VALID" : "INVALID";
    details.put("verdict", verdict);
    context.log("%s: %d rows keep all rules, %d do not".formatted(verdict, table.rows(), failing));
    return results
        .input(dataset.fileInfo(session))
        .member("verdict", verdict)
        .details(details)
        .build(session, table);
  }

  private static PublishedTable failures(
      StepContext context,
      DuckDbSession session,
      TypedView view,
      List<ValidationRule> rules,
      String kept)
      throws StepException, InterruptedException {
    StringBuilder names = new StringBuilder("CASE f.rule");
    StringBuilder columns = new StringBuilder("CASE f.rule");
    for (int i = 0; i < rules.size(); i++) {
      names.append(" WHEN %d THEN %s".formatted(i + 1, literal(rules.get(i).name())));
      columns.append(" WHEN %d THEN %s".formatted(i + 1, literal(rules.get(i).columnNames())));
    }
    // Names that no column of the rows begins with.
    String own = view.row().substring(0, view.row().length() - "row".length());
    String prefix =
        view.columns().stream().noneMatch(column -> column.name().startsWith("failed_"))
            ? "failed_"
            : own + "failed_";
    String select =
        """
        SELECT f.row_number AS "%1$srow", %2$s END AS "%1$srule", %3$s END AS "%1$scolumn",
               f.value AS "%1$svalue", %4$s
        FROM %5$s f JOIN %6$s v ON v.%7$s = f.row_number
        ORDER BY f.row_number, f.rule\
        """
            .formatted(
                prefix, names, columns, kept, quote(FAILURES), quote(VIEW), quote(view.row()));
    session.execute(
        "COPY (%s) TO %s (FORMAT csv, HEADER)"
            .formatted(select, literal(context.folder().resolve("failed.csv").toString())));
    return TablePublisher.of(context, session, NAME)
        .types(view.columns())
        .write("failed.parquet", select);
  }

  private static StepException first(
      DuckDbSession session, List<ValidationRule> rules, long failing) {
    return session
        .query(
            "SELECT row_number, rule, value FROM %s ORDER BY row_number, rule LIMIT 1"
                .formatted(quote(FAILURES)),
            row ->
                new StepException(
                    "%d rows break a rule; the first is row %d: %s, where the value is %s."
                        .formatted(
                            failing,
                            row.integer(1),
                            rules.get((int) row.integer(2) - 1).name(),
                            row.text(3) == null ? "null" : "'" + row.text(3) + "'")))
        .get(0);
  }

  private static @Nullable Dataset reference(
      StepContext context, Map<?, ?> rule, List<String> inputs)
      throws StepException, InterruptedException {
    if (!"reference".equals(rule.get("rule"))) {
      return null;
    }
    if (rule.get("file_path") instanceof String path) {
      return Dataset.open(context.files(), path);
    }
    if (!(rule.get("input") instanceof String name)) {
      return null;
    }
    inputs.add(name);
    Optional<StepInput> named =
        context.inputs().stream().filter(input -> input.name().equals(name)).findFirst();
    if (named.isEmpty()) {
      throw new StepException(
          "The rule reference names the input '"
              + name
              + "', which was not sent; there are: "
              + context.inputs().stream().map(StepInput::name).collect(Collectors.joining(", "))
              + ".");
    }
    return Dataset.open(context.files(), named.get());
  }

  /** The rows to validate: what is left once the reference tables are taken out. */
  private static Dataset rows(StepContext context, List<String> references)
      throws StepException, InterruptedException {
    if (references.isEmpty() || context.parameters().text("file_path").isPresent()) {
      return WorkflowInput.single(context, NAME);
    }
    List<StepInput> left =
        context.inputs().stream()
            .filter(input -> !references.contains(input.name()) && input.filePath().isPresent())
            .toList();
    if (left.size() != 1) {
      throw new StepException(
          "validate reads one table beside its reference tables, but "
              + left.size()
              + " were given.");
    }
    return Dataset.open(context.files(), left.get(0));
  }
}
