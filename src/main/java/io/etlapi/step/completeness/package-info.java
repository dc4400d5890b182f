/**
 * The completeness control from the configuration document to transformed rows of each side:
 * reading, casting, harmonising, enriching, deriving. What the words of a control mean lies in
 * {@code control}; matching and rolling have rooms of their own and may use this one.
 */
@NullMarked
package io.etlapi.step.completeness;

import org.jspecify.annotations.NullMarked;
