package io.etlapi.bench;

import java.util.Locale;

/** What a figure should be; missing it is reported, never an error. */
record Aim(Kind kind, double bound) {

  enum Kind {
    RATIO_AT_LEAST,
    RATIO_AT_MOST,
    AT_LEAST,
    AT_MOST,
    /** So much more than the limit, in the unit of both. */
    ABOVE_AT_MOST
  }

  static Aim ratioAtLeast(double bound) {
    return new Aim(Kind.RATIO_AT_LEAST, bound);
  }

  static Aim ratioAtMost(double bound) {
    return new Aim(Kind.RATIO_AT_MOST, bound);
  }

  static Aim atLeast(double bound) {
    return new Aim(Kind.AT_LEAST, bound);
  }

  static Aim atMost(double bound) {
    return new Aim(Kind.AT_MOST, bound);
  }

  static Aim aboveAtMost(double bound) {
    return new Aim(Kind.ABOVE_AT_MOST, bound);
  }

  /**
   * Whether it is reached.
   *
   * @param limit not a number where the figure has none
   */
  boolean isMet(double value, double limit) {
    return switch (kind) {
      case RATIO_AT_LEAST -> value / limit >= bound;
      case RATIO_AT_MOST -> value / limit <= bound;
      case AT_LEAST -> value >= bound;
      case AT_MOST -> value <= bound;
      case ABOVE_AT_MOST -> value - limit <= bound;
    };
  }

  /** For a table. */
  String text(String unit) {
    return switch (kind) {
      case RATIO_AT_LEAST -> String.format(Locale.ROOT, "ratio ≥ %.2f", bound);
      case RATIO_AT_MOST -> String.format(Locale.ROOT, "ratio ≤ %.2f", bound);
      case AT_LEAST -> String.format(Locale.ROOT, "≥ %.0f %s", bound, unit);
      case AT_MOST -> String.format(Locale.ROOT, "≤ %.0f %s", bound, unit);
      case ABOVE_AT_MOST -> String.format(Locale.ROOT, "≤ %.0f %s more", bound, unit);
    };
  }
}
