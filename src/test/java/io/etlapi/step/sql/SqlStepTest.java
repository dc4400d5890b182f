package io.etlapi.step.sql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.json.Json;
import io.etlapi.step.StepBench;
import io.etlapi.step.StepDefaults;
import io.etlapi.step.StepDescription;
import io.etlapi.step.StepException;
import io.etlapi.step.StepInput;
import io.etlapi.step.TestStepContext;
import io.etlapi.step.parameters.ParameterRules;
import io.etlapi.step.workflow.ReadCsvStep;
import io.etlapi.task.Fault;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqlStepTest {

  @TempDir Path temp;
  private StepBench bench;
  private StepInput orders;

  @BeforeEach
  void orders() throws Exception {
    bench = new StepBench(temp);
    String file = bench.file("orders.csv", "customer,amount\nAda,10.5\nBob,2\nAda,4\nO'Neil,7\n");
    orders = StepBench.input("orders", bench.run(new ReadCsvStep(), Map.of("file_path", file)));
  }

  @Test
  void theRowsOfTheLastStatementAreTheResult() throws Exception {
    SqlStep step =
        step(
            List.of("orders"),
            "CREATE TEMP TABLE sums AS SELECT customer, sum(amount) AS total FROM orders GROUP BY 1",
            "SELECT * FROM sums WHERE total >= $least ORDER BY total DESC;");
    Map<String, @Nullable Object> output = bench.run(step, Map.of("least", 7L), orders);

    assertEquals("2", output.get("count"));
    Map<?, ?> table = assertInstanceOf(Map.class, output.get("calculation_results"));
    List<?> rows = assertInstanceOf(List.class, table.get("table"));
    assertEquals(List.of("customer", "total"), table.get("headers"));
    assertEquals("Ada", assertInstanceOf(List.class, rows.get(0)).get(0));
    assertEquals("own_sql", output.get("step_type"));
  }

  @Test
  void parametersAreBoundNeverPasted() throws Exception {
    SqlStep step =
        step(List.of("orders"), "SELECT * FROM orders WHERE customer = $who -- not $this");

    assertEquals("1", bench.run(step, Map.of("who", "O'Neil"), orders).get("count"));
    assertEquals("0", bench.run(step, Map.of("who", "x' OR 1=1 --"), orders).get("count"));
    assertEquals("0", bench.run(step, Map.of(), orders).get("count"), "absent is null");
  }

  @Test
  void nothingOutsideIsReached() throws Exception {
    Files.writeString(temp.resolve("data/secret.csv"), "a\n1\n");
    for (String statement :
        List.of(
            "SELECT * FROM read_csv('" + temp.resolve("data/secret.csv") + "')",
            "SELECT * FROM '/etc/passwd'",
            "SELECT * FROM read_text('/etc/hostname')")) {
      assertTrue(failure(step(List.of(), statement)).startsWith("Statement 1: "), statement);
    }
    assertTrue(
        failure(step(List.of(), "SET enable_external_access = true", "SELECT 1"))
            .startsWith("Statement 1: "));
    assertTrue(
        failure(step(List.of(), "ATTACH '" + temp + "/x.db'", "SELECT 1"))
            .startsWith("Statement 1: "));
  }

  @Test
  void aStatementThatFailsIsNamedWithTheReason() throws Exception {
    String error = failure(step(List.of(), "SELECT 1", "SELECT nothing FROM nowhere"));

    assertTrue(error.startsWith("Statement 2: ") && error.contains("nowhere"), error);
    assertTrue(
        failure(step(List.of("orders", "customers"), "SELECT 1")).contains("table 'orders'"));
  }

  @Test
  void placesAreFoundOutsideOfTextsNamesAndComments() {
    SqlStatement statement =
        SqlStatement.parse(
            "SELECT '$a''$b', \"$c\", E'\\'$d', $e /* $f ; */ , $g_1 + $e -- $h\n ; ");

    assertEquals(List.of("e", "g_1", "e"), statement.parameters());
    assertEquals("SELECT '$a''$b', \"$c\", E'\\'$d', ? /* $f ; */ , ? + ? -- $h", statement.sql());
    for (String wrong : List.of("", " ; ", "SELECT 'open", "SELECT $1", "SELECT $$x$$", "a; b")) {
      assertThrows(IllegalArgumentException.class, () -> SqlStatement.parse(wrong), wrong);
    }
  }

  private String failure(SqlStep step) throws Exception {
    try (TestStepContext context = bench.context(Map.of())) {
      return String.valueOf(
          assertThrows(StepException.class, () -> step.run(context)).getMessage());
    }
  }

  private static SqlStep step(List<String> inputs, String... statements) {
    StepDescription description =
        new StepDescription(
            "own_sql",
            "Own",
            "sql",
            "",
            Json.parseObject("{\"properties\": {\"least\": {}, \"who\": {\"type\": \"string\"}}}"),
            true);
    List<Fault> faults = new ArrayList<>();
    SqlSpec spec =
        SqlSpec.read(
            Map.of("inputs", inputs, "statements", List.of(statements)),
            new ParameterRules(description),
            faults);
    assertEquals(List.of(), faults);
    return new SqlStep(description, StepDefaults.NONE, spec);
  }
}
