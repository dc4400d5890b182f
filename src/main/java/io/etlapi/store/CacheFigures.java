package io.etlapi.store;

/**
 * The cache of finished records.
 *
 * @param entries records that it holds
 * @param hits records that were answered from it since the start
 * @param misses records that were read from their files since the start
 */
public record CacheFigures(long entries, long hits, long misses) {}
