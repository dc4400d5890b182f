/** The workflow steps: read, filter, join, aggregate, convert and output. */
@NullMarked
package io.etlapi.step.workflow;

import org.jspecify.annotations.NullMarked;
