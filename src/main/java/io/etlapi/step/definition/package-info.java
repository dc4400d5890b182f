/**
 * Reads the operator's own steps from a folder: documents that define process and SQL steps, and
 * jars. One that is faulty is reported with its fault, and the others load.
 */
@NullMarked
package io.etlapi.step.definition;

import org.jspecify.annotations.NullMarked;
