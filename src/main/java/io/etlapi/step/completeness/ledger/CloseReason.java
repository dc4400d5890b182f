package io.etlapi.step.completeness.ledger;

/** Why a break is no longer open. */
public enum CloseReason {
  /** Its rows are no longer there (snapshot feeds only). */
  DISAPPEARED,
  /** Both its rows are there and agree now. */
  CORRECTED,
  /** Its row found its counterpart. */
  MATCHED,
  /** A person decided that the difference is borne. */
  WRITTEN_OFF,
  /** A person closed it. */
  MANUAL;

  /** Whether a person decided it, so that the rows may well still stand in the data. */
  public boolean isDecision() {
    return this == WRITTEN_OFF || this == MANUAL;
  }
}
