package io.etlapi.step.classic;

import static io.etlapi.step.Outputs.assertRefused;
import static io.etlapi.step.classic.ClassicBench.detail;
import static io.etlapi.step.classic.ClassicBench.row;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.step.StepInput;
import io.etlapi.step.parameters.ParameterRules;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ValidateStepTest {

  private ClassicBench bench;
  private StepInput orders;
  private final ValidateStep validate = new ValidateStep();

  @BeforeEach
  void open(@TempDir Path folder) throws Exception {
    bench = new ClassicBench(folder);
    orders =
        bench.csv(
            "orders",
            """
            id,ccy,amount,day
            A1,GBP,10.00,2024-01-01
            A2,XXX,0.004,2024-01-02
            A2,,100.01,2023-12-31
            b3,USD,,2024-01-03
            """);
  }

  private Map<String, @Nullable Object> check(Object... rules) throws Exception {
    return bench.run(validate, Map.of("rules", List.of(rules)), orders);
  }

  private List<List<@Nullable String>> failures(Map<String, @Nullable Object> output)
      throws Exception {
    return bench.parquet(String.valueOf(detail(output, "validate", "failed_file"))).stream()
        .map(cells -> cells.subList(0, 4))
        .toList();
  }

  @Test
  void eachRuleNamesItsRowsAndValuesAndANullBreaksNotNullAlone() throws Exception {
    Map<String, @Nullable Object> output =
        check(
            Map.of("rule", "not_null", "column", "ccy"),
            Map.of("rule", "unique", "column", "id"),
            Map.of("rule", "range", "column", "amount", "min", "0.005", "max", 100),
            Map.of("rule", "set", "column", "ccy", "values", List.of("GBP", "USD")),
            Map.of("rule", "pattern", "column", "id", "pattern", "[A-Z]\\d", "name", "id form"),
            Map.of("rule", "range", "column", "day", "min", "2024-01-01"));

    assertEquals(
        List.of(
            row("2", "unique(id)", "id", "A2"),
            row("2", "range(amount)", "amount", "0.004"),
            row("2", "set(ccy)", "ccy", "XXX"),
            row("3", "not_null(ccy)", "ccy", null),
            row("3", "unique(id)", "id", "A2"),
            row("3", "range(amount)", "amount", "100.01"),
            row("3", "range(day)", "day", "2023-12-31"),
            row("4", "id form", "id", "b3")),
        failures(output));
    assertEquals(List.of(row("A1", "GBP", "10.00", "2024-01-01")), bench.rows(output));
    assertEquals("INVALID", output.get("verdict"));
    assertEquals(3L, detail(output, "validate", "rows_failing"));
    String csv =
        Files.readString(Path.of(String.valueOf(detail(output, "validate", "failed_csv"))));
    assertTrue(csv.startsWith("failed_row,failed_rule,failed_column,failed_value,id,"), csv);
  }

  @Test
  void boundsAreInclusiveAndNeverRounded() throws Exception {
    Map<String, @Nullable Object> output =
        check(Map.of("rule", "range", "column", "amount", "min", "0.0041", "max", "100.0099"));
    assertEquals(2, failures(output).size());
    assertEquals(
        "VALID",
        check(Map.of("rule", "range", "column", "amount", "min", 0.004, "max", 100.01))
            .get("verdict"));
  }

  @Test
  void aReferenceIsAnotherTable() throws Exception {
    StepInput currencies = bench.csv("currencies", "code\nGBP\nUSD\n");
    Map<String, @Nullable Object> output =
        bench.run(
            validate,
            Map.of(
                "rules",
                List.of(
                    Map.of(
                        "rule", "reference",
                        "column", "ccy",
                        "input", "currencies",
                        "reference_column", "code"))),
            orders,
            currencies);
    assertEquals(List.of(row("2", "reference(ccy)", "ccy", "XXX")), failures(output));
  }

  @Test
  void severalColumnsAreOneKey() throws Exception {
    Map<String, @Nullable Object> output =
        check(Map.of("rule", "unique", "columns", List.of("id", "ccy")));
    assertEquals("VALID", output.get("verdict"));
  }

  @Test
  void anExpressionMustNotBeFalse() throws Exception {
    Map<String, @Nullable Object> output =
        check(Map.of("rule", "expression", "sql", "amount > 1 OR ccy = 'USD'"));
    assertEquals(List.of(row("2", "expression", "", null)), failures(output));
  }

  @Test
  void aFailureMayFailTheTask() {
    assertRefused(
        () ->
            bench.run(
                validate,
                Map.of(
                    "on_failure",
                    "fail",
                    "rules",
                    List.of(Map.of("rule", "unique", "column", "id"))),
                orders),
        "2 rows",
        "row 2",
        "unique(id)",
        "'A2'");
  }

  @Test
  void aRuleThatDoesNotFitNamesItself() {
    assertRefused(
        () -> check(Map.of("rule", "range", "column", "amount", "min", "ten")),
        "rules/0",
        "ten",
        "amount");
    assertRefused(
        () -> check(Map.of("rule", "pattern", "column", "id", "pattern", "[")),
        "rules/0",
        "regular expression");
    assertRefused(
        () -> check(Map.of("rule", "set", "column", "ccy", "values", List.of())), "values");
    assertRefused(() -> check(Map.of("rule", "unique", "column", "idd")), "did you mean 'id'");
    assertRefused(
        () -> check(Map.of("rule", "reference", "column", "ccy", "input", "nowhere")), "nowhere");
  }

  @Test
  void aRequestWithoutRulesOrWithUnknownOnesIsRefusedBeforeItRuns() {
    ParameterRules rules = new ParameterRules(validate.describe());
    assertEquals(1, rules.check(Map.of(), Map.of(), bench.steps.files()).faults().size());
    assertEquals(
        2,
        rules
            .check(
                Map.of(),
                Map.of("rules", List.of(Map.of("rule", "notnull"), Map.of("column", "id"))),
                bench.steps.files())
            .faults()
            .size());
  }
}
