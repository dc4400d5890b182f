/**
 * The embedded engine: the only room that opens a SQL connection. Every session is confined before
 * a caller can use it.
 */
@NullMarked
package io.etlapi.engine;

import org.jspecify.annotations.NullMarked;
