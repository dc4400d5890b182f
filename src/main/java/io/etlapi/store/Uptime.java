package io.etlapi.store;

import java.io.IOException;

/** How long a machine has been running since it was started: the one clock that nobody can set. */
@FunctionalInterface
public interface Uptime {

  /**
   * One reading.
   *
   * @param bootId tells one start of the machine from another
   * @param millis since that start
   */
  record Reading(String bootId, long millis) {}

  /** Reads it. */
  Reading read() throws IOException;
}
