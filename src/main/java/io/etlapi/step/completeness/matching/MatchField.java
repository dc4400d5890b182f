package io.etlapi.step.completeness.matching;

import io.etlapi.engine.SqlIdentifier;
import io.etlapi.step.completeness.control.ColumnType;

/**
 * A field of the rows that are matched.
 *
 * @param type the one type in which both sides hold it
 */
public record MatchField(String name, ColumnType type) {

  /** The column, quoted. */
  String column() {
    return SqlIdentifier.quote(name);
  }

  /** The column of a named relation, quoted. */
  String of(String relation) {
    return relation + "." + column();
  }

  /** The column under a prefix, such as {@code src_amount}, quoted. */
  String prefixed(String prefix) {
    return SqlIdentifier.quote(prefix + name);
  }
}
