package io.etlapi.faults;

/** A tool or a right that a section needs is not there: the section is skipped, loudly. */
public final class Unavailable extends Exception {
  private static final long serialVersionUID = 1L;

  public Unavailable(String what) {
    super(what);
  }
}
