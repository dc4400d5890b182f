/**
 * How steps publish: tables with their manifests, exact column profiles, and the result that
 * clients read.
 */
@NullMarked
package io.etlapi.step.publish;

import org.jspecify.annotations.NullMarked;
