/** Disks that lose power, fail, or are wrong on purpose. */
@NullMarked
package io.etlapi.faults.disk;

import org.jspecify.annotations.NullMarked;
