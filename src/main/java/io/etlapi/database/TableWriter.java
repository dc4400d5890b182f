package io.etlapi.database;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes rows of texts to a table, within the transaction of its {@link Database}. */
public interface TableWriter extends AutoCloseable {

  /** Writes a row; a fault may be reported with a later one. */
  void row(List<@Nullable String> values) throws DatabaseException;

  /** Writes what is still held back. */
  void flush() throws DatabaseException;

  /** Rows added, complete after {@link #flush}. */
  long inserted();

  /** Rows changed, complete after {@link #flush}. */
  long updated();

  @Override
  void close();
}
