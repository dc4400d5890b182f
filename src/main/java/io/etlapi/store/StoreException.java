package io.etlapi.store;

import io.etlapi.task.TaskException;

/** Storage could not make a change durable; nothing was acknowledged. */
public class StoreException extends TaskException {

  private static final long serialVersionUID = 1L;

  public StoreException(String message, Throwable cause) {
    super(Reason.STORAGE_UNAVAILABLE, message, cause);
  }

  public StoreException(String message) {
    super(Reason.STORAGE_UNAVAILABLE, message);
  }
}
