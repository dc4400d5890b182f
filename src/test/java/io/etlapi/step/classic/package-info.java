/** Tests of the classic steps, on real files, the real engine and a real database. */
@NullMarked
package io.etlapi.step.classic;

import org.jspecify.annotations.NullMarked;
