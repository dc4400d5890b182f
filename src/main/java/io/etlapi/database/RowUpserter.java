package io.etlapi.database;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Changes the row that has the key, or adds one: UPDATE, then INSERT of those that changed nothing.
 * Every database has these two; MERGE and its kin differ in each.
 */
final class RowUpserter implements TableWriter {

  private final Database database;
  private final DatabaseTable table;
  private final List<DatabaseColumn> columns;
  private final List<DatabaseColumn> keys;
  private final List<Integer> updateOrder = new ArrayList<>();
  private final @Nullable RowBatch updates;
  private final RowBatch inserts;
  private final List<RowBatch.Line> unknown = new ArrayList<>();
  private long rows;
  private long inserted;
  private long updated;

  RowUpserter(
      Database database,
      DatabaseTable table,
      List<DatabaseColumn> columns,
      List<DatabaseColumn> keys)
      throws DatabaseException {
    this.database = database;
    this.table = table;
    this.columns = columns;
    this.keys = keys;
    List<DatabaseColumn> changed =
        columns.stream().filter(column -> !keys.contains(column)).toList();
    changed.forEach(column -> updateOrder.add(columns.indexOf(column)));
    keys.forEach(column -> updateOrder.add(columns.indexOf(column)));
    // Where the key is all there is, nothing can change: a row is there or it is not.
    this.updates =
        changed.isEmpty()
            ? null
            : new RowBatch(
                database,
                table,
                changed.stream()
                    .map(column -> database.quoted(column.name()) + " = ?")
                    .collect(
                        Collectors.joining(
                            ", ",
                            "UPDATE " + database.quoted(table) + " SET ",
                            " WHERE " + keyCondition())),
                updateOrder.stream().map(columns::get).toList());
    this.inserts =
        new RowBatch(database, table, RowAppender.insert(database, table, columns), columns);
  }

  private String keyCondition() {
    return keys.stream()
        .map(column -> database.quoted(column.name()) + " = ?")
        .collect(Collectors.joining(" AND "));
  }

  @Override
  public void row(List<@Nullable String> values) throws DatabaseException {
    RowBatch.Line line = new RowBatch.Line(++rows, values);
    if (updates == null) {
      unknown.add(line);
    } else {
      List<@Nullable String> ordered = new ArrayList<>();
      updateOrder.forEach(index -> ordered.add(values.get(index)));
      if (updates.add(line, ordered)) {
        flush();
      }
    }
  }

  @Override
  public void flush() throws DatabaseException {
    if (updates != null) {
      for (RowBatch.Done done : updates.send()) {
        if (done.rows() > 1) {
          throw new DatabaseException(
              "The key of row %d (%s) occurs %d times in the table '%s', so it is not known which row is meant."
                  .formatted(done.line().number(), key(done.line()), done.rows(), table));
        }
        if (done.rows() == 1) {
          updated++;
        } else if (done.rows() == 0) {
          insert(done.line());
        } else {
          unknown.add(done.line());
        }
      }
    }
    for (RowBatch.Line line : unknown) {
      if (exists(line)) {
        updated += updates == null ? 0 : 1;
      } else {
        insert(line);
      }
    }
    unknown.clear();
    inserted += inserts.send().size();
  }

  private void insert(RowBatch.Line line) throws DatabaseException {
    if (inserts.add(line, line.values())) {
      inserted += inserts.send().size();
    }
  }

  /** Some drivers do not say how many rows a batch changed. */
  private boolean exists(RowBatch.Line line) throws DatabaseException {
    String sql = "SELECT 1 FROM " + database.quoted(table) + " WHERE " + keyCondition();
    try (PreparedStatement statement = database.prepare(sql)) {
      for (int i = 0; i < keys.size(); i++) {
        keys.get(i).bind(statement, i + 1, line.values().get(columns.indexOf(keys.get(i))));
      }
      try (ResultSet found = statement.executeQuery()) {
        return found.next();
      }
    } catch (SQLException e) {
      throw database.failed("The table '" + table + "' cannot be read", e);
    }
  }

  private String key(RowBatch.Line line) {
    return keys.stream()
        .map(key -> key.name() + " = '" + line.values().get(columns.indexOf(key)) + "'")
        .collect(Collectors.joining(", "));
  }

  @Override
  public long inserted() {
    return inserted;
  }

  @Override
  public long updated() {
    return updated;
  }

  @Override
  public void close() {
    if (updates != null) {
      updates.close();
    }
    inserts.close();
  }
}
