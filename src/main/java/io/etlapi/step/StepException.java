package io.etlapi.step;

/**
 * The work cannot be done. The message goes to the caller as the task's error: it names the file
 * (as it was sent), column, row and value at fault and says what to do; never a server path.
 */
public class StepException extends Exception {

  private static final long serialVersionUID = 1L;

  public StepException(String message) {
    super(message);
  }

  public StepException(String message, Throwable cause) {
    super(message, cause);
  }
}
