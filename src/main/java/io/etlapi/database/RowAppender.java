package io.etlapi.database;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Adds rows. */
final class RowAppender implements TableWriter {

  private final RowBatch inserts;
  private long rows;
  private long inserted;

  RowAppender(Database database, DatabaseTable table, List<DatabaseColumn> columns)
      throws DatabaseException {
    inserts = new RowBatch(database, table, insert(database, table, columns), columns);
  }

  static String insert(Database database, DatabaseTable table, List<DatabaseColumn> columns) {
    return "INSERT INTO %s (%s) VALUES (%s)"
        .formatted(
            database.quoted(table),
            columns.stream()
                .map(column -> database.quoted(column.name()))
                .collect(Collectors.joining(", ")),
            columns.stream().map(column -> "?").collect(Collectors.joining(", ")));
  }

  @Override
  public void row(List<@Nullable String> values) throws DatabaseException {
    if (inserts.add(new RowBatch.Line(++rows, values), values)) {
      flush();
    }
  }

  @Override
  public void flush() throws DatabaseException {
    inserted += inserts.send().size();
  }

  @Override
  public long inserted() {
    return inserted;
  }

  @Override
  public long updated() {
    return 0;
  }

  @Override
  public void close() {
    inserts.close();
  }
}
