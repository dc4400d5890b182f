package io.etlapi.step.completeness.typing;

import static io.etlapi.engine.SqlIdentifier.literal;
import static io.etlapi.engine.SqlIdentifier.quote;

import io.etlapi.engine.Column;
import io.etlapi.step.completeness.control.ColumnSpec;
import io.etlapi.step.completeness.control.ColumnType;
import io.etlapi.step.completeness.control.TemporalPattern;

/**
 * The cast of one column as SQL. The value is null for null, for blank, and for what is no value of
 * the type; {@code given} tells the last from the others. Stricter than the engine's own casts,
 * which round decimals away and take {@code 2024/1/5} for a date.
 *
 * @param value expression of the column's type
 * @param given expression that is true where the stored value is neither null nor blank
 * @param reason what to tell of such a value, such as {@code is not a date dd/MM/yyyy}
 */
public record ColumnCast(ColumnSpec column, String value, String given, String reason) {

  /** Whether a value that is there may come out as null. */
  public boolean mayFail() {
    return !column.type().equals(ColumnType.TEXT);
  }

  /**
   * The cast of a stored column to its declared type.
   *
   * @throws IllegalArgumentException with a sentence if no value of the stored type can ever be one
   *     of the declared type
   */
  public static ColumnCast of(ColumnSpec column, Column stored) {
    String source = quote(stored.name());
    if (column.type().equals(ColumnType.TEXT)) {
      String text = stored.type().equals("VARCHAR") ? source : "CAST(" + source + " AS VARCHAR)";
      return new ColumnCast(column, text, source + " IS NOT NULL", "");
    }
    if (stored.type().equals("VARCHAR")) {
      String trimmed = "trim(" + source + ")";
      return cast(column, fromText(column, trimmed), trimmed + " <> ''");
    }
    return cast(column, fromStored(column, stored, source), source + " IS NOT NULL");
  }

  private static ColumnCast cast(ColumnSpec column, String value, String given) {
    return new ColumnCast(column, value, "coalesce(" + given + ", false)", reason(column));
  }

  private static String fromText(ColumnSpec column, String text) {
    return switch (column.type().kind()) {
      case TEXT -> text;
      case INTEGER, DECIMAL -> number(column, text);
      case DOUBLE -> binary(column, text);
      case BOOLEAN -> truth(column, text);
      case DATE, TIMESTAMP -> temporal(text, pattern(column), column.type());
    };
  }

  /** Digits in groups of exactly three, or none; decimals beyond the scale only if zero. */
  private static String number(ColumnSpec column, String text) {
    int scale = column.type().scale();
    String point = escape(column.decimalSeparator());
    String decimals = scale == 0 ? "0*" : "\\d{0," + scale + "}0*";
    String form =
        "[+-]?(?:"
            + whole(column)
            + "(?:"
            + point
            + decimals
            + ")?|"
            + point
            + (scale == 0 ? "0+" : "\\d{1," + scale + "}0*")
            + ")";
    return guarded(text, form, plain(column, text), column.type().sql());
  }

  private static String binary(ColumnSpec column, String text) {
    String point = escape(column.decimalSeparator());
    String form =
        "[+-]?(?:"
            + whole(column)
            + "(?:"
            + point
            + "\\d*)?|"
            + point
            + "\\d+)(?:[eE][+-]?\\d{1,3})?";
    String value = guarded(text, form, plain(column, text), "DOUBLE");
    return "CASE WHEN isfinite(" + value + ") THEN " + value + " END";
  }

  private static String whole(ColumnSpec column) {
    String thousands = column.thousandsSeparator();
    return thousands == null ? "\\d+" : "(?:\\d{1,3}(?:" + escape(thousands) + "\\d{3})+|\\d+)";
  }

  /** The number as the engine spells it. */
  private static String plain(ColumnSpec column, String text) {
    String plain = text;
    if (column.thousandsSeparator() != null) {
      plain = "replace(" + plain + ", " + literal(column.thousandsSeparator()) + ", '')";
    }
    return column.decimalSeparator().equals(".")
        ? plain
        : "replace(" + plain + ", " + literal(column.decimalSeparator()) + ", '.')";
  }

