package io.etlapi.database;

/** The databases that requests may name. Thread-safe. */
@FunctionalInterface
public interface DataSources {

  /**
   * Connects to a database and begins a transaction; the caller closes it.
   *
   * @param name the JNDI name under which the server knows it
   * @throws DatabaseException if requests may not name it, or it cannot be reached
   */
  Database open(String name) throws DatabaseException;
}
