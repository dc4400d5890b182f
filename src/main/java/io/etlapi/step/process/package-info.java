/**
 * Steps that run a program of this machine: started without a shell, watched, limited, and ended
 * with all that it started. Linux alone is supported.
 */
@NullMarked
package io.etlapi.step.process;

import org.jspecify.annotations.NullMarked;
