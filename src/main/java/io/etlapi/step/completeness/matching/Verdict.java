package io.etlapi.step.completeness.matching;

/** What a control found; apart from whether its task ran. From best to worst. */
public enum Verdict {
  /** Every record arrived once and with the right values. */
  CLEAN,
  /** Some did not, and all of them are accounted for. */
  BREAKS,
  /** An account does not close or an expected total is not met: the result proves nothing. */
  CONTROL_FAILED
}
