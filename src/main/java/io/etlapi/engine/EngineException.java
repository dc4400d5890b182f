package io.etlapi.engine;

import java.sql.SQLException;

/** The engine refused or could not finish a statement; the message is the engine's own sentence. */
public class EngineException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public EngineException(String message) {
    super(message);
  }

  EngineException(SQLException cause) {
    super(sentence(cause), cause);
  }

  /** The engine's message without its hints on the statement, which callers did not write. */
  private static String sentence(SQLException cause) {
    String message = String.valueOf(cause.getMessage());
    int statement = message.indexOf("\n\nLINE ");
    if (statement < 0) {
      statement = message.indexOf("\nLINE ");
    }
    return (statement < 0 ? message : message.substring(0, statement)).strip();
  }
}
