package io.etlapi.store;

import java.io.IOException;

/**
 * An fsync failed: what lies on the disk is unknown, and asking again proves nothing, because the
 * kernel reports such a loss only once.
 */
public class FsyncException extends IOException {

  private static final long serialVersionUID = 1L;

  public FsyncException(String message, Throwable cause) {
    super(message, cause);
  }
}
