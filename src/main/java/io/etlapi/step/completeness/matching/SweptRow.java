package io.etlapi.step.completeness.matching;

import io.etlapi.step.completeness.control.ColumnType.Kind;
import io.etlapi.step.completeness.control.Comparison;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A row in a sweep: its class, its number, and the values that have a tolerance: decimals, doubles,
 * days since 1970 of dates, microseconds since 1970 of timestamps.
 */
final class SweptRow {

  private static final long MICROS_A_DAY = 86_400_000_000L;
  private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);

  private final long group;
  private final long rowId;
  private final @Nullable Comparable<?>[] values;

  /** A row; keeps the array. */
  SweptRow(long group, long rowId, @Nullable Comparable<?>[] values) {
    this.group = group;
    this.rowId = rowId;
    this.values = values;
  }

  long group() {
    return group;
  }

  long rowId() {
    return rowId;
  }

  /** A comparison and where its value stands. */
  record Rule(Comparison compare, int index, Kind type) {}

  static List<Rule> rules(List<Comparison> compares, MatchModel model, List<MatchField> fields) {
    List<Rule> rules = new ArrayList<>();
    for (Comparison compare : compares) {
      MatchField field = model.field(compare.field());
      rules.add(new Rule(compare, fields.indexOf(field), field.type().kind()));
    }
    return rules;
  }

  /** The engine's value in the form that is compared. */
  static @Nullable Comparable<?> value(@Nullable Object read) {
    if (read instanceof Double number) {
      return number + 0.0; // one zero
    }
    return (Comparable<?>) read;
  }

  /** Whether every comparison holds; inclusive, nulls agree with nulls only. */
  static boolean agree(SweptRow src, SweptRow tgt, List<Rule> rules) {
    for (Rule rule : rules) {
      Comparable<?> s = src.values[rule.index()];
      Comparable<?> t = tgt.values[rule.index()];
      if (s == null || t == null) {
        if (s != t) {
          return false;
        }
      } else if (order(s, t) != 0 && !within(rule, s, t)) {
        return false;
      }
    }
    return true;
  }

  private static boolean within(Rule rule, Comparable<?> s, Comparable<?> t) {
    Comparison compare = rule.compare();
    return switch (compare.kind()) {
      case EXACT, TEXT -> false;
      case DAYS ->
          BigDecimal.valueOf(Math.abs(day(rule, s) - day(rule, t))).compareTo(compare.tolerance())
              <= 0;
      case ABSOLUTE ->
          s instanceof Double src
              ? Math.abs(src - (Double) t) <= compare.tolerance().doubleValue()
              : distance(s, t).compareTo(compare.tolerance()) <= 0;
      case PERCENT ->
          s instanceof Double src
              ? Math.abs(src - (Double) t) * 100
                  <= compare.tolerance().doubleValue() * base(compare, src, (Double) t)
              : distance(s, t)
                      .multiply(HUNDRED)
                      .compareTo(
                          compare
                              .tolerance()
                              .multiply(base(compare, (BigDecimal) s, (BigDecimal) t)))
                  <= 0;
    };
  }

  private static BigDecimal distance(Comparable<?> s, Comparable<?> t) {
    return ((BigDecimal) s).subtract((BigDecimal) t).abs();
  }

  private static BigDecimal base(Comparison compare, BigDecimal src, BigDecimal tgt) {
    return switch (compare.base()) {
      case SRC -> src.abs();
      case TGT -> tgt.abs();
      case MAX -> src.abs().max(tgt.abs());
      case MIN -> src.abs().min(tgt.abs());
    };
  }

  private static double base(Comparison compare, double src, double tgt) {
    return switch (compare.base()) {
      case SRC -> Math.abs(src);
      case TGT -> Math.abs(tgt);
      case MAX -> Math.max(Math.abs(src), Math.abs(tgt));
      case MIN -> Math.min(Math.abs(src), Math.abs(tgt));
    };
  }

  private static long day(Rule rule, Comparable<?> value) {
    long number = (Long) value;
    return rule.type() == Kind.TIMESTAMP ? Math.floorDiv(number, MICROS_A_DAY) : number;
  }

  /** Nulls first; both values are of one class. */
  @SuppressWarnings({"unchecked", "rawtypes"})
  private static int order(@Nullable Comparable left, @Nullable Comparable right) {
    if (left == null || right == null) {
      return left == right ? 0 : left == null ? -1 : 1;
    }
    return left.compareTo(right);
  }

  /** Which is lower by the values that have a tolerance, in the order of the pass. */
  int compareValues(SweptRow other) {
    for (int i = 0; i < values.length; i++) {
      int order = order(values[i], other.values[i]);
      if (order != 0) {
        return order;
      }
    }
    return 0;
  }
}
