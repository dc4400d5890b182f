/** Steps that are SQL statements over the outputs of earlier steps. */
@NullMarked
package io.etlapi.step.sql;

import org.jspecify.annotations.NullMarked;
