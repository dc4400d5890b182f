package io.etlapi.execution;

/**
 * A part of a task's log.
 *
 * @param text whole lines
 * @param nextOffset where the next part begins
 */
public record LogPage(String text, long nextOffset) {}
