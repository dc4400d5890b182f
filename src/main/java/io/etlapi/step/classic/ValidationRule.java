package io.etlapi.step.classic;

import static io.etlapi.engine.SqlIdentifier.literal;
import static io.etlapi.engine.SqlIdentifier.quote;

import io.etlapi.engine.DuckDbSession;
import io.etlapi.engine.EngineException;
import io.etlapi.step.StepException;
import io.etlapi.step.dataset.ColumnNames;
import io.etlapi.step.dataset.Dataset;
import io.etlapi.step.dataset.DatasetColumn;
import io.etlapi.step.dataset.Expressions;
import io.etlapi.step.dataset.LogicalType;
import io.etlapi.step.dataset.TypedView;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A rule as SQL over the view of the rows: the condition under which a row breaks it. A null breaks
 * {@code not_null} alone, so that a column may be optional and still bounded.
 *
 * @param name as the result shows it
 * @param rule the kind of rule
 * @param columns what it looks at
 * @param broken true for a row that breaks it
 */
record ValidationRule(String name, String rule, List<DatasetColumn> columns, String broken) {

  /** The kinds of rules, as requests name them. */
  static final List<String> KINDS =
      List.of("not_null", "unique", "range", "set", "pattern", "reference", "expression");

  /** What a rule is made of. */
  record Source(DuckDbSession session, TypedView view, String relation, String sentPath) {}

  /**
   * Reads a rule.
   *
   * @param number its place in the request, from 1
   * @param reference the table of a reference rule; null for other rules
   * @throws StepException if it does not fit the columns
   */
  static ValidationRule of(Map<?, ?> json, int number, Source source, @Nullable Dataset reference)
      throws StepException {
    String kind = String.valueOf(json.get("rule"));
    List<DatasetColumn> columns = columns(json, number, kind, source);
    String shown = columns.stream().map(DatasetColumn::name).collect(Collectors.joining(", "));
    String broken =
        switch (kind) {
          case "not_null" ->
              columns.stream()
                  .map(column -> quote(column.name()) + " IS NULL")
                  .collect(Collectors.joining(" OR "));
          case "unique" -> repeated(columns, source);
          case "range" -> outside(json, number, columns.get(0), source);
          case "set" -> notIn(json, number, columns.get(0), source);
          case "pattern" -> unlike(json, number, columns.get(0), source);
          case "reference" -> unknown(json, number, columns.get(0), source, reference);
          case "expression" -> violated(json, number, source);
          default -> throw new StepException("rules/" + (number - 1) + ": no such rule: " + kind);
        };
    String name =
        json.get("name") instanceof String given && !given.isBlank()
            ? given.strip()
            : columns.isEmpty() ? kind : kind + "(" + shown + ")";
    return new ValidationRule(name, kind, columns, broken);
  }

  /** The value at fault as text, of the columns that the rule looks at. */
  String value(TypedView view) {
    if (columns.isEmpty()) {
      return "CAST(NULL AS VARCHAR)";
    }
    String values =
        columns.stream()
            .map(column -> "CAST(" + quote(view.raw(column)) + " AS VARCHAR)")
            .collect(Collectors.joining(", "));
    return columns.size() == 1 ? values : "concat_ws(', ', " + values + ")";
  }

  String columnNames() {
    return columns.stream().map(DatasetColumn::name).collect(Collectors.joining(", "));
  }

  private static List<DatasetColumn> columns(Map<?, ?> json, int number, String kind, Source source)
      throws StepException {
    List<String> names = new ArrayList<>();
    if (json.get("column") instanceof String name) {
      names.add(name);
    }
    if (json.get("columns") instanceof List<?> list) {
      list.forEach(item -> names.add(String.valueOf(item)));
    }
    boolean many = kind.equals("not_null") || kind.equals("unique");
    if (kind.equals("expression") ? !names.isEmpty() : names.isEmpty()) {
      throw fault(
          number,
          kind.equals("expression")
              ? "an expression names its columns itself; leave column out"
              : "the rule " + kind + " needs a column");
    }
    if (!many && names.size() > 1) {
      throw fault(number, "the rule " + kind + " looks at one column; " + names.size() + " named");
    }
    return ColumnNames.require(source.view().columns(), names, source.sentPath());
  }

  private static String repeated(List<DatasetColumn> columns, Source source) {
    String keys =
        columns.stream().map(column -> quote(column.name())).collect(Collectors.joining(", "));
    String present =
        columns.stream()
            .map(column -> quote(column.name()) + " IS NOT NULL")
            .collect(Collectors.joining(" AND "));
    return "%1$s AND (%2$s) IN (SELECT (%2$s) FROM %3$s WHERE %1$s GROUP BY %4$s HAVING count(*) > 1)"
        .formatted(
            present, columns.size() == 1 ? keys : "row(" + keys + ")", source.relation(), keys);
  }

