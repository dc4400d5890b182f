package io.etlapi.execution;

/** Why a running attempt is told to end. */
enum CancelCause {
  /** A client asked; the request is recorded before the attempt is told. */
  STOP,
  /** The attempt took longer than its limit. */
  TIMEOUT,
  /** The server stops. */
  SHUTDOWN
}
