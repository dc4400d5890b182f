package io.etlapi.step.completeness.ledger;

import static io.etlapi.engine.SqlIdentifier.literal;
import static io.etlapi.engine.SqlIdentifier.quote;

import io.etlapi.engine.Column;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * SQL for texts that are equal exactly when the values are, whatever the types of their columns
 * were on that run date: the ledger compares rows of different dates by them, so they must never
 * change. A value is spelled {@code length:text}, a null {@code -}; decimals without trailing
 * zeros.
 */
final class CanonicalSql {

  private CanonicalSql() {}

  /** One value of a column. */
  static String value(String expression, String type) {
    String upper = type.toUpperCase(Locale.ROOT);
    if (upper.startsWith("DECIMAL") || upper.equals("DOUBLE") || upper.equals("FLOAT")) {
      // A scale that changed with the configuration must not make every row another one.
      return """
      regexp_replace(regexp_replace(CAST(%s AS VARCHAR), '(\\.[0-9]*?)0+$', '\\1'), '\\.$', '')\
      """
          .formatted(expression);
    }
    return upper.equals("VARCHAR") ? expression : "CAST(" + expression + " AS VARCHAR)";
  }

  /** One text as a part that can be joined to others without doubt. */
  static String part(String text) {
    return "coalesce(length(" + text + ") || ':' || " + text + ", '-')";
  }

  /** The key and group of a row: the breaks and rows that belong together. */
  static String cluster(
      String prefix, List<String> key, List<String> groupBy, Map<String, Column> columns) {
    return values(prefix, key, columns) + " || '|' || " + values(prefix, groupBy, columns);
  }

  private static String values(
      String prefix, Collection<String> fields, Map<String, Column> columns) {
    return fields.isEmpty()
        ? "''"
        : fields.stream()
            .map(field -> part(value(prefix + quote(field), type(columns, field))))
            .collect(Collectors.joining(" || "));
  }

  /**
   * A digest of the fields of a row. Names are part of it, their order is not.
   *
   * @param columnPrefix what stands before a field's name in the column's, such as {@code src_}
   */
  static String digest(List<String> fields, String columnPrefix, Map<String, Column> columns) {
    return fields.stream()
        .sorted(Comparator.naturalOrder())
        .map(
            field ->
                literal(field.length() + ":" + field + "=")
                    + " || "
                    + part(value(quote(columnPrefix + field), type(columns, columnPrefix + field))))
        .collect(Collectors.joining(" || ", "left(sha256(", "), 32)"));
  }

  /** The id of a break; the same for ever for the same control, side, key, group and ordinal. */
  static String breakId(String control, String side, String cluster, String ordinal) {
    return "left(sha256("
        + literal(control.length() + ":" + control)
        + " || "
        + part(side)
        + " || "
        + cluster
        + " || '#' || "
        + ordinal
        + "), 32)";
  }

  private static String type(Map<String, Column> columns, String name) {
    Column column = columns.get(name);
    if (column == null) {
      throw new IllegalArgumentException("column " + name + " is missing from the breaks");
    }
    return column.type();
  }
}
