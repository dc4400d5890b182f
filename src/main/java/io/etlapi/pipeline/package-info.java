/**
 * Pipelines as data: a graph of named steps and which of them may run next. Pure decisions: nothing
 * here submits or stores.
 */
@NullMarked
package io.etlapi.pipeline;

import org.jspecify.annotations.NullMarked;
