package io.etlapi.step.spreadsheet;

import io.etlapi.step.StepException;

/** A table is larger than a sheet can be. */
public final class SheetLimitException extends StepException {

  private static final long serialVersionUID = 1L;

  SheetLimitException(String message) {
    super(message);
  }
}
