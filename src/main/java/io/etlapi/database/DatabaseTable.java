package io.etlapi.database;

import java.util.List;

/**
 * A table or view as the database spells it.
 *
 * @param path its name, after the schema (or catalogue) where it has one
 */
public record DatabaseTable(List<String> path) {

  public DatabaseTable {
    path = List.copyOf(path);
  }

  /** For messages. */
  @Override
  public String toString() {
    return String.join(".", path);
  }
}
