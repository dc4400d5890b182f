/**
 * Tables as files: Parquet with a manifest that says what each column means and what the table was
 * made from, and the typed view that conditions and figures are computed on.
 */
@NullMarked
package io.etlapi.step.dataset;

import org.jspecify.annotations.NullMarked;
