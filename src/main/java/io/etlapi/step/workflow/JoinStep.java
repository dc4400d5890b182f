package io.etlapi.step.workflow;

import static io.etlapi.engine.SqlIdentifier.quote;

import io.etlapi.engine.DuckDbSession;
import io.etlapi.step.Step;
import io.etlapi.step.StepContext;
import io.etlapi.step.StepDescription;
import io.etlapi.step.StepException;
import io.etlapi.step.StepParameters;
import io.etlapi.step.StepResult;
import io.etlapi.step.dataset.ColumnNames;
import io.etlapi.step.dataset.Dataset;
import io.etlapi.step.dataset.DatasetColumn;
import io.etlapi.step.dataset.LogicalType;
import io.etlapi.step.dataset.TypedView;
import io.etlapi.step.parameters.NameList;
import io.etlapi.step.parameters.ParameterSchema;
import io.etlapi.step.publish.PublishedTable;
import io.etlapi.step.publish.StepResults;
import io.etlapi.step.publish.TablePublisher;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Joins two tables on equal keys. Rows keep the text of their files and come in a fixed order. */
@ApplicationScoped
public class JoinStep implements Step {

  private static final String NAME = "join";
  private static final String LEFT = "__etl_left";
  private static final String RIGHT = "__etl_right";

  private static final StepDescription DESCRIPTION =
      new StepDescription(
          NAME,
          "Join Data",
          "workflow",
          "Joins two tables on equal keys; a null key equals nothing.",
          ParameterSchema.of()
              .optional(
                  "join_type",
                  ParameterSchema.with(
                      ParameterSchema.oneOf(
                          "how rows without a match are treated",
                          "inner",
                          "left",
                          "right",
                          "outer",
                          "semi",
                          "anti"),
                      "default",
                      "inner"))
              .optional(
                  "left_key",
                  ParameterSchema.names("key columns of the left table, such as order_id"))
              .optional(
                  "right_key",
                  ParameterSchema.names("key columns of the right table; left_key if left out"))
              .optional(
                  "suffixes",
                  ParameterSchema.with(
                      ParameterSchema.names("two suffixes for column names that both tables have"),
                      "default",
                      "_x,_y"))
              .optional("column_types", ParameterSchema.columnTypes())
              .build(),
          true);

  @Override
  public StepDescription describe() {
    return DESCRIPTION;
  }

  @Override
  public int minInputs() {
    return 2;
  }

  @Override
  public StepResult run(StepContext context) throws StepException, InterruptedException {
    StepResults results = StepResults.begin(context, NAME);
    StepParameters parameters = context.parameters();
    JoinType type =
        JoinType.valueOf(parameters.text("join_type", "inner").strip().toUpperCase(Locale.ROOT));
    List<String> suffixes = suffixes(parameters);
    WorkflowInput.Pair pair = WorkflowInput.pair(context);
    DuckDbSession session = context.session(List.of(pair.left().path(), pair.right().path()));
    context.progress(5, "read the columns");
    TypedView left = view(session, pair.left(), parameters);
    TypedView right = view(session, pair.right(), parameters);
    List<JoinKey> keys = keys(parameters, pair, left, right);
    JoinColumns columns = JoinColumns.of(new JoinColumns.Sides(left, right, keys, type, suffixes));
    left.create(session, LEFT);
    right.create(session, RIGHT);
    List<String> leftKeys = keys.stream().map(key -> key.leftSql(left)).toList();
    List<String> rightKeys = keys.stream().map(key -> key.rightSql(right)).toList();
    String on = on(leftKeys, rightKeys);
    String leftSide = quote(LEFT) + " l";
    String rightSide = quote(RIGHT) + " r";

    Map<String, @Nullable Object> details = new LinkedHashMap<>();
    details.put("join_type", type.word());
    details.put("keys", keys.stream().map(JoinStep::describe).toList());
    context.progress(10, "count the matches");
    details.put("left", figures(session, leftSide, leftKeys, rightSide + " ON " + on));
    details.put("right", figures(session, rightSide, rightKeys, leftSide + " ON " + on));
    context.progress(30, "join");
    PublishedTable table =
        TablePublisher.of(context, session, NAME)
            .input(pair.left())
            .input(pair.right())
            .types(columns.types())
            .inferTypes()
            .write(
                "join.parquet",
                "SELECT %s FROM %s %s %s ON %s ORDER BY %s"
                    .formatted(
                        columns.select(),
                        leftSide,
                        type.sql(),
                        rightSide,
                        on,
                        type.order(quote(left.row()), quote(right.row()))));
    details.put("rows", table.rows());
    context.log(
        "Joined (%s) on %s: %d rows"
            .formatted(
                type.word(),
                keys.stream()
                    .map(key -> key.left().name() + " = " + key.right().name())
                    .collect(Collectors.joining(", ")),
                table.rows()));
    Map<String, @Nullable Object> read = pair.left().fileInfo(session);
    details.put("right_file_info", pair.right().fileInfo(session));
    return results.input(read).details(details).build(session, table);
  }

