package io.etlapi.store;

import java.util.Optional;

/**
 * Whether the store can make changes durable.
 *
 * @param fault what is wrong, a sentence for operators; empty when healthy
 * @param needsRestart whether only a restart helps (a failed fsync leaves the state of files
 *     unknown)
 */
public record StoreHealth(Optional<String> fault, boolean needsRestart) {

  public static final StoreHealth HEALTHY = new StoreHealth(Optional.empty(), false);

  public boolean isHealthy() {
    return fault.isEmpty();
  }
}
