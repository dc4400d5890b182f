package io.etlapi.step.classic;

import static io.etlapi.step.Outputs.assertRefused;
import static io.etlapi.step.Outputs.at;
import static io.etlapi.step.classic.ClassicBench.row;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.etlapi.step.StepInput;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TransformStepTest {

  private ClassicBench bench;
  private StepInput orders;
  private final TransformStep transform = new TransformStep();

  @BeforeEach
  void open(@TempDir Path folder) throws Exception {
    bench = new ClassicBench(folder);
    orders = bench.csv("orders", "id,gross,tax\n007,10.50,0.50\n008,20.00,\n");
  }

  @Test
  void expressionsSeeWhatTheOnesBeforeThemMade() throws Exception {
    Map<String, @Nullable Object> output =
        bench.run(
            transform,
            Map.of(
                "derive",
                List.of(
                    Map.of("to", "net", "sql", "gross - coalesce(tax, 0)"),
                    Map.of("to", "doubled", "sql", "net * 2"))),
            orders);
    assertEquals(
        List.of(
            row("007", "10.50", "0.50", "10.00", "20.00"),
            row("008", "20.00", null, "20.00", "40.00")),
        bench.rows(output));
    assertEquals(
        List.of("id", "gross", "tax", "net", "doubled"),
        at(output, "calculation_results", "headers"));
  }

  @Test
  void aDerivedColumnMayTakeTheOldOnesPlaceAndNamesMaySwap() throws Exception {
    Map<String, @Nullable Object> output =
        bench.run(
            transform,
            Map.of(
                "derive", List.of(Map.of("to", "GROSS", "sql", "-gross")),
                "drop", "tax",
                "rename", Map.of("id", "gross", "gross", "id")),
            orders);
    assertEquals(List.of(row("007", "-10.50"), row("008", "-20.00")), bench.rows(output));
    assertEquals(List.of("gross", "id"), at(output, "calculation_results", "headers"));
  }

  @Test
  void withoutParametersTheTablePassesThrough() throws Exception {
    assertEquals(
        List.of(row("007", "10.50", "0.50"), row("008", "20.00", null)),
        bench.rows(bench.run(transform, Map.of(), orders)));
  }

  @Test
  void faultsNameTheColumnAndTheExpression() {
    assertRefused(
        () ->
            bench.run(
                transform,
                Map.of("derive", List.of(Map.of("to", "x", "sql", "grosss + 1"))),
                orders),
        "grosss",
        "did you mean 'gross'");
    assertRefused(
        () ->
            bench.run(
                transform,
                Map.of(
                    "derive", List.of(Map.of("to", "x", "sql", "(SELECT max(gross) FROM orders)"))),
                orders),
        "expression for x");
    assertRefused(
        () -> bench.run(transform, Map.of("drop", List.of("id", "gross", "tax")), orders),
        "nothing would be left");
    assertRefused(
        () -> bench.run(transform, Map.of("rename", Map.of("id", "Tax")), orders),
        "two columns 'tax'");
    assertRefused(() -> bench.run(transform, Map.of("drop", "taxx"), orders), "did you mean 'tax'");
  }
}
