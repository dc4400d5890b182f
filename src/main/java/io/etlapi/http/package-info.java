/**
 * HTTP in, HTTP out: JAX-RS resources, the views they answer with and the one place that maps a
 * reason to a status code. No decisions about tasks.
 */
@NullMarked
package io.etlapi.http;

import org.jspecify.annotations.NullMarked;
