package io.etlapi.bench;

import io.etlapi.engine.SqlIdentifier;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.duckdb.DuckDBDriver;

/** Runs a hand-written SQL script: the limit that the engine sets for steps. */
final class ReferenceScript {

  private static final String STEP = "-- step ";

  /** All figures of a column from its groups, as the steps of the server give them. */
  private static final String NUMBERS =
      """
      WITH f AS (SELECT v::DOUBLE AS v, n FROM g WHERE v IS NOT NULL),
      m AS (SELECT sum(n) AS c, min(v) AS low, max(v) AS high, sum(v * n) / sum(n) AS mean FROM f),
      r AS (SELECT v, sum(n) OVER (ORDER BY v ROWS UNBOUNDED PRECEDING) AS upto FROM f)
      SELECT low, high, mean, (SELECT sqrt(sum(n * (v - mean) * (v - mean)) / (any_value(c) - 1)) FROM f, m),
        (SELECT min(v) FROM r WHERE upto >= c / 2),
        (SELECT list((bin, rows)) FROM (
          SELECT least(19, floor((v - low) * 20 / nullif(high - low, 0))) AS bin, sum(n) AS rows FROM f, m GROUP BY ALL))
      FROM m
      """;

  private static final String OTHERS =
      "SELECT min(v), max(v), min(length(v::VARCHAR)), max(length(v::VARCHAR)),"
          + " sum(length(v::VARCHAR) * n) / sum(n) FROM g";

  private static final String COUNTS = "SELECT sum(n), sum(n) FILTER (v IS NULL), count(v) FROM g";

  private static final String TOP =
      "SELECT v, n FROM g WHERE v IS NOT NULL ORDER BY n DESC, v LIMIT 10";

  /**
   * What a run gave.
   *
   * @param seconds of the whole script
   * @param cpuSeconds of processor time
   * @param steps seconds by the steps whose work they are
   * @param counts names and numbers that the last query gave
   */
  record Outcome(
      double seconds, double cpuSeconds, Map<String, Double> steps, Map<String, Long> counts) {

    /** Seconds of one step. */
    double step(String name) {
      Double took = steps.get(name);
      if (took == null) {
        throw new IllegalArgumentException("the script has no step " + name);
      }
      return took;
    }

    /** The mean of both. */
    Outcome and(Outcome other) {
      Map<String, Double> means = new LinkedHashMap<>();
      steps.forEach((step, took) -> means.put(step, (took + other.step(step)) / 2));
      return new Outcome(
          (seconds + other.seconds) / 2, (cpuSeconds + other.cpuSeconds) / 2, means, counts);
    }
  }

  private ReferenceScript() {}

  /**
   * Runs a script.
   *
   * @param name of a file beside this class
   * @param counts a query of two columns for the end, or empty
   */
  static Outcome run(
      String name, String counts, Path input, Path output, String memory, int threads)
      throws IOException, SQLException {
    Files.createDirectories(output);
    Properties properties = new Properties();
    properties.setProperty("memory_limit", memory);
    properties.setProperty("threads", Integer.toString(threads));
    properties.setProperty("temp_directory", output.resolve("spill").toString());
    Map<String, Double> steps = new LinkedHashMap<>();
    long self = ProcessHandle.current().pid();
    double cpuBefore = Machine.cpuSeconds(self);
    long began = System.nanoTime();
    try (Connection connection = new DuckDBDriver().connect("jdbc:duckdb:", properties);
        Statement statement = connection.createStatement()) {
      String step = "";
      long stepBegan = began;
      for (String part : script(name, input, output).split(";\n", -1)) {
        int title = part.indexOf(STEP);
        if (title >= 0) {
          if (!step.isEmpty()) {
            steps.put(step, seconds(stepBegan));
          }
          stepBegan = System.nanoTime();
          step = part.substring(title + STEP.length()).lines().findFirst().orElseThrow().strip();
        }
        run(statement, sql(part));
      }
      steps.put(step, seconds(stepBegan));
      return new Outcome(
          seconds(began), Machine.cpuSeconds(self) - cpuBefore, steps, counts(statement, counts));
    }
  }

  private static String script(String name, Path input, Path output) throws IOException {
    try (InputStream in = ReferenceScript.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is not beside the classes");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .replace("${in}", input.toString())
          .replace("${out}", output.toString());
    }
  }

  private static String sql(String part) {
    StringBuilder sql = new StringBuilder();
    part.lines()
        .filter(line -> !line.startsWith("--"))
        .forEach(line -> sql.append(line).append('\n'));
    return sql.toString().strip();
  }

  private static void run(Statement statement, String sql) throws IOException, SQLException {
    if (sql.startsWith("HASH ")) {
      hash(Path.of(sql.substring(5)));
    } else if (sql.startsWith("PROFILE ")) {
      profile(statement, sql.substring(8));
    } else if (!sql.isEmpty()) {
      statement.execute(sql);
    }
  }

  private static void profile(Statement statement, String table) throws SQLException {
    Map<String, String> columns = new LinkedHashMap<>();
    try (ResultSet rows = statement.executeQuery("DESCRIBE " + SqlIdentifier.quote(table))) {
      while (rows.next()) {
        columns.put(rows.getString(1), rows.getString(2));
      }
    }
    for (Map.Entry<String, String> column : columns.entrySet()) {
      statement.execute(
          "CREATE OR REPLACE TEMP TABLE g AS SELECT %s AS v, count(*) AS n FROM %s GROUP BY 1"
              .formatted(SqlIdentifier.quote(column.getKey()), SqlIdentifier.quote(table)));
      boolean number = column.getValue().matches("(BIG|HUGE)?INT.*|INTEGER|DOUBLE|DECIMAL.*");
      drain(statement, COUNTS);
      drain(statement, TOP);
      drain(statement, number ? NUMBERS : OTHERS);
    }
    drain(statement, "SELECT * FROM " + SqlIdentifier.quote(table) + " LIMIT 50");
  }

  private static void drain(Statement statement, String sql) throws SQLException {
    try (ResultSet rows = statement.executeQuery(sql)) {
      int columns = rows.getMetaData().getColumnCount();
      while (rows.next()) {
        for (int i = 1; i <= columns; i++) {
          rows.getObject(i);
        }
      }
    }
  }

  private static void hash(Path file) throws IOException {
    try (InputStream in =
        new DigestInputStream(Files.newInputStream(file), MessageDigest.getInstance("SHA-256"))) {
      byte[] buffer = new byte[1 << 16];
      while (in.read(buffer) >= 0) {
        // The digest sees what is read.
      }
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Map<String, Long> counts(Statement statement, String query) throws SQLException {
    Map<String, Long> counts = new TreeMap<>();
    if (query.isEmpty()) {
      return counts;
    }
    try (ResultSet rows = statement.executeQuery(query)) {
      while (rows.next()) {
        counts.put(rows.getString(1), rows.getLong(2));
      }
    }
    return counts;
  }

  private static double seconds(long since) {
    return (System.nanoTime() - since) / 1e9;
  }
}
