/**
 * The fault suite: injures the store and the server in every way we know, keeps account of what was
 * promised, and counts what was lost. See server-config/RELIABILITY.md.
 */
@NullMarked
package io.etlapi.faults;

import org.jspecify.annotations.NullMarked;
