package io.etlapi.http;

/**
 * What anyone may know of the server's health.
 *
 * @param status {@code UP} or {@code DOWN}
 */
public record ProbeView(String status) implements View {}
