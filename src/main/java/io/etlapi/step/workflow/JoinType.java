package io.etlapi.step.workflow;

import java.util.Locale;

/** The kinds of join, with the words that requests use. */
enum JoinType {
  INNER("JOIN"),
  LEFT("LEFT JOIN"),
  RIGHT("RIGHT JOIN"),
  OUTER("FULL JOIN"),
  /** Left rows that have a match, each once. */
  SEMI("SEMI JOIN"),
  /** Left rows that have none. */
  ANTI("ANTI JOIN");

  private final String sql;

  JoinType(String sql) {
    this.sql = sql;
  }

  String sql() {
    return sql;
  }

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  boolean keepsOnlyLeft() {
    return this == SEMI || this == ANTI;
  }

  /** The order of the result's rows, total: by left row, then right row; rows without come last. */
  String order(String leftRow, String rightRow) {
    return switch (this) {
      case SEMI, ANTI -> "l." + leftRow;
      case RIGHT -> "r." + rightRow + ", l." + leftRow + " NULLS LAST";
      default -> "l." + leftRow + " NULLS LAST, r." + rightRow + " NULLS LAST";
    };
  }
}
