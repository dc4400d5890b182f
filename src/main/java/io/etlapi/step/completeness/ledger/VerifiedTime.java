package io.etlapi.step.completeness.ledger;

/**
 * Counts time that verifiably passed, which a wall clock that jumps does not change. Implemented by
 * what owns the storage.
 */
@FunctionalInterface
public interface VerifiedTime {

  /** Seconds that the storage has verifiably been alive; 0 while nobody knows. */
  long seconds();
}
