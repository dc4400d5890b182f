/** Which files requests may name: the one gate between a path that was sent and the disk. */
@NullMarked
package io.etlapi.step.access;

import org.jspecify.annotations.NullMarked;
