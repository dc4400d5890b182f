package io.etlapi.step.completeness.matching;

import io.etlapi.step.completeness.control.ColumnType;
import io.etlapi.step.completeness.control.ColumnType.Kind;
import io.etlapi.step.completeness.control.Comparison;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/** What the rules say about fields, as pieces of SQL. */
final class FieldSql {

  /** A binary number counts in totals to nine decimals: sums must not depend on their order. */
  static final int DOUBLE_DECIMALS = 9;

  private FieldSql() {}

  /** {@code "a", "b"}. */
  static String columns(List<MatchField> fields) {
    return fields.stream().map(MatchField::column).collect(Collectors.joining(", "));
  }

  static String columnsOf(String relation, List<MatchField> fields) {
    return fields.stream().map(field -> field.of(relation)).collect(Collectors.joining(", "));
  }

  /** The pieces with a comma after each, to stand before another item of a list. */
  static String before(Collection<String> pieces) {
    return pieces.stream().map(piece -> piece + ", ").collect(Collectors.joining());
  }

  /** The pieces with a comma before each, to stand after another item of a list. */
  static String after(Collection<String> pieces) {
    return pieces.stream().map(piece -> ", " + piece).collect(Collectors.joining());
  }

  static List<String> quoted(List<MatchField> fields) {
    return fields.stream().map(MatchField::column).toList();
  }

  /** Nulls first, numbers and dates by value, text by code point. */
  static List<String> ascending(List<MatchField> fields) {
    return fields.stream().map(field -> field.column() + " NULLS FIRST").toList();
  }

  /** One number for a combination of values, the same on both sides; a constant for none. */
  static String hash(List<String> expressions) {
    return expressions.isEmpty()
        ? "CAST(0 AS UBIGINT)"
        : "hash(" + String.join(", ", expressions) + ")";
  }

  /** Two relations agree in all fields, null with null. */
  static String same(String left, String right, List<MatchField> fields) {
    return fields.isEmpty()
        ? "true"
        : fields.stream()
            .map(field -> field.of(left) + " IS NOT DISTINCT FROM " + field.of(right))
            .collect(Collectors.joining(" AND "));
  }

  static String noneNull(List<MatchField> fields) {
    return fields.isEmpty()
        ? "true"
        : fields.stream()
            .map(field -> field.column() + " IS NOT NULL")
            .collect(Collectors.joining(" AND "));
  }

  static String anyNull(List<MatchField> fields) {
    return fields.stream()
        .map(field -> field.column() + " IS NULL")
        .collect(Collectors.joining(" OR ", "(", ")"));
  }

  /** What must be equal for {@code text}: the value without outer spaces, in lower case. */
  static String folded(MatchField field, String value) {
    return field.type().kind() == Kind.TEXT ? "lower(trim(" + value + "))" : value;
  }

  /** A number as it enters sums and differences: never binary. */
  static String amount(ColumnType type, String value) {
    return switch (type.kind()) {
      case DOUBLE -> "TRY_CAST(" + value + " AS DECIMAL(38, " + DOUBLE_DECIMALS + "))";
      case INTEGER -> "CAST(" + value + " AS DECIMAL(38, 0))";
      default -> "CAST(" + value + " AS DECIMAL(38, " + type.scale() + "))";
    };
  }

  /** The type of {@link #amount} and of sums over it. */
  static ColumnType amountType(ColumnType type) {
    return ColumnType.decimal(
        ColumnType.MAX_PRECISION, type.kind() == Kind.DOUBLE ? DOUBLE_DECIMALS : type.scale());
  }

  /** Whether two values agree by a comparison; never null. */
  static String agree(Comparison compare, MatchField field, String src, String tgt) {
    String within =
        switch (compare.kind()) {
          case EXACT -> "false";
          case TEXT -> folded(field, src) + " = " + folded(field, tgt);
          case ABSOLUTE -> within(distance(field, src, tgt), plain(compare));
          case PERCENT -> percent(compare, field, src, tgt);
          case DAYS -> within(days(src, tgt), plain(compare));
        };
    return "(" + src + " IS NOT DISTINCT FROM " + tgt + " OR coalesce(" + within + ", false))";
  }

  /** Signed calendar days from TGT to SRC. */
  static String signedDays(String src, String tgt) {
    return "(CAST(" + src + " AS DATE) - CAST(" + tgt + " AS DATE))";
  }

  private static String days(String src, String tgt) {
    return "abs" + signedDays(src, tgt);
  }

  private static String distance(MatchField field, String src, String tgt) {
    return field.type().kind() == Kind.INTEGER
        ? "abs(" + amount(field.type(), src) + " - " + amount(field.type(), tgt) + ")"
        : "abs(" + src + " - " + tgt + ")";
  }

  /** A difference too large to be held is no agreement. */
  private static String within(String distance, String tolerance) {
    return "TRY(" + distance + " <= " + tolerance + ")";
  }

  private static String percent(Comparison compare, MatchField field, String src, String tgt) {
    String base =
        switch (compare.base()) {
          case SRC -> "abs(" + src + ")";
          case TGT -> "abs(" + tgt + ")";
          case MAX -> "greatest(abs(" + src + "), abs(" + tgt + "))";
          case MIN -> "least(abs(" + src + "), abs(" + tgt + "))";
        };
    String tolerance = plain(compare);
    if (field.type().kind() == Kind.DOUBLE) {
      return "abs(" + src + " - " + tgt + ") * 100 <= CAST(" + tolerance + " AS DOUBLE) * " + base;
    }
    // Multiplied out, because a quotient of decimals is binary. Both sides of the bound must fit 38
    // digits; a value so large that they do not is compared in whole units of the last digit.
    String exact =
        "TRY(" + distance(field, src, tgt) + " * 100 <= " + tolerance + " * " + base + ")";
    String rough =
        "abs(CAST("
            + src
            + " AS DOUBLE) - CAST("
            + tgt
            + " AS DOUBLE)) * 100 <= CAST("
            + tolerance
            + " AS DOUBLE) * CAST("
            + base
            + " AS DOUBLE)";
    boolean holds =
        field.type().scale() + Math.max(0, compare.tolerance().scale()) <= ColumnType.MAX_PRECISION;
    return holds ? "coalesce(" + exact + ", " + rough + ")" : rough;
  }

  private static String plain(Comparison compare) {
    return compare.tolerance().toPlainString();
  }

  /** One list after the other. */
  static List<String> concat(List<String> first, List<String> second) {
    List<String> all = new ArrayList<>(first);
    all.addAll(second);
    return all;
  }
}
