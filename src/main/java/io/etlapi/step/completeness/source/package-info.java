/**
 * How the files of a control become records: found by pattern and run date, split into records with
 * their physical lines, malformed ones set aside.
 */
@NullMarked
package io.etlapi.step.completeness.source;

import org.jspecify.annotations.NullMarked;
