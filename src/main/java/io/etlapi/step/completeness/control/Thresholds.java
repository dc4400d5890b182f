package io.etlapi.step.completeness.control;

import org.jspecify.annotations.Nullable;

/**
 * Bounds that are reported beside the verdict and never change it.
 *
 * @param maxOpenBreaks open breaks after rolling; null for no bound
 */
public record Thresholds(@Nullable Long maxOpenBreaks) {

  public static final Thresholds NONE = new Thresholds(null);
}
