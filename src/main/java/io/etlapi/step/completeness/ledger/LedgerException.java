package io.etlapi.step.completeness.ledger;

import io.etlapi.task.TaskException;

/** The ledger refuses a request or cannot make a change durable; the message is for the caller. */
public class LedgerException extends TaskException {

  private static final long serialVersionUID = 1L;

  public LedgerException(Reason reason, String message) {
    super(reason, message);
  }

  public LedgerException(Reason reason, String message, Throwable cause) {
    super(reason, message, cause);
  }
}
