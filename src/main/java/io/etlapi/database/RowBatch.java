package io.etlapi.database;

import java.sql.BatchUpdateException;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One statement for many rows, sent in portions; knows which row a fault is about. */
final class RowBatch implements AutoCloseable {

  private static final int ROWS = 500;

  /** The values of a row and its number, from 1. */
  record Line(long number, List<@Nullable String> values) {}

  private final Database database;
  private final DatabaseTable table;
  private final List<DatabaseColumn> parameters;
  private final PreparedStatement statement;
  private final List<Line> waiting = new ArrayList<>();

  RowBatch(Database database, DatabaseTable table, String sql, List<DatabaseColumn> parameters)
      throws DatabaseException {
    this.database = database;
    this.table = table;
    this.parameters = parameters;
    try {
      this.statement = database.prepare(sql);
    } catch (SQLException e) {
      throw database.failed("The table '" + table + "' cannot be written", e);
    }
  }

  /** Adds a row; whether it is time to {@link #send}. */
  boolean add(Line line, List<@Nullable String> values) throws DatabaseException {
    try {
      bind(line, values);
      statement.addBatch();
    } catch (SQLException e) {
      throw refused(line.number(), e);
    }
    waiting.add(line);
    return waiting.size() >= ROWS;
  }

  private void bind(Line line, List<@Nullable String> values)
      throws SQLException, DatabaseException {
    try {
      for (int i = 0; i < parameters.size(); i++) {
        parameters.get(i).bind(statement, i + 1, values.get(i));
      }
    } catch (DatabaseException e) {
      throw new DatabaseException("Row " + line.number() + ": " + e.getMessage(), e);
    }
  }

  /** What one sent row did: how many rows of the table, or less than 0 if the driver is silent. */
  record Done(Line line, int rows) {}

  /** Sends what waits. */
  List<Done> send() throws DatabaseException {
    if (waiting.isEmpty()) {
      return List.of();
    }
    try {
      int[] counts = statement.executeBatch();
      List<Done> done = new ArrayList<>();
      for (int i = 0; i < counts.length; i++) {
        done.add(new Done(waiting.get(i), counts[i]));
      }
      waiting.clear();
      return done;
    } catch (BatchUpdateException e) {
      SQLException next = e.getNextException();
      throw refused(waiting.get(faulty(e.getUpdateCounts())).number(), next == null ? e : next);
    } catch (SQLException e) {
      throw refused(waiting.get(0).number(), e);
    }
  }

  /** A driver stops at the first fault, or goes on and marks it. */
  private int faulty(int[] counts) {
    for (int i = 0; i < counts.length; i++) {
      if (counts[i] == Statement.EXECUTE_FAILED) {
        return i;
      }
    }
    return Math.min(counts.length, waiting.size() - 1);
  }

  private DatabaseException refused(long row, SQLException e) {
    return database.failed("The table '" + table + "' refused row " + row, e);
  }

  @Override
  public void close() {
    try {
      statement.close();
    } catch (SQLException e) {
      System.getLogger(RowBatch.class.getName())
          .log(System.Logger.Level.DEBUG, "a statement did not close", e);
    }
  }
}
