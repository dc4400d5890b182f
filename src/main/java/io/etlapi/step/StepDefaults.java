package io.etlapi.step;

import java.time.Duration;
import java.util.Optional;

/**
 * What holds for a task where its request says nothing.
 *
 * @param timeout limit of one attempt; empty for none
 * @param retries extra attempts, 0 or more
 * @param priority 0..9; empty for the server's own default
 */
public record StepDefaults(Optional<Duration> timeout, int retries, Optional<Integer> priority) {

  /** No limit, one attempt, the server's priority. */
  public static final StepDefaults NONE = new StepDefaults(Optional.empty(), 0, Optional.empty());
}
