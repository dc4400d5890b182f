package io.etlapi.engine;

import static io.etlapi.engine.SqlIdentifier.literal;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Properties;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.duckdb.DuckDBConnection;
import org.duckdb.DuckDBDriver;
import org.duckdb.DuckDBPreparedStatement;
import org.jspecify.annotations.Nullable;

/**
 * One confined, in-memory database: bounded memory, threads and spill space; it reaches only the
 * files it was opened for, loads no extension, and its settings are locked. Used by one thread;
 * only {@link #cancel} and {@link #progressPercent} may be called from others.
 */
public final class DuckDbSession implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(DuckDbSession.class.getName());

  private final DuckDBConnection connection;
  private final EnginePermits.Grant grant;
  private final Bounds bounds;
  private final Object statementLock = new Object();
  private @Nullable Statement current;
  private volatile boolean cancelled;

  /**
   * What a session may use and reach.
   *
   * @param spill private folder for what does not fit in memory; removed on close
   * @param folder the one folder that may be read and written
   */
  record Bounds(
      long memoryBytes,
      int threads,
      long maxTempBytes,
      Path spill,
      Collection<Path> readable,
      Path folder) {}

  private DuckDbSession(DuckDBConnection connection, EnginePermits.Grant grant, Bounds bounds) {
    this.connection = connection;
    this.grant = grant;
    this.bounds = bounds;
  }

  static DuckDbSession open(Bounds bounds, EnginePermits.Grant grant) {
    try {
      // DriverManager does not find a driver that lies in a deployed WAR.
      Connection opened = new DuckDBDriver().connect("jdbc:duckdb:", new Properties());
      DuckDBConnection connection = opened.unwrap(DuckDBConnection.class);
      DuckDbSession session = new DuckDbSession(connection, grant, bounds);
      try {
        session.confine();
        return session;
      } catch (RuntimeException e) {
        connection.close();
        throw e;
      }
    } catch (SQLException e) {
      throw new EngineException(e);
    }
  }

  /** The order matters: the last two settings take away the right to set anything. */
  private void confine() {
    execute("SET memory_limit = '" + bounds.memoryBytes() / 1024 + "KiB'");
    execute("SET threads = " + bounds.threads());
    execute("SET temp_directory = " + literal(bounds.spill().toString()));
    execute("SET max_temp_directory_size = '" + bounds.maxTempBytes() / 1024 + "KiB'");
    execute("SET autoinstall_known_extensions = false");
    execute("SET autoload_known_extensions = false");
    execute("SET allow_community_extensions = false");
    execute("SET extension_directory = " + literal(bounds.spill().resolve("none").toString()));
    execute("SET allow_persistent_secrets = false");
    execute("SET preserve_insertion_order = true");
    execute("SET TimeZone = 'UTC'");
    execute("SET enable_progress_bar = true");
    execute("SET enable_progress_bar_print = false");
    execute("SET allowed_paths = " + list(bounds.readable()));
    execute("SET allowed_directories = " + list(List.of(bounds.folder())));
    execute("SET enable_external_access = false");
    execute("SET lock_configuration = true");
  }

  private static String list(Collection<Path> paths) {
    return paths.stream()
        .map(path -> literal(path.toString()))
        .collect(Collectors.joining(", ", "[", "]"));
  }

  /** Threads this session may use. */
  public int threads() {
    return bounds.threads();
  }

  /** Runs one statement with bound values. */
  public void execute(String sql, @Nullable Object... values) {
    run(sql, values, statement -> {});
  }

  /** Reads all rows of a query; for results that are known to be small. */
  public <T> List<T> query(String sql, Function<Row, T> reader, @Nullable Object... values) {
    List<T> rows = new ArrayList<>();
    forEach(sql, row -> rows.add(reader.apply(row)), values);
    return rows;
  }

  /** Reads a query row by row without holding its result. */
  public void forEach(String sql, Consumer<Row> reader, @Nullable Object... values) {
    run(
        sql,
        values,
        statement -> {
          try (ResultSet results = statement.getResultSet()) {
            Row row = new Row(results);
            while (results.next()) {
              reader.accept(row);
            }
          }
        });
  }

  /** The first column of the first row as a number; 0 if there is none. */
  public long number(String sql, @Nullable Object... values) {
    List<Long> rows = query(sql, row -> row.integer(1), values);
    return rows.isEmpty() ? 0 : rows.get(0);
  }

  /** The columns of a query, without running it. */
  public List<Column> describe(String select) {
    return query(
        "DESCRIBE " + select,
        row -> new Column(String.valueOf(row.text(1)), String.valueOf(row.text(2))));
  }

  /** Opens a fast way to fill a table of this session; close it to see the rows. */
  public TableAppender appender(String table) {
    try {
      return new TableAppender(connection.createAppender("main", table));
    } catch (SQLException e) {
      throw new EngineException(e);
    }
  }

  /**
   * Ends the current statement and refuses all that follow. The statement fails within about half a
   * second. Interrupting the thread alone does not stop a query.
   */
  public void cancel() {
    synchronized (statementLock) {
      cancelled = true;
      if (current != null) {
        try {
          current.cancel();
        } catch (SQLException e) {
          LOG.log(System.Logger.Level.DEBUG, "cancel came too late", e);
        }
      }
    }
  }

  public boolean isCancelled() {
    return cancelled;
  }

  /** Progress of the current statement, 0..100, or -1 when the engine cannot tell. */
  public int progressPercent() {
    synchronized (statementLock) {
      if (current == null) {
        return -1;
      }
      try {
        double percent =
            current.unwrap(DuckDBPreparedStatement.class).getQueryProgress().getPercentage();
        return percent < 0 ? -1 : (int) Math.min(100, percent);
      } catch (SQLException e) {
        return -1;
      }
    }
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      LOG.log(System.Logger.Level.WARNING, "a session did not close", e);
    } finally {
      grant.close();
      deleteTree(bounds.spill());
    }
  }

  private interface Work {
    void on(PreparedStatement statement) throws SQLException;
  }

  private void run(String sql, @Nullable Object[] values, Work work) {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      begin(statement);
      try {
        statement.execute();
        work.on(statement);
      } finally {
        end();
      }
    } catch (SQLException e) {
      throw cancelled ? new SessionCancelledException() : new EngineException(e);
    }
  }

  private void begin(Statement statement) {
    synchronized (statementLock) {
      if (cancelled) {
        throw new SessionCancelledException();
      }
      current = statement;
    }
  }

  private void end() {
    synchronized (statementLock) {
      current = null;
    }
  }

  private static void deleteTree(Path root) {
    try {
      Files.walkFileTree(
          root,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              Files.deleteIfExists(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e)
                throws IOException {
              Files.deleteIfExists(folder);
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "spill folder left behind: " + root, e);
    }
  }
}
