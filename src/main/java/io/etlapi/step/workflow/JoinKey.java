package io.etlapi.step.workflow;

import static io.etlapi.engine.SqlIdentifier.quote;

import io.etlapi.step.dataset.DatasetColumn;
import io.etlapi.step.dataset.LogicalType;
import io.etlapi.step.dataset.TypedView;

/**
 * One pair of columns that two tables are joined on: as numbers if both are numbers, as dates if
 * both are, else as the texts that the files hold. A null equals nothing.
 *
 * @param comparedAs the word for the result's details
 */
public record JoinKey(DatasetColumn left, DatasetColumn right, String comparedAs) {

  /** The comparison that suits the types of both sides. */
  public static JoinKey of(DatasetColumn left, DatasetColumn right) {
    LogicalType.Kind leftKind = left.type().kind();
    String comparedAs = "text";
    if (left.type().isNumber() && right.type().isNumber()) {
      comparedAs = "number";
    } else if (leftKind == right.type().kind()
        && (leftKind == LogicalType.Kind.DATE || leftKind == LogicalType.Kind.TIMESTAMP)) {
      comparedAs = leftKind == LogicalType.Kind.DATE ? "date" : "timestamp";
    }
    return new JoinKey(left, right, comparedAs);
  }

  /** Whether both sides have the same name: the result then has one column for it. */
  public boolean isShared() {
    return left.name().equalsIgnoreCase(right.name());
  }

  /** The value to compare, of the left view as {@code l}. */
  public String leftSql(TypedView view) {
    return sql("l.", view, left);
  }

  /** The value to compare, of the right view as {@code r}. */
  public String rightSql(TypedView view) {
    return sql("r.", view, right);
  }

  private String sql(String alias, TypedView view, DatasetColumn column) {
    String typed = alias + quote(column.name());
    return switch (comparedAs) {
      case "number" -> number(typed);
      case "text" -> "CAST(" + alias + quote(view.raw(column)) + " AS VARCHAR)";
      default -> typed;
    };
  }

  /**
   * A common type of both sides that loses no digit; where there is none, digits as text, without
   * zeros at the end.
   */
  private String number(String value) {
    LogicalType a = left.type();
    LogicalType b = right.type();
    if (a.equals(b)) {
      return value;
    }
    if (a.kind() == LogicalType.Kind.DOUBLE || b.kind() == LogicalType.Kind.DOUBLE) {
      return "CAST(" + value + " AS DOUBLE)";
    }
    int scale = Math.max(a.scale(), b.scale());
    int whole = Math.max(wholeDigits(a), wholeDigits(b));
    if (whole + scale <= LogicalType.MAX_DIGITS) {
      return "CAST(%s AS DECIMAL(%d,%d))".formatted(value, whole + scale, scale);
    }
    String digits = "CAST(" + value + " AS VARCHAR)";
    return "CASE WHEN contains(%1$s, '.') THEN rtrim(rtrim(%1$s, '0'), '.') ELSE %1$s END"
        .formatted(digits);
  }

  private static int wholeDigits(LogicalType type) {
    return type.kind() == LogicalType.Kind.INTEGER ? 19 : type.precision() - type.scale();
  }
}
