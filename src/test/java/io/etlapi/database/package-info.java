/** Tests of the way to other databases. */
@NullMarked
package io.etlapi.database;

import org.jspecify.annotations.NullMarked;
