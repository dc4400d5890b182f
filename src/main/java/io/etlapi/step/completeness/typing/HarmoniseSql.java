package io.etlapi.step.completeness.typing;

import static io.etlapi.engine.SqlIdentifier.literal;

import io.etlapi.step.completeness.control.ColumnType;
import io.etlapi.step.completeness.control.HarmoniseRule;
import io.etlapi.step.completeness.control.Op;
import io.etlapi.step.completeness.control.TemporalPattern;
import java.util.Map;

/**
 * A harmonise rule for one side as SQL. Text operations take other values by their text: decimals
 * with all their decimals, dates in ISO-8601.
 *
 * @param value expression for the field; null for null, and where the value has no result
 * @param type of the field
 * @param mayFail whether a value that is there may come out as null
 */
public record HarmoniseSql(String value, ColumnType type, boolean mayFail) {

  /** White space at the ends of a text: the ASCII kinds and the no-break space. */
  private static final String WHITE_SPACE =
      "' ' || chr(9) || chr(10) || chr(11) || chr(12) || chr(13) || chr(160)";

  /**
   * Applies a rule to an expression.
   *
   * @param type of {@code source}
   * @throws IllegalArgumentException with a sentence if an operation does not apply to the type
   */
  public static HarmoniseSql of(HarmoniseRule rule, String source, ColumnType type) {
    HarmoniseSql result = new HarmoniseSql(source, type, false);
    for (Op op : rule.ops()) {
      result = result.then(op);
    }
    if (!rule.map().isEmpty()) {
      result = new HarmoniseSql(mapped(result.text(), rule.map()), ColumnType.TEXT, result.mayFail);
    }
    return result;
  }

  private HarmoniseSql then(Op op) {
    ColumnType result = op.resultOf(type);
    if (op instanceof Op.Remove remove) {
      return new HarmoniseSql(
          "replace(" + text() + ", " + literal(remove.text()) + ", '')", result, mayFail);
    }
    if (op instanceof Op.Round round) {
      return rounded(round.digits(), result);
    }
    return switch ((Op.Plain) op) {
      case TRIM -> text("trim(" + text() + ", " + WHITE_SPACE + ")");
      case UPPER -> text("upper(" + text() + ")");
      case LOWER -> text("lower(" + text() + ")");
      case STRIP_LEADING_ZEROS -> text("regexp_replace(" + text() + ", '(?s)^0+(.)', '\\1')");
      case COLLAPSE_SPACES -> text("regexp_replace(" + text() + ", '\\s+', ' ', 'g')");
      case NEGATE -> new HarmoniseSql("(-" + value + ")", result, mayFail);
      case ABS -> new HarmoniseSql("abs(" + value + ")", result, mayFail);
      case DATE -> date();
    };
  }

  private String text() {
    return type.equals(ColumnType.TEXT) ? value : "CAST(" + value + " AS VARCHAR)";
  }

  private HarmoniseSql text(String expression) {
    return new HarmoniseSql(expression, ColumnType.TEXT, mayFail);
  }

  /** The engine rounds decimals half away from zero; a double goes through its shortest text. */
  private HarmoniseSql rounded(int digits, ColumnType result) {
    if (type.kind() == ColumnType.Kind.DOUBLE) {
      String exact = "TRY_CAST(CAST(" + value + " AS VARCHAR) AS DECIMAL(38,%d))";
      return new HarmoniseSql(
          "TRY_CAST(round("
              + exact.formatted(Op.MAX_ROUND)
              + ", "
              + digits
              + ") AS "
              + result.sql()
              + ")",
          result,
          true);
    }
    return type.scale() <= digits
        ? new HarmoniseSql(value, result, mayFail)
        : new HarmoniseSql(
            "CAST(round(" + value + ", " + digits + ") AS " + result.sql() + ")", result, mayFail);
  }

  private HarmoniseSql date() {
    if (!type.equals(ColumnType.TEXT)) {
      return new HarmoniseSql("CAST(" + value + " AS DATE)", ColumnType.DATE, mayFail);
    }
    String trimmed = "trim(" + value + ")";
    return new HarmoniseSql(
        "coalesce("
            + ColumnCast.temporal(trimmed, TemporalPattern.ISO_DATE, ColumnType.DATE)
            + ", CAST("
            + ColumnCast.temporal(trimmed, TemporalPattern.ISO_TIMESTAMP, ColumnType.TIMESTAMP)
            + " AS DATE))",
        ColumnType.DATE,
        true);
  }

  private static String mapped(String text, Map<String, String> map) {
    StringBuilder cases = new StringBuilder("CASE ").append(text);
    map.forEach(
        (from, to) ->
            cases.append(" WHEN ").append(literal(from)).append(" THEN ").append(literal(to)));
    return cases.append(" ELSE ").append(text).append(" END").toString();
  }
}
