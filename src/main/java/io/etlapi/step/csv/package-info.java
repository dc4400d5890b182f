/** CSV as text: encodings, records with their physical lines, and why a record is malformed. */
@NullMarked
package io.etlapi.step.csv;

import org.jspecify.annotations.NullMarked;
