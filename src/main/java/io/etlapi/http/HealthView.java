package io.etlapi.http;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether the server can accept work.
 *
 * @param reasons why not; empty when healthy
 * @param systemStats null only where the figures themselves cannot be had
 */
public record HealthView(
    String status, Instant timestamp, List<String> reasons, @Nullable StatsView systemStats)
    implements View {}
