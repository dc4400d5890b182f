package io.etlapi.execution;

/** What came of a request to stop a task. */
public enum StopOutcome {
  /** The task is cancelled. */
  CANCELLED,
  /** The task had already ended. */
  NOT_RUNNING,
  /** The stop is recorded and under way: only cancelled may follow. */
  STOPPING
}
