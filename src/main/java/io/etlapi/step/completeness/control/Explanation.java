package io.etlapi.step.completeness.control;

import org.jspecify.annotations.Nullable;

/**
 * A known reason for some breaks; the first that applies is taken. An explained break stays open.
 *
 * @param when SQL expression over the columns of a break
 * @param as the reason
 * @param owner who looks after such breaks; null if nobody is named
 */
public record Explanation(String when, String as, @Nullable String owner) {}
