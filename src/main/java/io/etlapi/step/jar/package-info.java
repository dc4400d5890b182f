/** Steps from jars: a class loader for each, and nothing a jar holds can harm the start. */
@NullMarked
package io.etlapi.step.jar;

import org.jspecify.annotations.NullMarked;
