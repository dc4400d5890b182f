/** Tests of what the server measures about itself. */
@NullMarked
package io.etlapi.monitor;

import org.jspecify.annotations.NullMarked;
