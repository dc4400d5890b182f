/**
 * The classic steps: extract, transform, load, validate and enrich. They add sources, targets and
 * rules to the parts that the workflow steps are made of; {@code aggregate} is the workflow one.
 */
@NullMarked
package io.etlapi.step.classic;

import org.jspecify.annotations.NullMarked;
