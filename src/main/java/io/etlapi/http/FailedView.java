package io.etlapi.http;

/**
 * What {@code GET /output/{id}} says of a failed task.
 *
 * @param output a sentence in place of the output
 */
public record FailedView(String output, String status, String error) implements View {}
