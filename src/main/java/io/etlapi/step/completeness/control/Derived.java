package io.etlapi.step.completeness.control;

/**
 * A field computed from the fields before it.
 *
 * @param to a new field, or one that is replaced
 * @param sql SQL expression over the enriched fields and those derived before
 */
public record Derived(String to, String sql) {}
