package io.etlapi.engine;

/** The session was cancelled, by a stop or a timeout; says nothing about the statement itself. */
public final class SessionCancelledException extends EngineException {

  private static final long serialVersionUID = 1L;

  SessionCancelledException() {
    super("the query was cancelled");
  }
}
