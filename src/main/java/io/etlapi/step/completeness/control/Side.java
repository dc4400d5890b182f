package io.etlapi.step.completeness.control;

import java.util.Locale;

/** The two systems that a control compares. */
public enum Side {
  /** The system the records come from. */
  SRC,
  /** The system they must arrive in. */
  TGT;

  /** The name in documents, step names and columns: {@code src} or {@code tgt}. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  public Side other() {
    return this == SRC ? TGT : SRC;
  }
}
