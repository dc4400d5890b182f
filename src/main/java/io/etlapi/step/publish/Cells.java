package io.etlapi.step.publish;

import io.etlapi.step.dataset.LogicalType;

/** How single values are shown: dates and timestamps in ISO form, the rest as it is. */
final class Cells {

  private Cells() {}

  /**
   * An SQL expression whose value {@link JsonValues} shows.
   *
   * @param expression of this type
   */
  static String display(String expression, LogicalType type) {
    return switch (type.kind()) {
      // The driver would take timestamps through the time zone of this machine.
      case TIMESTAMP -> "replace(CAST(" + expression + " AS VARCHAR), ' ', 'T')";
      case DATE -> "CAST(" + expression + " AS VARCHAR)";
      default -> expression;
    };
  }
}
