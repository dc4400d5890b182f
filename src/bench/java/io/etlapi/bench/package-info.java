/**
 * Benchmarks: what the server costs, each figure beside the limit that the disk, the application
 * server or the engine sets, measured in the same run. Nothing here is asserted to be fast; only
 * wrong answers fail.
 */
@NullMarked
package io.etlapi.bench;

import org.jspecify.annotations.NullMarked;
