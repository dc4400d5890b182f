package io.etlapi.step.workflow;

import static io.etlapi.engine.SqlIdentifier.literal;
import static io.etlapi.engine.SqlIdentifier.quote;

import io.etlapi.json.Json;
import io.etlapi.step.StepException;
import io.etlapi.step.dataset.ColumnNames;
import io.etlapi.step.dataset.DatasetColumn;
import io.etlapi.step.dataset.LogicalType;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Filters as data, in the form that pandas and PyArrow take: {@code [column, operator, value]}
 * triples that must all hold, or an array of such arrays of which one must hold.
 */
final class RowFilters {

  static final String ALLOWED =
      "an array of [column, operator, value], such as [[\"amount\", \">\", 100]], with the"
          + " operators = == != < <= > >= in 'not in'";

  private static final Map<String, String> COMPARISONS =
      Map.of(
          "=", "=", "==", "=", "!=", "<>", "<>", "<>", "<", "<", "<=", "<=", ">", ">", ">=", ">=");

  private static final Pattern NUMBER = Pattern.compile("[+-]?[0-9]{1,38}(\\.[0-9]{1,38})?");

  private static final Map<LogicalType.Kind, Pattern> FORMS =
      Map.of(
          LogicalType.Kind.DATE,
          Pattern.compile("[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"),
          LogicalType.Kind.TIMESTAMP,
          Pattern.compile(
              "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
                  + "([T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\\.[0-9]{1,6})?)?Z?)?"),
          LogicalType.Kind.BOOLEAN,
          Pattern.compile("(?i)true|false"));

  private final List<DatasetColumn> columns;
  private final String source;

  private RowFilters(List<DatasetColumn> columns, String source) {
    this.columns = columns;
    this.source = source;
  }

  /**
   * An SQL condition over columns that have the types they mean.
   *
   * @param source the file as messages name it
   * @throws StepException if a filter has another form, or its column or value does not fit
   */
  static String condition(List<?> filters, List<DatasetColumn> columns, String source)
      throws StepException {
    if (filters.isEmpty()) {
      return "true";
    }
    RowFilters reader = new RowFilters(columns, source);
    if (isTriple(filters)) {
      return reader.comparison(filters);
    }
    if (filters.stream().allMatch(RowFilters::isTriple)) {
      return reader.all(filters);
    }
    List<String> alternatives = new ArrayList<>();
    for (Object group : filters) {
      if (!(group instanceof List<?> triples) || triples.isEmpty()) {
        throw malformed(group);
      }
      alternatives.add("(" + reader.all(triples) + ")");
    }
    return "(" + String.join(" OR ", alternatives) + ")";
  }

  private static boolean isTriple(@Nullable Object value) {
    return value instanceof List<?> items
        && items.size() == 3
        && items.get(0) instanceof String
        && items.get(1) instanceof String;
  }

  private String all(List<?> triples) throws StepException {
    List<String> conditions = new ArrayList<>();
    for (Object triple : triples) {
      if (!isTriple(triple)) {
        throw malformed(triple);
      }
      conditions.add(comparison((List<?>) triple));
    }
    return String.join(" AND ", conditions);
  }

  private String comparison(List<?> triple) throws StepException {
    DatasetColumn column = ColumnNames.require(columns, String.valueOf(triple.get(0)), source);
    String operator = String.valueOf(triple.get(1)).strip().toLowerCase(Locale.ROOT);
    Object value = triple.get(2);
    if (operator.equals("in") || operator.equals("not in")) {
      if (!(value instanceof List<?> items) || items.isEmpty()) {
        throw malformed(triple);
      }
      List<String> values = new ArrayList<>();
      for (Object item : items) {
        values.add(constant(column, item));
      }
      return "%s %s (%s)"
          .formatted(
              quote(column.name()),
              operator.equals("in") ? "IN" : "NOT IN",
              String.join(", ", values));
    }
    String comparison = COMPARISONS.get(operator);
    if (comparison == null) {
      throw malformed(triple);
    }
    return quote(column.name()) + " " + comparison + " " + constant(column, value);
  }

  /** A literal of the column's type; one that it cannot be compared with is refused. */
  private String constant(DatasetColumn column, @Nullable Object value) throws StepException {
    if (value == null || value instanceof List || value instanceof Map) {
      throw unfit(column, value);
    }
    String text = value instanceof BigDecimal exact ? exact.toPlainString() : String.valueOf(value);
    if (column.type().isText()) {
      if (text.indexOf('\0') >= 0) {
        throw unfit(column, "text with NUL");
      }
      return literal(text);
    }
    if (column.type().isNumber()) {
      if (!NUMBER.matcher(text).matches()) {
        throw unfit(column, value);
      }
      BigDecimal number = new BigDecimal(text);
      int scale = Math.max(0, number.scale());
      int digits = Math.max(number.precision(), scale);
      if (digits > LogicalType.MAX_DIGITS) {
        throw unfit(column, value);
      }
      return "CAST(%s AS %s)"
          .formatted(literal(text), LogicalType.decimal(Math.max(1, digits), scale).engineType());
    }
    Pattern form = FORMS.get(column.type().kind());
    if (form == null || !form.matcher(text).matches() || !dayExists(column, text)) {
      throw unfit(column, value);
    }
    return "CAST(" + literal(text) + " AS " + column.type().engineType() + ")";
  }

  private static boolean dayExists(DatasetColumn column, String text) {
    if (column.type().kind() == LogicalType.Kind.BOOLEAN) {
      return true;
    }
    try {
      LocalDate.parse(text.substring(0, 10));
      return true;
    } catch (DateTimeParseException e) {
      return false;
    }
  }

  private StepException unfit(DatasetColumn column, @Nullable Object value) {
    return new StepException(
        "filters: the column '"
            + column.name()
            + "' of '"
            + source
            + "' is "
            + column.type()
            + " and cannot be compared with "
            + shown(value)
            + ".");
  }

  private static StepException malformed(@Nullable Object filter) {
    return new StepException("filters: found " + shown(filter) + "; allowed: " + ALLOWED + ".");
  }

  private static String shown(@Nullable Object value) {
    String json = Json.write(value);
    return json.length() <= 120 ? json : json.substring(0, 120) + "…";
  }
}
