/**
 * JSON text in and out: bounded when it comes from strangers, lossless for numbers. Values are
 * plain JDK objects ({@code Map}, {@code List}, {@code String}, {@code Long}, {@code BigDecimal},
 * {@code Boolean}, {@code null}), so that no other room depends on a JSON library.
 */
@NullMarked
package io.etlapi.json;

import org.jspecify.annotations.NullMarked;
