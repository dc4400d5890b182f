package io.etlapi.engine;

/** An SQL expression from a request is refused; the message is one sentence that says why. */
public class ExpressionException extends Exception {

  private static final long serialVersionUID = 1L;

  public ExpressionException(String message) {
    super(message);
  }
}