  private static String outside(Map<?, ?> json, int number, DatasetColumn column, Source source)
      throws StepException {
    List<String> conditions = new ArrayList<>();
    String value = quote(column.name());
    if (json.get("min") != null) {
      conditions.add(value + " < " + constant(json.get("min"), "min", number, column, source));
    }
    if (json.get("max") != null) {
      conditions.add(value + " > " + constant(json.get("max"), "max", number, column, source));
    }
    if (conditions.isEmpty()) {
      throw fault(number, "the rule range needs min, max or both");
    }
    return String.join(" OR ", conditions);
  }

  private static String notIn(Map<?, ?> json, int number, DatasetColumn column, Source source)
      throws StepException {
    if (!(json.get("values") instanceof List<?> values) || values.isEmpty()) {
      throw fault(number, "the rule set needs values: an array of what is allowed");
    }
    List<String> constants = new ArrayList<>();
    for (Object value : values) {
      constants.add(constant(value, "values", number, column, source));
    }
    return quote(column.name()) + " NOT IN (" + String.join(", ", constants) + ")";
  }

  private static String unlike(Map<?, ?> json, int number, DatasetColumn column, Source source)
      throws StepException {
    if (!(json.get("pattern") instanceof String pattern)) {
      throw fault(number, "the rule pattern needs pattern: a regular expression (RE2)");
    }
    String test = "regexp_full_match(%s, " + literal(pattern) + ")";
    try {
      source.session().number("SELECT CAST(" + test.formatted("''") + " AS INTEGER)");
    } catch (EngineException e) {
      if (source.session().isCancelled()) {
        throw e;
      }
      throw fault(number, "'" + pattern + "' is not a regular expression (RE2)");
    }
    return "NOT " + test.formatted("CAST(" + quote(source.view().raw(column)) + " AS VARCHAR)");
  }

  private static String unknown(
      Map<?, ?> json, int number, DatasetColumn column, Source source, @Nullable Dataset reference)
      throws StepException {
    if (reference == null) {
      throw fault(
          number,
          "the rule reference needs file_path (Parquet), or input: the name of an earlier output");
    }
    String wanted = json.get("reference_column") instanceof String given ? given : column.name();
    TypedView view = TypedView.of(source.session(), reference, Map.of());
    DatasetColumn known = ColumnNames.require(view.columns(), wanted, reference.sentPath());
    boolean numbers = column.type().isNumber() && known.type().isNumber();
    boolean same = column.type().kind() == known.type().kind();
    String value = quote(column.name());
    String other = quote(known.name());
    if (!numbers && !same) {
      value = "CAST(" + quote(source.view().raw(column)) + " AS VARCHAR)";
      other = "CAST(" + quote(view.raw(known)) + " AS VARCHAR)";
    }
    return "%s IS NOT NULL AND %s NOT IN (SELECT %s FROM (%s) WHERE %s IS NOT NULL)"
        .formatted(value, value, other, view.select(), other);
  }

  private static String violated(Map<?, ?> json, int number, Source source) throws StepException {
    if (!(json.get("sql") instanceof String sql)) {
      throw fault(number, "the rule expression needs sql: a condition that holds for good rows");
    }
    return "NOT "
        + Expressions.parseCondition(
                source.session(),
                "rule " + number,
                sql,
                source.view().columns(),
                true,
                source.relation())
            .sql();
  }

  /** A value of the request as SQL that compares with the column's type. */
  private static String constant(
      @Nullable Object value, String member, int number, DatasetColumn column, Source source)
      throws StepException {
    String text =
        value instanceof BigDecimal exact ? exact.toPlainString() : String.valueOf(value).strip();
    LogicalType type = column.type();
    if (type.isNumber()) {
      try {
        return new BigDecimal(text).toPlainString();
      } catch (NumberFormatException e) {
        throw noValue(number, member, text, column);
      }
    }
    String constant = literal(String.valueOf(value));
    if (source.session().number("SELECT CAST(" + type.accepts(constant) + " AS INTEGER)") == 0) {
      throw noValue(number, member, text, column);
    }
    return type.cast(constant);
  }

  private static StepException noValue(
      int number, String member, String text, DatasetColumn column) {
    return fault(
        number,
        "%s: '%s' is not a %s, as the column '%s' is"
            .formatted(member, text, column.type(), column.name()));
  }

  private static StepException fault(int number, String what) {
    return new StepException("Rule " + number + " (rules/" + (number - 1) + "): " + what + ".");
  }
}
