/**
 * What the server measures about itself: counts, durations, a history, its own log lines. Knows
 * nothing of what is measured; whoever does the work reports here.
 */
@NullMarked
package io.etlapi.monitor;

import org.jspecify.annotations.NullMarked;
