/**
 * The words of this project: what a task is, what may follow what, and why a request is refused.
 * JDK only; every other room may use it, it uses none.
 */
@NullMarked
package io.etlapi.task;

import org.jspecify.annotations.NullMarked;
