package io.etlapi.step;

/** A path in a request that may not be read or written; the message quotes it as it was sent. */
public final class PathRefusedException extends StepException {

  private static final long serialVersionUID = 1L;

  public PathRefusedException(String message) {
    super(message);
  }
}
