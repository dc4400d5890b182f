package io.etlapi.http;

/**
 * What {@code GET /output/{id}} says of a task that has no output (yet).
 *
 * @param output a sentence in place of the output
 * @param status the task's status word
 */
public record UnfinishedView(String output, String status) implements View {}
