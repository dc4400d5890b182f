/** Starts, kills and asks real servers. */
@NullMarked
package io.etlapi.it.server;

import org.jspecify.annotations.NullMarked;
