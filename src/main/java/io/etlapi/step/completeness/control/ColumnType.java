package io.etlapi.step.completeness.control;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The type of a column or field, by the words of the configuration document.
 *
 * @param precision digits of a decimal, 1..38; 0 for other kinds
 * @param scale decimals of a decimal, 0..precision; 0 for other kinds
 */
public record ColumnType(Kind kind, int precision, int scale) {

  /** What values of the type are. */
  public enum Kind {
    TEXT,
    /** A whole number of 64 bits. */
    INTEGER,
    DECIMAL,
    /** Binary floating point; never for money. */
    DOUBLE,
    BOOLEAN,
    DATE,
    /** Date and time of day without a zone. */
    TIMESTAMP
  }

  /** The engine holds no more decimal digits than this. */
  public static final int MAX_PRECISION = 38;

  public static final ColumnType TEXT = new ColumnType(Kind.TEXT, 0, 0);
  public static final ColumnType INTEGER = new ColumnType(Kind.INTEGER, 0, 0);
  public static final ColumnType DOUBLE = new ColumnType(Kind.DOUBLE, 0, 0);
  public static final ColumnType BOOLEAN = new ColumnType(Kind.BOOLEAN, 0, 0);
  public static final ColumnType DATE = new ColumnType(Kind.DATE, 0, 0);
  public static final ColumnType TIMESTAMP = new ColumnType(Kind.TIMESTAMP, 0, 0);

  private static final Pattern DECIMAL =
      Pattern.compile(
          "decimal\\(\\s*(\\d{1,2})\\s*,\\s*(\\d{1,2})\\s*\\)", Pattern.CASE_INSENSITIVE);

  /** Digits of a 64-bit whole number. */
  private static final int INTEGER_DIGITS = 19;

  public ColumnType {
    if (kind == Kind.DECIMAL
        ? precision < 1 || precision > MAX_PRECISION || scale < 0 || scale > precision
        : precision != 0 || scale != 0) {
      throw new IllegalArgumentException(kind + "(" + precision + "," + scale + ")");
    }
  }

  public static ColumnType decimal(int precision, int scale) {
    return new ColumnType(Kind.DECIMAL, precision, scale);
  }

  /** Reads {@code text}, {@code integer}, {@code decimal(p,s)} and so on; empty if it is none. */
  public static Optional<ColumnType> parse(String word) {
    return switch (word) {
      case "text" -> Optional.of(TEXT);
      case "integer" -> Optional.of(INTEGER);
      case "double" -> Optional.of(DOUBLE);
      case "boolean" -> Optional.of(BOOLEAN);
      case "date" -> Optional.of(DATE);
      case "timestamp" -> Optional.of(TIMESTAMP);
      default -> parseDecimal(word);
    };
  }

  private static Optional<ColumnType> parseDecimal(String word) {
    Matcher parts = DECIMAL.matcher(word);
    if (!parts.matches()) {
      return Optional.empty();
    }
    int precision = Integer.parseInt(parts.group(1));
    int scale = Integer.parseInt(parts.group(2));
    return precision < 1 || precision > MAX_PRECISION || scale > precision
        ? Optional.empty()
        : Optional.of(decimal(precision, scale));
  }

  /** The type of an engine column; what has no word of its own is text. */
  public static ColumnType ofSql(String sqlType) {
    String type = sqlType.toUpperCase(Locale.ROOT);
    if (type.startsWith("DECIMAL(")) {
      return parseDecimal(type).orElse(TEXT);
    }
    return switch (type) {
      case "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER" ->
          INTEGER;
      case "UBIGINT" -> decimal(20, 0);
      case "HUGEINT", "UHUGEINT" -> decimal(38, 0);
      case "FLOAT", "DOUBLE" -> DOUBLE;
      case "BOOLEAN" -> BOOLEAN;
      case "DATE" -> DATE;
      case "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS", "TIMESTAMP WITH TIME ZONE" ->
          TIMESTAMP;
      default -> TEXT;
    };
  }

  /** The engine's type that holds the values. */
  public String sql() {
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

  /** The word of the configuration document. */
  public String word() {
    return kind == Kind.DECIMAL
        ? "decimal(" + precision + "," + scale + ")"
        : kind.name().toLowerCase(Locale.ROOT);
  }

  public boolean isNumeric() {
    return kind == Kind.INTEGER || kind == Kind.DECIMAL || kind == Kind.DOUBLE;
  }

  public boolean isTemporal() {
    return kind == Kind.DATE || kind == Kind.TIMESTAMP;
  }

  /**
   * The type in which values of both types can be compared without loss: whole numbers and decimals
   * widen, a double with a number is a double, a date with a timestamp is a timestamp; empty if the
   * two do not belong together or no type holds both.
   */
  public Optional<ColumnType> common(ColumnType other) {
    if (equals(other)) {
      return Optional.of(this);
    }
    if (isNumeric() && other.isNumeric()) {
      if (kind == Kind.DOUBLE || other.kind == Kind.DOUBLE) {
        return Optional.of(DOUBLE);
      }
      int decimals = Math.max(scale, other.scale);
      int digits = Math.max(wholeDigits(), other.wholeDigits()) + decimals;
      return digits > MAX_PRECISION ? Optional.empty() : Optional.of(decimal(digits, decimals));
    }
    return isTemporal() && other.isTemporal() ? Optional.of(TIMESTAMP) : Optional.empty();
  }

  private int wholeDigits() {
    return kind == Kind.INTEGER ? INTEGER_DIGITS : precision - scale;
  }
}
