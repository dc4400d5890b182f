/**
 * Strict casting and harmonising as SQL expressions: what a text may look like to be a value of a
 * type, and what the operations of a harmonise rule do.
 */
@NullMarked
package io.etlapi.step.completeness.typing;

import org.jspecify.annotations.NullMarked;
