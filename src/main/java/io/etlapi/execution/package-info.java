/**
 * Runs tasks: admission, queue, attempts, stopping, recovery after a restart, clean-up. The only
 * room with EJBs and managed executors.
 */
@NullMarked
package io.etlapi.execution;

import org.jspecify.annotations.NullMarked;
