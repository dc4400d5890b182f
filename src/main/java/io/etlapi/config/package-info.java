/** Typed, validated settings and the clock. The only room that reads MicroProfile Config. */
@NullMarked
package io.etlapi.config;

import org.jspecify.annotations.NullMarked;
