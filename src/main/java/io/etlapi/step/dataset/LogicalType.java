package io.etlapi.step.dataset;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the values of a column mean, apart from how a file stores them.
 *
 * @param precision digits in all of a decimal, 1..38; 0 for other kinds
 * @param scale digits after the point of a decimal, 0..precision; 0 for other kinds
 */
public record LogicalType(Kind kind, int precision, int scale) {

  /** The words that manifests and requests use. */
  public enum Kind {
    TEXT,
    /** A whole number of 64 bits; wider ones are decimals of scale 0. */
    INTEGER,
    /** An exact number of up to 38 digits. */
    DECIMAL,
    /** A binary number of 64 bits, never inferred from text. */
    DOUBLE,
    BOOLEAN,
    DATE,
    /** Date and time without a zone, to the microsecond; UTC where the source named a zone. */
    TIMESTAMP;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public static final LogicalType TEXT = new LogicalType(Kind.TEXT, 0, 0);
  public static final LogicalType INTEGER = new LogicalType(Kind.INTEGER, 0, 0);
  public static final LogicalType DOUBLE = new LogicalType(Kind.DOUBLE, 0, 0);
  public static final LogicalType BOOLEAN = new LogicalType(Kind.BOOLEAN, 0, 0);
  public static final LogicalType DATE = new LogicalType(Kind.DATE, 0, 0);
  public static final LogicalType TIMESTAMP = new LogicalType(Kind.TIMESTAMP, 0, 0);

  /** What {@link #parse} takes, for messages. */
  public static final String ALLOWED =
      "text, integer, decimal(p,s) with p up to 38, double, boolean, date, timestamp";

  /** The most digits a decimal can have. */
  public static final int MAX_DIGITS = 38;

  private static final Pattern DECIMAL_WORD =
      Pattern.compile("decimal\\s*\\(\\s*(\\d{1,2})\\s*,\\s*(\\d{1,2})\\s*\\)");

  public LogicalType {
    boolean decimal = kind == Kind.DECIMAL;
    if (decimal
        ? precision < 1 || precision > MAX_DIGITS || scale < 0 || scale > precision
        : precision != 0 || scale != 0) {
      throw new IllegalArgumentException("no such type: " + kind + "(" + precision + "," + scale);
    }
  }

  public static LogicalType decimal(int precision, int scale) {
    return new LogicalType(Kind.DECIMAL, precision, scale);
  }

  /** Reads a type as manifests and requests spell it; empty if it is none of {@link #ALLOWED}. */
  public static Optional<LogicalType> parse(String word) {
    String plain = word.strip().toLowerCase(Locale.ROOT);
    Matcher decimal = DECIMAL_WORD.matcher(plain);
    if (decimal.matches()) {
      int precision = Integer.parseInt(decimal.group(1));
      int scale = Integer.parseInt(decimal.group(2));
      return precision >= 1 && precision <= MAX_DIGITS && scale <= precision
          ? Optional.of(decimal(precision, scale))
          : Optional.empty();
    }
    for (Kind kind : Kind.values()) {
      if (kind != Kind.DECIMAL && kind.word().equals(plain)) {
        return Optional.of(new LogicalType(kind, 0, 0));
      }
    }
    return Optional.empty();
  }

  /** The meaning of a column that the engine stores as {@code engineType}. */
  public static LogicalType ofEngineType(String engineType) {
    String type = engineType.toUpperCase(Locale.ROOT);
    if (type.startsWith("DECIMAL")) {
      return parse(type).orElse(DOUBLE);
    }
    return switch (type) {
      case "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER" ->
          INTEGER;
      case "UBIGINT" -> decimal(20, 0);
      case "HUGEINT", "UHUGEINT" -> decimal(MAX_DIGITS, 0);
      case "FLOAT", "DOUBLE" -> DOUBLE;
      case "BOOLEAN" -> BOOLEAN;
      case "DATE" -> DATE;
      default -> type.startsWith("TIMESTAMP") ? TIMESTAMP : TEXT;
    };
  }

  public boolean isNumber() {
    return kind == Kind.INTEGER || kind == Kind.DECIMAL || kind == Kind.DOUBLE;
  }

  public boolean isText() {
    return kind == Kind.TEXT;
  }

  /** The engine's type that holds these values without loss. */
  public String engineType() {
    return switch (kind) {
      case TEXT -> "VARCHAR";
      case INTEGER -> "BIGINT";
      case DECIMAL -> "DECIMAL(" + precision + "," + scale + ")";
      case DOUBLE -> "DOUBLE";
      case BOOLEAN -> "BOOLEAN";
      case DATE -> "DATE";
      case TIMESTAMP -> "TIMESTAMP";
    };
  }

  /**
   * An SQL expression that turns text into this type. For types other than text outer spaces are
   * ignored and blank is null. Fails on, or rounds, text for which {@link #accepts} is false.
   */
  public String cast(String text) {
    return isText() ? text : "CAST(nullif(trim(" + text + "), '') AS " + engineType() + ")";
  }

  /**
   * An SQL expression that is true where text can be cast without loss, false where it cannot, and
   * true for null and blank. Stricter than the engine's own cast, which rounds 1.5 to an integer
   * and reads 2024/1/5 as a date.
   */
  public String accepts(String text) {
    if (isText()) {
      return "true";
    }
    String trimmed = "trim(" + text + ")";
    String fits = "TRY_CAST(" + trimmed + " AS " + engineType() + ") IS NOT NULL";
    String form =
        switch (kind) {
          case INTEGER -> "[+-]?[0-9]+";
          case DECIMAL ->
              "[+-]?([0-9]+(\\.[0-9]{0,"
                  + scale
                  + "}0*)?|\\."
                  + (scale == 0 ? "0+" : "[0-9]{1," + scale + "}0*")
                  + ")";
          case BOOLEAN -> "(?i)true|false";
          case DATE -> "[0-9]{4}-[0-9]{2}-[0-9]{2}";
          case TIMESTAMP -> TypeInference.TIMESTAMP_FORM;
          default -> "(?s).*";
        };
    return "coalesce("
        + trimmed
        + " = '' OR (regexp_full_match("
        + trimmed
        + ", '"
        + form
        + "') AND "
        + fits
        + "), true)";
  }

  @Override
  public String toString() {
    return kind == Kind.DECIMAL ? "decimal(" + precision + "," + scale + ")" : kind.word();
  }
}
