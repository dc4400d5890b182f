package io.etlapi.step.completeness.control;

import java.math.BigDecimal;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Control totals that the sending system announced; they cover every row read, before {@code
 * scope}.
 *
 * @param rows accepted and rejected rows together; null if not announced
 * @param sums by column of the file
 */
public record Expected(@Nullable Long rows, Map<String, BigDecimal> sums) {

  public static final Expected NOTHING = new Expected(null, Map.of());

  public Expected {
    sums = Collections.unmodifiableMap(new LinkedHashMap<>(sums));
  }
}
