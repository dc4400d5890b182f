package io.etlapi.store;

/** What a step left in its folder cannot be published; the message names the file. */
public class UnpublishableOutputException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public UnpublishableOutputException(String message) {
    super(message);
  }
}
