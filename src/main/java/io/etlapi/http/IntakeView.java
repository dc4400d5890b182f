package io.etlapi.http;

/**
 * Whether new tasks are refused.
 *
 * @param paused true while they are
 */
public record IntakeView(boolean paused) implements View {}
