package io.etlapi.step.completeness.control;

import org.jspecify.annotations.Nullable;

/**
 * A column of a file and the type its texts are cast to.
 *
 * @param name as in the file
 * @param format of a date or timestamp (java.time pattern), or the two words of a boolean such as
 *     {@code Y/N}; null for ISO-8601 and for {@code true/false}
 * @param thousandsSeparator one character between groups of three digits; null if there is none
 * @param decimalSeparator one character before the decimals
 */
public record ColumnSpec(
    String name,
    ColumnType type,
    @Nullable String format,
    @Nullable String thousandsSeparator,
    String decimalSeparator) {

  /** A column written the plain way. */
  public static ColumnSpec of(String name, ColumnType type) {
    return new ColumnSpec(name, type, null, null, ".");
  }
}