  private static TypedView view(DuckDbSession session, Dataset dataset, StepParameters parameters)
      throws StepException {
    // An override may concern one side only: each side takes those that it has a column for.
    Map<String, LogicalType> overrides = new LinkedHashMap<>();
    List<DatasetColumn> columns = dataset.columns(session);
    TypedView.overrides(parameters)
        .forEach(
            (name, type) -> {
              if (columns.stream().anyMatch(column -> column.name().equalsIgnoreCase(name))) {
                overrides.put(name, type);
              }
            });
    return TypedView.of(session, dataset, overrides);
  }

  private static List<String> suffixes(StepParameters parameters) throws StepException {
    Object value = parameters.asMap().get("suffixes");
    List<String> suffixes = new ArrayList<>();
    if (value instanceof List<?> list) {
      list.forEach(item -> suffixes.add(String.valueOf(item).strip()));
    } else {
      for (String item : String.valueOf(value == null ? "_x,_y" : value).split(",", -1)) {
        suffixes.add(item.strip());
      }
    }
    if (suffixes.size() != 2 || suffixes.get(0).equalsIgnoreCase(suffixes.get(1))) {
      throw new StepException(
          "suffixes must be two different texts separated by a comma, such as _x,_y; found '"
              + String.join(",", suffixes)
              + "'.");
    }
    return suffixes;
  }

  private static List<JoinKey> keys(
      StepParameters parameters, WorkflowInput.Pair pair, TypedView left, TypedView right)
      throws StepException {
    List<String> leftNames = NameList.of(parameters, "left_key");
    List<String> rightNames = NameList.of(parameters, "right_key");
    if (leftNames.isEmpty() && rightNames.isEmpty()) {
      throw new StepException(
          "join needs left_key and right_key: the columns that must be equal, such as order_id.");
    }
    List<String> onLeft = leftNames.isEmpty() ? rightNames : leftNames;
    List<String> onRight = rightNames.isEmpty() ? leftNames : rightNames;
    if (onLeft.size() != onRight.size()) {
      throw new StepException(
          "left_key names %d columns (%s) and right_key %d (%s); they must pair up."
              .formatted(
                  onLeft.size(),
                  String.join(", ", onLeft),
                  onRight.size(),
                  String.join(", ", onRight)));
    }
    List<DatasetColumn> leftColumns =
        ColumnNames.require(left.columns(), onLeft, pair.left().sentPath());
    List<DatasetColumn> rightColumns =
        ColumnNames.require(right.columns(), onRight, pair.right().sentPath());
    return IntStream.range(0, leftColumns.size())
        .mapToObj(i -> JoinKey.of(leftColumns.get(i), rightColumns.get(i)))
        .toList();
  }

  private static String on(List<String> leftKeys, List<String> rightKeys) {
    return IntStream.range(0, leftKeys.size())
        .mapToObj(i -> leftKeys.get(i) + " = " + rightKeys.get(i))
        .collect(Collectors.joining(" AND "));
  }

  /** How many rows one side has, how many of them can match nothing, and how many matched. */
  private static Map<String, @Nullable Object> figures(
      DuckDbSession session, String relation, List<String> keys, String matching) {
    String anyNull = keys.stream().map(key -> key + " IS NULL").collect(Collectors.joining(" OR "));
    Map<String, @Nullable Object> figures = new LinkedHashMap<>();
    session.forEach(
        "SELECT count(*), count(*) FILTER (WHERE " + anyNull + ") FROM " + relation,
        row -> {
          figures.put("rows", row.integer(1));
          figures.put("rows_with_null_key", row.integer(2));
        });
    figures.put(
        "rows_with_match",
        session.number("SELECT count(*) FROM " + relation + " SEMI JOIN " + matching));
    return figures;
  }

  private static Map<String, @Nullable Object> describe(JoinKey key) {
    Map<String, @Nullable Object> described = new LinkedHashMap<>();
    described.put("left", key.left().name());
    described.put("right", key.right().name());
    described.put("compared_as", key.comparedAs());
    return described;
  }
}
