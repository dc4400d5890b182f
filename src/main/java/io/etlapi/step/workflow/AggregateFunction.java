package io.etlapi.step.workflow;

import io.etlapi.step.dataset.LogicalType;
import io.etlapi.step.dataset.LogicalType.Kind;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What {@code aggregate} can compute over the values of a column that are there. Sums of exact
 * numbers are exact; results over binary numbers do not depend on how many threads work, because
 * they are taken in the order of the rows.
 */
enum AggregateFunction {
  SUM(true),
  COUNT(false),
  MEAN(true),
  MIN(false),
  MAX(false),
  /** The middle value, or the mean of the two in the middle. */
  MEDIAN(true),
  /** The standard deviation of a sample (n - 1); null for fewer than two values. */
  STD(true),
  COUNT_DISTINCT(false),
  /** The first value that is there, in the order of the rows. */
  FIRST(false),
  LAST(false);

  private final boolean numeric;

  AggregateFunction(boolean numeric) {
    this.numeric = numeric;
  }

  static Optional<AggregateFunction> of(String word) {
    return Arrays.stream(values())
        .filter(function -> function.word().equals(word.strip().toLowerCase(Locale.ROOT)))
        .findFirst();
  }

  static List<String> words() {
    return Arrays.stream(values()).map(AggregateFunction::word).toList();
  }

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether it needs numbers. */
  boolean isNumeric() {
    return numeric;
  }

  /**
   * The aggregate in SQL.
   *
   * @param value the column in SQL
   * @param type what its values are
   * @param row the row number in SQL
   */
  String sql(String value, LogicalType type, String row) {
    boolean binary = type.kind() == Kind.DOUBLE;
    return switch (this) {
      case SUM -> binary ? "fsum(" + value + " ORDER BY " + row + ")" : "sum(" + value + ")";
      case MEAN -> binary ? "favg(" + value + " ORDER BY " + row + ")" : "avg(" + value + ")";
      case STD -> "stddev_samp(CAST(" + value + " AS DOUBLE) ORDER BY " + row + ")";
      case MEDIAN -> median(value, type);
      case COUNT -> "count(" + value + ")";
      case COUNT_DISTINCT -> "count(DISTINCT " + value + ")";
      case MIN -> "min(" + value + ")";
      case MAX -> "max(" + value + ")";
      case FIRST -> "arg_min(" + value + ", " + row + ")";
      case LAST -> "arg_max(" + value + ", " + row + ")";
    };
  }

  /**
   * The engine's median goes through binary numbers; half the sum of the two middle values is exact
   * with one more digit, as long as 38 digits hold it.
   */
  private static String median(String value, LogicalType type) {
    int precision = type.kind() == Kind.INTEGER ? 19 : type.precision();
    if (type.kind() == Kind.DOUBLE || precision + 2 > LogicalType.MAX_DIGITS) {
      return "median(CAST(" + value + " AS DOUBLE))";
    }
    String exact = "CAST(%s AS DECIMAL(%d,%d))".formatted(value, precision, type.scale());
    return "(quantile_disc(%1$s, 0.5) * 0.5 - quantile_disc(-(%1$s), 0.5) * 0.5)".formatted(exact);
  }
}