  private static String truth(ColumnSpec column, String text) {
    String[] words =
        column.format() == null ? new String[] {"true", "false"} : column.format().split("/", -1);
    return "CASE lower("
        + text
        + ") WHEN lower("
        + literal(words[0].strip())
        + ") THEN true WHEN lower("
        + literal(words[1].strip())
        + ") THEN false END";
  }

  private static TemporalPattern pattern(ColumnSpec column) {
    String format = column.format();
    if (column.type().kind() == ColumnType.Kind.DATE) {
      return format == null ? TemporalPattern.ISO_DATE : TemporalPattern.ofDate(format);
    }
    return format == null ? TemporalPattern.ISO_TIMESTAMP : TemporalPattern.ofTimestamp(format);
  }

  /** A text in a pattern as a date or timestamp; null if it is none that exists. */
  static String temporal(String text, TemporalPattern pattern, ColumnType type) {
    String form = literal(pattern.regex());
    String iso = "regexp_replace(" + text + ", " + form + ", " + literal(pattern.rewrite()) + ")";
    String value =
        pattern.strptime() == null
            ? iso
            : "try_strptime(" + iso + ", " + literal(pattern.strptime()) + ")";
    return guarded(text, pattern.regex(), value, type.sql());
  }

  private static String guarded(String text, String form, String value, String type) {
    return "CASE WHEN regexp_full_match("
        + text
        + ", "
        + literal(form)
        + ") THEN TRY_CAST("
        + value
        + " AS "
        + type
        + ") END";
  }

  /** Values that a file stores with a type of its own. */
  private static String fromStored(ColumnSpec column, Column stored, String source) {
    ColumnType from = ColumnType.ofSql(stored.type());
    ColumnType to = column.type();
    boolean text = from.equals(ColumnType.TEXT);
    if (!text && from.common(to).isEmpty() && !(from.isNumeric() && to.isNumeric())) {
      throw new IllegalArgumentException(
          "the column '"
              + column.name()
              + "' holds "
              + from.word()
              + " and cannot be read as "
              + to.word());
    }
    ColumnSpec unformatted = ColumnSpec.of(column.name(), to);
    return switch (to.kind()) {
      case INTEGER, DECIMAL ->
          from.kind() == ColumnType.Kind.DOUBLE
              ? exactly(source, "TRY_CAST(CAST(" + source + " AS VARCHAR) AS " + to.sql() + ")")
              : fromText(unformatted, "CAST(" + source + " AS VARCHAR)");
      case DATE ->
          from.kind() == ColumnType.Kind.TIMESTAMP
              ? "CASE WHEN CAST(CAST(%s AS TIMESTAMP) AS DATE) = CAST(%s AS TIMESTAMP) THEN CAST(%s AS DATE) END"
                  .formatted(source, source, source)
              : fromText(unformatted, "CAST(" + source + " AS VARCHAR)");
      case TEXT, DOUBLE, BOOLEAN, TIMESTAMP -> "TRY_CAST(" + source + " AS " + to.sql() + ")";
    };
  }

  /** A binary number whose shortest decimal spelling is within the type. */
  private static String exactly(String source, String value) {
    return "CASE WHEN CAST(" + value + " AS DOUBLE) = " + source + " THEN " + value + " END";
  }

  private static String reason(ColumnSpec column) {
    String format = column.format();
    return switch (column.type().kind()) {
      case TEXT -> "";
      case INTEGER, DECIMAL, DOUBLE -> "is not a number of type " + column.type().word();
      case BOOLEAN -> "is neither of " + (format == null ? "true/false" : format);
      case DATE ->
          "is not a date that exists in the format " + (format == null ? "yyyy-MM-dd" : format);
      case TIMESTAMP ->
          "is not a timestamp that exists in the format "
              + (format == null ? "yyyy-MM-ddTHH:mm:ss" : format);
    };
  }

  private static String escape(String separator) {
    return "\\x{" + Integer.toHexString(separator.codePointAt(0)) + "}";
  }
}
