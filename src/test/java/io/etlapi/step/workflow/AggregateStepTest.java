package io.etlapi.step.workflow;

import static io.etlapi.step.workflow.TableBench.row;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.step.StepInput;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AggregateStepTest {

  private static final String ALL =
      "sum:v,count:v,mean:v,min:v,max:v,median:v,std:v,count_distinct:v,first:v,last:v";

  private TableBench bench;
  private final AggregateStep aggregate = new AggregateStep();

  @BeforeEach
  void setUp(@TempDir Path folder) {
    bench = new TableBench(folder);
  }

  private List<List<@Nullable String>> run(Map<String, ?> parameters, StepInput input)
      throws Exception {
    return bench.rows(bench.steps.run(aggregate, parameters, input));
  }

  @Test
  void everyFunctionAgreesWithItsDefinition() throws Exception {
    Random random = new Random(7);
    List<List<@Nullable String>> rows = new ArrayList<>();
    Map<String, List<BigDecimal>> groups = new TreeMap<>();
    for (int i = 0; i < 500; i++) {
      String group = "g" + random.nextInt(9);
      BigDecimal value = BigDecimal.valueOf(random.nextInt(2_000_000) - 1_000_000, 2);
      boolean absent = random.nextInt(10) == 0;
      rows.add(row(group, absent ? null : value.toPlainString()));
      List<BigDecimal> values = groups.computeIfAbsent(group, g -> new ArrayList<>());
      if (!absent) {
        values.add(value);
      }
    }
    List<List<@Nullable String>> result =
        run(
            Map.of("group_by", "g", "aggregations", ALL),
            bench.texts("t", List.of("g", "v"), rows));
    assertEquals(groups.keySet().stream().toList(), result.stream().map(r -> r.get(0)).toList());
    for (List<@Nullable String> figures : result) {
      List<BigDecimal> values = Objects.requireNonNull(groups.get(String.valueOf(figures.get(0))));
      List<BigDecimal> sorted = values.stream().sorted().toList();
      int n = values.size();
      BigDecimal sum = values.stream().reduce(BigDecimal.ZERO, BigDecimal::add);
      BigDecimal mean = sum.divide(BigDecimal.valueOf(n), MathContext.DECIMAL128);
      BigDecimal squares =
          values.stream()
              .map(value -> value.subtract(mean).pow(2))
              .reduce(BigDecimal.ZERO, BigDecimal::add);
      double std =
          squares
              .divide(BigDecimal.valueOf(n - 1L), MathContext.DECIMAL128)
              .sqrt(MathContext.DECIMAL64)
              .doubleValue();
      BigDecimal median =
          sorted
              .get((n - 1) / 2)
              .add(sorted.get(n / 2))
              .divide(BigDecimal.valueOf(2), 3, RoundingMode.UNNECESSARY);
      assertEquals(sum, decimal(figures.get(1)));
      assertEquals(Integer.toString(n), figures.get(2));
      assertEquals(mean.doubleValue(), decimal(figures.get(3)).doubleValue(), 1e-9);
      assertEquals(sorted.get(0), decimal(figures.get(4)));
      assertEquals(sorted.get(n - 1), decimal(figures.get(5)));
      assertEquals(0, median.compareTo(decimal(figures.get(6))));
      assertEquals(std, decimal(figures.get(7)).doubleValue(), std * 1e-12);
      assertEquals(Integer.toString(new HashSet<>(values).size()), figures.get(8));
      assertEquals(values.get(0), decimal(figures.get(9)));
      assertEquals(values.get(n - 1), decimal(figures.get(10)));
    }
  }

  private static BigDecimal decimal(@Nullable String text) {
    return new BigDecimal(String.valueOf(text));
  }

  @Test
  void withoutGroupsThereIsOneRowEvenOfNothing() throws Exception {
    StepInput empty = bench.texts("t", List.of("g", "v"), List.of());
    assertEquals(
        List.of(row(null, "0", null, null, null, null, null, "0", null, null)),
        run(Map.of("aggregations", ALL), empty));
    assertEquals(List.of(), run(Map.of("aggregations", ALL, "group_by", "g"), empty));
    assertEquals(List.of(row("0")), run(Map.of("aggregations", "count"), empty));
  }

  @Test
  void nullsAreAGroupAndCountAsNoValue() throws Exception {
    StepInput table =
        bench.texts(
            "t",
            List.of("g", "v"),
            List.of(row("a", null), row(null, "5"), row("a", null), row("", "1")));
    assertEquals(
        List.of(row("", "1", "1", "1"), row("a", "2", "0", null), row(null, "1", "1", "5")),
        run(Map.of("group_by", List.of("g"), "aggregations", "count,count:v,sum:v"), table));
  }

  @ParameterizedTest
  @CsvSource({
    "99999999999999999999.01, 0.02, 99999999999999999999.03, 49999999999999999999.515",
    "9223372036854775807, 1, 9223372036854775808, 4611686018427387904.0",
    "0.1, 0.2, 0.3, 0.15",
    "-1, 1, 0, 0.0",
  })
  void exactNumbersStayExact(String a, String b, String sum, String median) throws Exception {
    StepInput table = bench.texts("t", List.of("v"), List.of(row(a), row(b)));
    List<@Nullable String> figures = run(Map.of("aggregations", "sum:v,median:v"), table).get(0);
    assertEquals(0, new BigDecimal(sum).compareTo(decimal(figures.get(0))), figures.toString());
    assertEquals(0, new BigDecimal(median).compareTo(decimal(figures.get(1))), figures.toString());
  }

  @Test
  void aSumBeyondThirtyEightDigitsIsRefused() throws Exception {
    String huge = "9".repeat(38);
    StepInput table = bench.texts("t", List.of("v"), List.of(row(huge), row(huge)));
    String failure = bench.failure(aggregate, Map.of("aggregations", "sum:v"), table);
    assertTrue(failure.startsWith("One of sum_v does not fit in the 38 digits"), failure);
  }

  @Test
  void datesAndTextsHaveFirstAndGreatestValues() throws Exception {
    StepInput table =
        bench.texts(
            "t",
            List.of("day", "name"),
            List.of(
                row(null, "b"),
                row("2024-02-29", "ä"),
                row("2023-01-01", "a"),
                row("2024-01-01", null)));
    assertEquals(
        List.of(
            row("2023-01-01", "2024-02-29", "2024-02-29", "2024-01-01", "a", "ä", "b", "a", "3")),
        run(
            Map.of(
                "aggregations",
                "min:day,max:day,first:day,last:day,min:name,max:name,first:name,last:name,"
                    + "count_distinct:name"),
            table));
  }

  @Test
  void theOrderIsWhatWasAskedForThenByGroup() throws Exception {
    StepInput table =
        bench.texts(
            "t",
            List.of("a b", "order", "v"),
            List.of(
                row("x", "1", "5"), row("y", "2", "7"), row("z", "10", "7"), row("x", "9", "1")));
    Map<String, Object> parameters =
        Map.of(
            "group_by", "a b,order",
            "aggregations", List.of("sum:v"),
            "sort_by", "sum_v DESC");
    assertEquals(
        List.of(row("y", "2", "7"), row("z", "10", "7"), row("x", "1", "5"), row("x", "9", "1")),
        run(parameters, table));
    assertEquals(
        List.of("9", "1", "2", "10"),
        run(
                Map.of(
                    "group_by",
                    "a b,order",
                    "aggregations",
                    "count",
                    "sort_by",
                    "A B asc, order desc"),
                table)
            .stream()
            .map(cells -> cells.get(1))
            .toList());
  }

  @Test
  void namesOfTheResultComeFromFunctionAndColumn() throws Exception {
    StepInput table = bench.texts("t", List.of("Größe \"x\"", "select"), List.of(row("1", "2")));
    assertEquals(
        List.of("select", "sum_Größe \"x\"", "count"),
        TableBench.headers(
            bench.steps.run(
                aggregate,
                Map.of("group_by", "select", "aggregations", "sum:größe \"x\",count:*"),
                table)));
  }

  @Test
  void binaryNumbersAreAddedTheSameWayEveryTime() throws Exception {
    StepInput table =
        bench.typed(
            "t", "SELECT i % 3 AS g, 1e10 / (i + 1) AS v FROM range(20000) r(i) ORDER BY i");
    Map<String, Object> parameters =
        Map.of("group_by", "g", "aggregations", "sum:v,mean:v,std:v,median:v");
    List<List<@Nullable String>> once = run(parameters, table);
    assertEquals(once, run(parameters, table));
    assertEquals(3, once.size());
  }

  @Test
  void oneValueHasNoDeviation() throws Exception {
    StepInput table = bench.texts("t", List.of("v"), List.of(row("3")));
    assertNull(run(Map.of("aggregations", "std:v"), table).get(0).get(0));
  }

  @Test
  void faultsAreExplained() throws Exception {
    StepInput table =
        bench.texts(
            "t",
            List.of("id", "amount"),
            List.of(row("001", "5"), row("002", "n/a"), row("003", "7"), row("004", "-")));
    String text = bench.failure(aggregate, Map.of("aggregations", "sum:amount"), table);
    assertTrue(text.startsWith("sum needs numbers, but column 'amount' of '"), text);
    assertTrue(text.contains("is of type text: row 2 holds 'n/a'."), text);
    String zeros = bench.failure(aggregate, Map.of("aggregations", "mean:id"), table);
    assertTrue(zeros.contains("row 1 holds '001'"), zeros);
    assertTrue(
        bench
            .failure(aggregate, Map.of("aggregations", "summ:amount"), table)
            .startsWith("aggregations: 'summ' is not a function; did you mean 'sum'?"));
    assertTrue(
        bench.failure(aggregate, Map.of("aggregations", "sum"), table).contains("names no column"));
    assertTrue(
        bench
            .failure(aggregate, Map.of("aggregations", "sum:amuont"), table)
            .contains("did you mean 'amount'?"));
    assertTrue(
        bench
            .failure(aggregate, Map.of("aggregations", "count:id,count:ID"), table)
            .contains("two columns 'count_id'"));
    assertTrue(
        bench
            .failure(
                aggregate,
                Map.of("group_by", "id", "aggregations", "count", "sort_by", "amount"),
                table)
            .startsWith("sort_by: the result has no column 'amount'"));
    assertTrue(
        bench.failure(aggregate, Map.of(), table).startsWith("aggregate needs aggregations"));
  }
}
