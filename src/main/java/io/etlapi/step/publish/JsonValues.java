package io.etlapi.step.publish;

import java.math.BigDecimal;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/**
 * Turns the engine's values into JSON values that lose nothing in a client that reads numbers as
 * doubles: what a double cannot hold digit for digit, and what JSON cannot spell, becomes text.
 */
public final class JsonValues {

  private static final long MAX_SAFE_INTEGER = (1L << 53) - 1;

  private JsonValues() {}

  /** A number, text, boolean or null. */
  public static @Nullable Object of(@Nullable Object value) {
    if (value == null || value instanceof String || value instanceof Boolean) {
      return value;
    }
    if (value instanceof Long
        || value instanceof Integer
        || value instanceof Short
        || value instanceof Byte) {
      long whole = ((Number) value).longValue();
      return Math.abs(whole) <= MAX_SAFE_INTEGER && whole != Long.MIN_VALUE
          ? (Object) whole
          : Long.toString(whole);
    }
    if (value instanceof BigInteger whole) {
      return of(new BigDecimal(whole));
    }
    if (value instanceof BigDecimal exact) {
      double nearest = exact.doubleValue();
      return Double.isFinite(nearest) && BigDecimal.valueOf(nearest).compareTo(exact) == 0
          ? (Object) exact
          : exact.toPlainString();
    }
    if (value instanceof Number number) {
      double binary = number.doubleValue();
      return Double.isFinite(binary) ? (Object) binary : Double.toString(binary);
    }
    return value.toString();
  }
}
