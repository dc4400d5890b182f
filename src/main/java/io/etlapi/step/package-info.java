/**
 * What a step is: its description, its context, its result, and the catalogue that finds it by
 * name. Steps never submit tasks and never touch task records.
 */
@NullMarked
package io.etlapi.step;

import org.jspecify.annotations.NullMarked;
