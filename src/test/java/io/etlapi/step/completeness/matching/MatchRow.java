package io.etlapi.step.completeness.matching;

import io.etlapi.step.completeness.control.Side;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A row as the reference implementation sees it.
 *
 * @param values by field: String, Long, BigDecimal, Double, LocalDate or null
 */
record MatchRow(Side side, Map<String, @Nullable Object> values) {

  @Nullable Object get(String field) {
    return values.get(field);
  }

  List<@Nullable Object> get(List<String> fields) {
    return fields.stream().<@Nullable Object>map(values::get).toList();
  }

  MatchRow with(String field, @Nullable Object value) {
    Map<String, @Nullable Object> changed = new LinkedHashMap<>(values);
    changed.put(field, value);
    return new MatchRow(side, changed);
  }

  MatchRow on(Side other) {
    return new MatchRow(other, values);
  }

  /** Contents in a form that the engine's texts can be compared with. */
  String contents() {
    StringBuilder text = new StringBuilder();
    values.forEach((field, value) -> text.append(text(value)).append('|'));
    return text.toString();
  }

  static String text(@Nullable Object value) {
    return value instanceof BigDecimal number
        ? number.toPlainString()
        : value == null ? "~" : value.toString();
  }

  static Comparator<MatchRow> order(List<String> fields) {
    return (left, right) -> {
      for (String field : fields) {
        int order = compare(left.get(field), right.get(field));
        if (order != 0) {
          return order;
        }
      }
      return 0;
    };
  }

  /** Nulls first, numbers and dates by value, text by code point. */
  static int compare(@Nullable Object left, @Nullable Object right) {
    if (left == null || right == null) {
      return left == right ? 0 : left == null ? -1 : 1;
    }
    if (left instanceof String text) {
      int[] a = text.codePoints().toArray();
      int[] b = ((String) right).codePoints().toArray();
      return Arrays.compare(a, b);
    }
    if (left instanceof LocalDate date) {
      return date.compareTo((LocalDate) right);
    }
    return new BigDecimal(left.toString()).compareTo(new BigDecimal(right.toString()));
  }
}
