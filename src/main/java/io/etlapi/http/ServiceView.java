package io.etlapi.http;

/** The answer of {@code GET /} to clients that are not browsers. */
public record ServiceView(String message, String version, String architecture) implements View {}
