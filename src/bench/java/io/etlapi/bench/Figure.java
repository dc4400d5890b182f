package io.etlapi.bench;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One measured value.
 *
 * @param limit name of what it is held against, measured in the same run; null if nothing is
 * @param limitValue in the same unit; not a number without a limit
 * @param aim null if none is set
 * @param detail whether it explains another figure, and stays out of the table
 */
record Figure(
    String section,
    String name,
    double value,
    String unit,
    @Nullable String limit,
    double limitValue,
    @Nullable Aim aim,
    boolean detail) {

  static Figure of(String section, String name, double value, String unit) {
    return new Figure(section, name, value, unit, null, Double.NaN, null, false);
  }

  Figure beside(String limitName, double measured) {
    return new Figure(section, name, value, unit, limitName, measured, aim, detail);
  }

  Figure aim(Aim wanted) {
    return new Figure(section, name, value, unit, limit, limitValue, wanted, detail);
  }

  Figure asDetail() {
    return new Figure(section, name, value, unit, limit, limitValue, aim, true);
  }

  private double ratio() {
    return value / limitValue;
  }

  /** As it is printed when it is measured. */
  String line() {
    String beside =
        limit == null
            ? ""
            : String.format(
                Locale.ROOT, " | %s %s | ratio %.2f", limit, number(limitValue), ratio());
    return String.format(
        Locale.ROOT, "%-8s | %-58s | %8s %-4s%s", section, name, number(value), unit, beside);
  }

  /** A row of the Markdown table, whose head is {@link Results#HEAD}. */
  String row() {
    Aim wanted = aim;
    return String.join(
        " | ",
        "| " + name,
        number(value) + " " + unit,
        limit == null ? "" : number(limitValue) + " " + unit + ", " + limit,
        limit == null ? "" : String.format(Locale.ROOT, "%.2f", ratio()),
        wanted == null ? "" : wanted.text(unit),
        wanted == null ? " |" : (wanted.isMet(value, limitValue) ? "yes" : "**no**") + " |");
  }

  Map<String, @Nullable Object> document() {
    Map<String, @Nullable Object> line = new LinkedHashMap<>();
    line.put("section", section);
    line.put("figure", name);
    line.put("value", value);
    line.put("unit", unit);
    if (limit != null) {
      line.put("limit", limit);
      line.put("limit_value", limitValue);
      line.put("ratio", ratio());
    }
    Aim wanted = aim;
    if (wanted != null) {
      line.put("aim", wanted.text(unit));
      line.put("met", wanted.isMet(value, limitValue));
    }
    line.put("load_1min", Machine.load());
    return line;
  }

  private static String number(double value) {
    String format =
        Math.abs(value) >= 1000
            ? "%,.0f"
            : Math.abs(value) >= 100 ? "%.0f" : Math.abs(value) >= 10 ? "%.1f" : "%.2f";
    return String.format(Locale.ROOT, format, value);
  }
}
