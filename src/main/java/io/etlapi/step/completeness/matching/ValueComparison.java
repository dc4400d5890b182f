package io.etlapi.step.completeness.matching;

import io.etlapi.step.completeness.control.Comparison;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Two values under a comparison, for people.
 *
 * @param difference SRC - TGT: a number, or days; null where there is none
 * @param allowed the largest difference that agrees; null where there is none
 * @param sentence what is wrong, after the name of the field; empty if nothing is
 */
record ValueComparison(
    boolean holds, @Nullable String difference, @Nullable String allowed, String sentence) {

  private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);

  static ValueComparison of(
      Comparison compare, MatchField field, @Nullable String src, @Nullable String tgt) {
    if (src == null || tgt == null) {
      return src == null && tgt == null
          ? holding(null, null)
          : new ValueComparison(
              false, null, null, "is null on " + (src == null ? "src" : "tgt") + " only");
    }
    try {
      return switch (compare.kind()) {
        case TEXT -> same(folded(src).equals(folded(tgt)));
        case DAYS -> days(compare.tolerance(), src, tgt);
        case EXACT ->
            switch (field.type().kind()) {
              case INTEGER, DECIMAL, DOUBLE ->
                  numbers(BigDecimal.ZERO, new BigDecimal(src), new BigDecimal(tgt));
              case DATE -> days(BigDecimal.ZERO, src, tgt);
              case TEXT, BOOLEAN, TIMESTAMP -> same(src.equals(tgt));
            };
        case ABSOLUTE -> numbers(compare.tolerance(), new BigDecimal(src), new BigDecimal(tgt));
        case PERCENT -> percent(compare, new BigDecimal(src), new BigDecimal(tgt));
      };
    } catch (NumberFormatException | DateTimeParseException e) {
      return same(src.equals(tgt)); // infinities and NaN
    }
  }

  private static String folded(String text) {
    int from = 0;
    int to = text.length();
    while (from < to && text.charAt(from) == ' ') {
      from++;
    }
    while (to > from && text.charAt(to - 1) == ' ') {
      to--;
    }
    return text.substring(from, to).toLowerCase(Locale.ROOT);
  }

  private static ValueComparison same(boolean equal) {
    return equal ? holding(null, null) : new ValueComparison(false, null, null, "is not the same");
  }

  private static ValueComparison days(BigDecimal tolerance, String src, String tgt) {
    long days =
        ChronoUnit.DAYS.between(
            LocalDate.parse(tgt.substring(0, 10)), LocalDate.parse(src.substring(0, 10)));
    String allowed = tolerance.toPlainString();
    return BigDecimal.valueOf(Math.abs(days)).compareTo(tolerance) <= 0
        ? holding(Long.toString(days), allowed)
        : new ValueComparison(
            false,
            Long.toString(days),
            allowed,
            "is "
                + Math.abs(days)
                + (Math.abs(days) == 1 ? " day" : " days")
                + " apart, allowed "
                + allowed);
  }

  private static ValueComparison percent(Comparison compare, BigDecimal src, BigDecimal tgt) {
    BigDecimal base =
        switch (compare.base()) {
          case SRC -> src.abs();
          case TGT -> tgt.abs();
          case MAX -> src.abs().max(tgt.abs());
          case MIN -> src.abs().min(tgt.abs());
        };
    return numbers(compare.tolerance().multiply(base).divide(HUNDRED), src, tgt);
  }

  private static ValueComparison numbers(BigDecimal allowed, BigDecimal src, BigDecimal tgt) {
    BigDecimal difference = src.subtract(tgt);
    String shown = difference.toPlainString();
    String bound = allowed.stripTrailingZeros().toPlainString();
    return difference.abs().compareTo(allowed) <= 0
        ? holding(shown, bound)
        : new ValueComparison(
            false,
            shown,
            bound,
            "differs by " + difference.abs().toPlainString() + ", allowed " + bound);
  }

  private static ValueComparison holding(@Nullable String difference, @Nullable String allowed) {
    return new ValueComparison(true, difference, allowed, "");
  }
}
