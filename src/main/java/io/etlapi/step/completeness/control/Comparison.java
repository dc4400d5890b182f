package io.etlapi.step.completeness.control;

import java.math.BigDecimal;
import java.util.Locale;

/**
 * When two values of a field agree. Bounds are inclusive; two nulls agree, a null and a value do
 * not.
 *
 * @param tolerance 0 or more; 0 for kinds without one
 * @param base what a percentage is taken of; {@link Base#SRC} for other kinds
 */
public record Comparison(String field, Kind kind, BigDecimal tolerance, Base base) {

  /** How the two values are compared. */
  public enum Kind {
    EXACT,
    /** {@code |SRC-TGT| <= tolerance}. */
    ABSOLUTE,
    /** {@code |SRC-TGT| <= tolerance/100 * |base|}. */
    PERCENT,
    /** Calendar days apart, at most the tolerance. */
    DAYS,
    /** Equal but for case and outer spaces. */
    TEXT;

    public String key() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** What a percentage is taken of; the last two by magnitude. */
  public enum Base {
    SRC,
    TGT,
    MAX,
    MIN;

    public String key() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
