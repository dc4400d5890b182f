package io.etlapi.step.completeness.ledger;

import java.util.Locale;

/**
 * The sides whose rows a break holds, in the order in which ties between open breaks are broken.
 */
enum BreakSide {
  BOTH,
  SRC,
  TGT;

  static BreakSide of(boolean src, boolean tgt) {
    if (src && tgt) {
      return BOTH;
    }
    if (!src && !tgt) {
      throw new IllegalArgumentException("a break holds a row of at least one side");
    }
    return src ? SRC : TGT;
  }

  static BreakSide ofKey(String key) {
    return valueOf(key.toUpperCase(Locale.ROOT));
  }

  /** As columns and hashes spell it: {@code both}, {@code src} or {@code tgt}. */
  String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
