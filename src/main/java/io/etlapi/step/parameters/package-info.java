/** What parameters a step takes, and what is said about those that were sent. */
@NullMarked
package io.etlapi.step.parameters;

import org.jspecify.annotations.NullMarked;
