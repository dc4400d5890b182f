package io.etlapi.engine;

/**
 * A column of a table or query.
 *
 * @param type the engine's type name, such as {@code VARCHAR} or {@code DECIMAL(18,2)}
 */
public record Column(String name, String type) {}
