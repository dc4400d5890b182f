/** One suite for every server that is supported: what holds on one holds on all. */
@NullMarked
package io.etlapi.it.servers;

import org.jspecify.annotations.NullMarked;
