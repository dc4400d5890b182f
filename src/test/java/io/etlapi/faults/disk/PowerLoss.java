package io.etlapi.faults.disk;

/** The power is gone: nothing that this disk is asked for happens any more. */
public final class PowerLoss extends Error {
  private static final long serialVersionUID = 1L;

  PowerLoss() {
    super("power loss", null, false, false);
  }
}
