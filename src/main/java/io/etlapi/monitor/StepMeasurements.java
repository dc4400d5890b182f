package io.etlapi.monitor;

import java.util.concurrent.atomic.LongAdder;

/** What came of the attempts of one step, or of the runs of one pipeline, since the start. */
public final class StepMeasurements {

  private final String name;
  private final DurationHistogram durations = new DurationHistogram();
  private final LongAdder completed = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final LongAdder cancelled = new LongAdder();
  private final LongAdder retried = new LongAdder();

  StepMeasurements(String name) {
    this.name = name;
  }

  /** The step's name. */
  public String name() {
    return name;
  }

  /** How long attempts took, whatever came of them. */
  public DurationHistogram durations() {
    return durations;
  }

  /** Tasks that ended with a result. */
  public LongAdder completed() {
    return completed;
  }

  /** Tasks that ended without one. */
  public LongAdder failed() {
    return failed;
  }

  /** Tasks that were stopped. */
  public LongAdder cancelled() {
    return cancelled;
  }

  /** Attempts that failed and were followed by another. */
  public LongAdder retried() {
    return retried;
  }

  /** Tasks that have ended in any way. */
  public long runs() {
    return completed.sum() + failed.sum() + cancelled.sum();
  }
}
