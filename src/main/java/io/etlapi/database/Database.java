package io.etlapi.database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One connection to another database and one transaction in it: what was not committed when it is
 * closed never happened. Used by one thread.
 */
public final class Database implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(Database.class.getName());

  /** Rows that a driver may hold at a time. */
  private static final int FETCH_ROWS = 1_000;

  private final Connection connection;
  private final String name;
  private final String quote;

  /** Takes rows as texts; may end the reading. */
  @FunctionalInterface
  public interface RowReader {
    /** Called for each row, with the same array every time. */
    void row(@Nullable String[] values) throws InterruptedException;
  }

  /**
   * Rows above a value of one column, in its order.
   *
   * @param above as text; null for all rows, in the order of the column
   */
  public record Since(DatabaseColumn column, @Nullable String above) {}

  /**
   * Begins a transaction; closes the connection in the end.
   *
   * @param name as requests name it
   */
  public Database(Connection connection, String name) throws SQLException {
    this.connection = connection;
    this.name = name;
    // Without a transaction some drivers read a whole result into memory.
    connection.setAutoCommit(false);
    String spelled = connection.getMetaData().getIdentifierQuoteString();
    this.quote = spelled == null || spelled.isBlank() ? "" : spelled;
  }

  /**
   * A table or view by its name, exactly or else ignoring case; without a schema the connection's
   * own is searched first.
   *
   * @param text {@code table} or {@code schema.table}
   * @throws DatabaseException if there is none, or more than one
   */
  public DatabaseTable table(String text) throws DatabaseException {
    try {
      List<DatabaseTable> found = TableSearch.find(connection, text);
      if (found.isEmpty()) {
        throw new DatabaseException(
            "The datasource '" + name + "' has no table or view '" + text + "'.");
      }
      if (found.size() > 1) {
        throw new DatabaseException(
            "'%s' could be one of %s in the datasource '%s'; name the schema and spell the name exactly."
                .formatted(
                    text,
                    found.stream()
                        .limit(5)
                        .map(DatabaseTable::toString)
                        .collect(Collectors.joining(", ")),
                    name));
      }
      return found.get(0);
    } catch (SQLException e) {
      throw failed("The tables of the datasource '" + name + "' cannot be listed", e);
    }
  }

  /** The columns of a table, in its order. */
  public List<DatabaseColumn> columns(DatabaseTable table) throws DatabaseException {
    try (PreparedStatement none =
            connection.prepareStatement("SELECT * FROM " + quoted(table) + " WHERE 1 = 0");
        ResultSet result = none.executeQuery()) {
      ResultSetMetaData described = result.getMetaData();
      List<DatabaseColumn> columns = new ArrayList<>();
      for (int i = 1; i <= described.getColumnCount(); i++) {
        columns.add(DatabaseColumn.of(described, i));
      }
      return columns;
    } catch (SQLException e) {
      throw failed("The table '" + table + "' cannot be read", e);
    }
  }

  /**
   * Reads a table row by row without holding it.
   *
   * @param columns at least one
   * @param since which rows; null for all, in no order
   * @return rows read
   */
  public long read(
      DatabaseTable table, List<DatabaseColumn> columns, @Nullable Since since, RowReader reader)
      throws DatabaseException, InterruptedException {
    String sql =
        columns.stream()
            .map(column -> quoted(column.name()))
            .collect(Collectors.joining(", ", "SELECT ", " FROM " + quoted(table)));
    if (since != null) {
      String by = quoted(since.column().name());
      sql += (since.above() == null ? "" : " WHERE " + by + " > ?") + " ORDER BY " + by;
    }
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setFetchSize(FETCH_ROWS);
      if (since != null && since.above() != null) {
        since.column().bind(statement, 1, since.above());
      }
      @Nullable String[] values = new String[columns.size()];
      long rows = 0;
      try (ResultSet result = statement.executeQuery()) {
        while (result.next()) {
          for (int i = 0; i < values.length; i++) {
            values[i] = columns.get(i).read(result, i + 1);
          }
          reader.row(values);
          rows++;
        }
      }
      return rows;
    } catch (SQLException e) {
      throw failed("The table '" + table + "' cannot be read", e);
    }
  }

  /** Removes all rows of a table, within the transaction. */
  public long clear(DatabaseTable table) throws DatabaseException {
    // TRUNCATE would end the transaction in many databases.
    try (PreparedStatement statement =
        connection.prepareStatement("DELETE FROM " + quoted(table))) {
      return statement.executeLargeUpdate();
    } catch (SQLException e) {
      throw failed("The rows of '" + table + "' cannot be removed", e);
    }
  }

  /** A writer that adds rows. */
  public TableWriter appender(DatabaseTable table, List<DatabaseColumn> columns)
      throws DatabaseException {
    return new RowAppender(this, table, columns);
  }

  /**
   * A writer that changes the row with the same key, or adds one.
   *
   * @param keys some or all of {@code columns}
   */
  public TableWriter upserter(
      DatabaseTable table, List<DatabaseColumn> columns, List<DatabaseColumn> keys)
      throws DatabaseException {
    return new RowUpserter(this, table, columns, keys);
  }

  /** Makes everything that was written durable, at once. */
  public void commit() throws DatabaseException {
    try {
      connection.commit();
    } catch (SQLException e) {
      throw failed("The datasource '" + name + "' could not commit", e);
    }
  }

  /** Undoes what was not committed. */
  @Override
  public void close() {
    try (Connection closing = connection) {
      closing.rollback();
      // A pool hands it to others, who expect it as it was.
      closing.setAutoCommit(true);
    } catch (SQLException e) {
      LOG.log(System.Logger.Level.WARNING, "a connection to " + name + " did not close", e);
    }
  }

  PreparedStatement prepare(String sql) throws SQLException {
    return connection.prepareStatement(sql);
  }

  String quoted(DatabaseTable table) {
    return table.path().stream().map(this::quoted).collect(Collectors.joining("."));
  }

  /** A name in the database's own quotes. */
  String quoted(String identifier) {
    return quote
        + (quote.isEmpty() ? identifier : identifier.replace(quote, quote + quote))
        + quote;
  }

  /**
   * What to tell the caller. The database's own words only where they are about data or rights:
   * others may name hosts and files.
   */
  DatabaseException failed(String what, SQLException e) {
    LOG.log(System.Logger.Level.WARNING, what, e);
    String state = String.valueOf(e.getSQLState());
    String kind = state.length() < 2 ? "" : state.substring(0, 2);
    boolean aboutData = List.of("22", "23", "42", "44").contains(kind);
    String words = String.valueOf(e.getMessage()).lines().findFirst().orElse("").strip();
    String reason =
        aboutData && !words.isEmpty()
            ? words
            : "the database reported SQL state " + state.toUpperCase(Locale.ROOT);
    return new DatabaseException(what + ": " + reason + (reason.endsWith(".") ? "" : "."), e);
  }

  /** For messages. */
  @Override
  public String toString() {
    return name;
  }
}
