package io.etlapi.step.classic;

import static io.etlapi.engine.SqlIdentifier.literal;

import io.etlapi.database.DataSources;
import io.etlapi.database.Database;
import io.etlapi.database.DatabaseException;
import io.etlapi.engine.DuckDbSession;
import io.etlapi.step.Step;
import io.etlapi.step.StepBench;
import io.etlapi.step.StepInput;
import io.etlapi.step.workflow.ReadCsvStep;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Files, tables of the server and one database that requests may name. */
final class ClassicBench {

  static final String WAREHOUSE = "jdbc/warehouse";

  final StepBench steps;
  private final String url;

  ClassicBench(Path folder) {
    steps = new StepBench(folder);
    url = "jdbc:h2:mem:" + folder.getFileName() + ";DB_CLOSE_DELAY=-1";
  }

  /** The database, under its one name. */
  DataSources sources() {
    return name -> {
      if (!name.equals(WAREHOUSE)) {
        throw new DatabaseException("unknown: " + name);
      }
      try {
        return new Database(DriverManager.getConnection(url), name);
      } catch (SQLException e) {
        throw new DatabaseException("not reachable", e);
      }
    };
  }

  /** Runs statements in the database. */
  void sql(String... statements) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  /** What a query of the database finds, as texts. */
  List<List<@Nullable String>> select(String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      List<List<@Nullable String>> rows = new ArrayList<>();
      while (result.next()) {
        List<@Nullable String> row = new ArrayList<>();
        for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
          row.add(result.getString(i));
        }
        rows.add(row);
      }
      return rows;
    }
  }

  /** A table as read_csv publishes it. */
  StepInput csv(String name, String content) throws Exception {
    String path = steps.file(name + ".csv", content);
    return StepBench.input(name, steps.run(new ReadCsvStep(), Map.of("file_path", path)));
  }

  Map<String, @Nullable Object> run(Step step, Map<String, ?> parameters, StepInput... inputs)
      throws Exception {
    return steps.run(step, parameters, inputs);
  }

  /** The rows of the file that an output names, as texts, in its order. */
  List<List<@Nullable String>> rows(Map<String, @Nullable Object> output) throws Exception {
    return parquet(StepBench.input("x", output).filePath().orElseThrow());
  }

  List<List<@Nullable String>> parquet(String path) throws Exception {
    try (DuckDbSession session = steps.engine().open(List.of(Path.of(path)), steps.data())) {
      String relation = "read_parquet(" + literal(path) + ")";
      int columns = session.describe("SELECT * FROM " + relation).size();
      return session.query(
          "SELECT CAST(COLUMNS(*) AS VARCHAR) FROM " + relation,
          row -> {
            List<@Nullable String> texts = new ArrayList<>();
            for (int i = 1; i <= columns; i++) {
              texts.add(row.text(i));
            }
            return texts;
          });
    }
  }

  static List<@Nullable String> row(@Nullable String... cells) {
    return Arrays.asList(cells);
  }

  static @Nullable Object detail(Map<String, @Nullable Object> output, String step, String name) {
    return ((Map<?, ?>) Objects.requireNonNull(output.get(step + "_details"))).get(name);
  }
}
