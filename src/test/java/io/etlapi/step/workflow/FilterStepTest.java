package io.etlapi.step.workflow;

import static io.etlapi.step.workflow.TableBench.row;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.step.StepInput;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FilterStepTest {

  private static final List<String> HEADERS =
      List.of("id", "amount", "day", "City name", "say \"hi\"", "select");

  private TableBench bench;
  private final FilterStep filter = new FilterStep();

  @BeforeEach
  void setUp(@TempDir Path folder) {
    bench = new TableBench(folder);
  }

  private StepInput orders() throws Exception {
    return bench.texts(
        "orders",
        HEADERS,
        List.of(
            row("001", "9.50", "2024-01-15", "Łódź", "a", "1"),
            row("002", "100", "2024-02-29", "łódź", "b", "2"),
            row("003", "1000.05", null, "Paris", "c", "3"),
            row("010", null, "2023-12-31", null, "d", "4"),
            row("011", "-5.5", "2024-01-01", "", "A", "5")));
  }

  private List<String> ids(String condition, boolean caseSensitive) throws Exception {
    Map<String, @Nullable Object> output =
        bench.steps.run(
            filter, Map.of("condition", condition, "case_sensitive", caseSensitive), orders());
    return bench.rows(output).stream().map(cells -> String.valueOf(cells.get(0))).toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " => ",
      quoteCharacter = '`',
      value = {
        "amount > 99 => 002,003",
        "amount = 9.5 => 001",
        "id = '010' => 010",
        "id = '10' => ``",
        "day >= '2024-01-01' AND day < DATE '2024-02-01' => 001,011",
        "year(day) = 2023 => 010",
        "amount IS NULL => 010",
        "\"City name\" = 'Łódź' => 001",
        "\"City name\" = '' => 011",
        "\"City name\" IS NULL => 010",
        "\"say \"\"hi\"\"\" = 'a' => 001",
        "\"select\" % 2 = 0 => 002,010",
        "NOT (amount > 0) => 011",
        "true => 001,002,003,010,011",
        "false => ``",
        "abs(amount) BETWEEN 5 AND 10 => 001,011",
      })
  void rowsStayWhereTheConditionIsTrue(String condition, String expected) throws Exception {
    assertEquals(expected, String.join(",", ids(condition, true)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " => ",
      quoteCharacter = '`',
      value = {
        "\"City name\" = 'ŁÓDŹ' => 001,002",
        "\"say \"\"hi\"\"\" = 'a' => 001,011",
        "\"say \"\"hi\"\"\" IN ('A', 'C') => 001,003,011",
        "\"City name\" LIKE 'par%' => 003",
        "\"City name\" NOT LIKE 'par%' => 001,002,011",
        "upper(\"City name\") = 'paris' => 003",
        "amount > 99 => 002,003",
        "day = '2024-01-15' => 001",
      })
  void textsComparedWithoutCaseOnRequest(String condition, String expected) throws Exception {
    assertEquals(expected, String.join(",", ids(condition, false)));
  }

  @Test
  void whatStaysKeepsItsTextAndItsMeaning() throws Exception {
    Map<String, @Nullable Object> output =
        bench.steps.run(filter, Map.of("condition", "amount < 50"), orders());
    assertEquals(
        List.of(
            row("001", "9.50", "2024-01-15", "Łódź", "a", "1"),
            row("011", "-5.5", "2024-01-01", "", "A", "5")),
        bench.rows(output));
    assertEquals("2", output.get("count"));
    Map<?, ?> details = TableBench.details(output, "filter");
    assertEquals(5L, details.get("rows_read"));
    assertEquals(2L, details.get("rows_false"));
    assertEquals(1L, details.get("rows_unknown"));
    // The next filter still sees a number, although the text would sort otherwise.
    Map<String, @Nullable Object> again =
        bench.steps.run(filter, Map.of("condition", "amount > 9"), new StepInput("filter", output));
    assertEquals("1", again.get("count"));
  }

  @Test
  void columnTypesOverrideWhatWasInferred() throws Exception {
    Map<String, @Nullable Object> output =
        bench.steps.run(
            filter,
            Map.of("condition", "id < 10", "column_types", Map.of("id", "integer")),
            orders());
    assertEquals("3", output.get("count"));
    assertEquals("001", bench.rows(output).get(0).get(0));
  }

  @Test
  void anEmptyTableGivesAnEmptyTable() throws Exception {
    StepInput empty = bench.texts("empty", List.of("a", "b"), List.of());
    Map<String, @Nullable Object> output =
        bench.steps.run(filter, Map.of("condition", "a = 'x'"), empty);
    assertEquals("0", output.get("count"));
    assertEquals(List.of("a", "b"), TableBench.headers(output));
  }

  @Test
  void faultsAreExplained() throws Exception {
    StepInput orders = orders();
    assertEquals(
        "The condition 'amuont > 1' names a column 'amuont' that is not there; did you mean"
            + " 'amount'? The columns are: id, amount, day, City name, say \"hi\", select.",
        bench.failure(filter, Map.of("condition", "amuont > 1"), orders));
    assertEquals(
        "The condition 'upper(id)' must be true or false for each row; its value is of type"
            + " VARCHAR.",
        bench.failure(filter, Map.of("condition", "upper(id)"), orders));
    assertTrue(
        bench
            .failure(filter, Map.of("condition", "CAST(id || 'x' AS INTEGER) > 1"), orders)
            .contains("Could not convert string '001x'"));
    assertTrue(
        bench
            .failure(filter, Map.of("condition", "lower(amount, 1) = 1"), orders)
            .startsWith("The condition 'lower(amount, 1) = 1' cannot be evaluated: No function"));
    assertTrue(
        bench
            .failure(filter, Map.of("condition", "read_text('/etc/passwd') = 'x'"), orders)
            .contains("'read_text' is not allowed"));
    assertTrue(bench.failure(filter, Map.of("condition", "true")).contains("needs a table"));
    assertTrue(
        bench
            .failure(filter, Map.of("condition", "true"), orders, orders)
            .contains("reads one table, but 2 were given"));
    assertTrue(bench.failure(filter, Map.of(), orders).contains("needs a condition"));
  }
}
