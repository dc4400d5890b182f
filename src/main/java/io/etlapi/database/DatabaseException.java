package io.etlapi.database;

/** A database cannot do what was asked; the message is for the caller and names what to change. */
public final class DatabaseException extends Exception {

  private static final long serialVersionUID = 1L;

  public DatabaseException(String message) {
    super(message);
  }

  public DatabaseException(String message, Throwable cause) {
    super(message, cause);
  }
}
