package io.etlapi.step.completeness.ledger;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rows and breaks of one run date of a small control with key ref, group ccy and an amount. */
final class Day {

  /** A row of one side; {@code amount} stands for all that is not key or group. */
  record Line(String side, @Nullable String ref, @Nullable String ccy, @Nullable String amount) {
    @Nullable BigDecimal value() {
      return amount == null ? null : new BigDecimal(amount);
    }
  }

  /** A break with the rows it holds. */
  record Break(String category, @Nullable Line src, @Nullable Line tgt) {
    String side() {
      return src == null ? "tgt" : tgt == null ? "src" : "both";
    }

    Line any() {
      Line held = src != null ? src : tgt;
      if (held == null) {
        throw new IllegalStateException("a break holds a row");
      }
      return held;
    }
  }

  final List<Break> breaks = new ArrayList<>();
  final List<Line> matched = new ArrayList<>();

  static Line src(@Nullable String ref, String amount) {
    return new Line("src", ref, "EUR", amount);
  }

  static Line tgt(@Nullable String ref, String amount) {
    return new Line("tgt", ref, "EUR", amount);
  }

  /** Both rows are there and matched. */
  Day matched(String ref, String amount) {
    matched.add(src(ref, amount));
    matched.add(tgt(ref, amount));
    return this;
  }

  Day missingInTgt(String ref, String amount) {
    breaks.add(new Break("MISSING_IN_TGT", src(ref, amount), null));
    return this;
  }

  Day missingInSrc(String ref, String amount) {
    breaks.add(new Break("MISSING_IN_SRC", null, tgt(ref, amount)));
    return this;
  }

  Day duplicateInSrc(String ref, String amount) {
    breaks.add(new Break("DUPLICATE_IN_SRC", src(ref, amount), null));
    return this;
  }

  Day value(String ref, String srcAmount, String tgtAmount) {
    breaks.add(new Break("VALUE", src(ref, srcAmount), tgt(ref, tgtAmount)));
    return this;
  }

  Day keyNull(String amount) {
    breaks.add(new Break("KEY_NULL", src(null, amount), null));
    return this;
  }

  /** All rows of the date. */
  List<Line> lines() {
    List<Line> lines = new ArrayList<>(matched);
    for (Break found : breaks) {
      if (found.src() != null) {
        lines.add(found.src());
      }
      if (found.tgt() != null) {
        lines.add(found.tgt());
      }
    }
    return lines;
  }
}
