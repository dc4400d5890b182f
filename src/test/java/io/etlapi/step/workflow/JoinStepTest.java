package io.etlapi.step.workflow;

import static io.etlapi.step.workflow.TableBench.row;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.step.Outputs;
import io.etlapi.step.StepInput;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JoinStepTest {

  private TableBench bench;
  private final JoinStep join = new JoinStep();

  @BeforeEach
  void setUp(@TempDir Path folder) {
    bench = new TableBench(folder);
  }

  private static List<List<@Nullable String>> randomRows(Random random, String prefix, int count) {
    List<List<@Nullable String>> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String first = random.nextInt(6) == 0 ? null : "k" + random.nextInt(8);
      String second = random.nextInt(8) == 0 ? null : "ż" + random.nextInt(3);
      rows.add(row(first, second, prefix + i));
    }
    return rows;
  }

  /** The join by its definition: every pair is looked at. */
  private static List<List<@Nullable String>> byDefinition(
      String type, List<List<@Nullable String>> left, List<List<@Nullable String>> right) {
    List<List<@Nullable String>> result = new ArrayList<>();
    Set<Integer> matchedRight = new HashSet<>();
    for (List<@Nullable String> l : left) {
      boolean matched = false;
      for (int i = 0; i < right.size(); i++) {
        List<@Nullable String> r = right.get(i);
        boolean equal =
            l.get(0) != null
                && l.get(1) != null
                && l.get(0).equals(r.get(0))
                && l.get(1).equals(r.get(1));
        if (equal) {
          matched = true;
          matchedRight.add(i);
          if (!type.equals("semi") && !type.equals("anti")) {
            result.add(row(l.get(0), l.get(1), l.get(2), r.get(2)));
          }
        }
      }
      if (type.equals(matched ? "semi" : "anti")) {
        result.add(l);
      }
      if (!matched && (type.equals("left") || type.equals("outer"))) {
        result.add(row(l.get(0), l.get(1), l.get(2), null));
      }
    }
    if (type.equals("right") || type.equals("outer")) {
      for (int i = 0; i < right.size(); i++) {
        if (!matchedRight.contains(i)) {
          List<@Nullable String> r = right.get(i);
          result.add(row(r.get(0), r.get(1), null, r.get(2)));
        }
      }
    }
    if (type.equals("right")) {
      result.sort(
          java.util.Comparator.comparingInt(
              cells -> Integer.parseInt(String.valueOf(cells.get(3)).substring(1))));
    }
    return result;
  }

  @ParameterizedTest
  @ValueSource(strings = {"inner", "left", "right", "outer", "semi", "anti"})
  void everyTypeAgreesWithItsDefinition(String type) throws Exception {
    Random random = new Random(20240115);
    for (int round = 0; round < 4; round++) {
      List<List<@Nullable String>> left = randomRows(random, "l", round == 0 ? 0 : 40);
      List<List<@Nullable String>> right = randomRows(random, "r", round == 1 ? 0 : 30);
      Map<String, @Nullable Object> output =
          bench.steps.run(
              join,
              Map.of("join_type", type, "left_key", "a, b", "right_key", "a,b"),
              bench.texts("one", List.of("a", "b", "l"), left),
              bench.texts("two", List.of("a", "b", "r"), right));
      assertEquals(byDefinition(type, left, right), bench.rows(output), type + " " + round);
    }
  }

  @Test
  void namesThatBothTablesHaveGetSuffixes() throws Exception {
    StepInput left = bench.texts("l", List.of("id", "Name", "order"), List.of(row("1", "n", "o")));
    StepInput right =
        bench.texts("r", List.of("key", "name", "a \"b\""), List.of(row("1", "m", "p")));
    Map<String, Object> parameters = Map.of("left_key", "id", "right_key", "key");
    assertEquals(
        List.of("id", "Name_x", "order", "key", "name_y", "a \"b\""),
        TableBench.headers(bench.steps.run(join, parameters, left, right)));
    assertEquals(
        List.of("id", "Name", "order", "key", "name_r", "a \"b\""),
        TableBench.headers(
            bench.steps.run(
                join,
                Map.of("left_key", "id", "right_key", "key", "suffixes", List.of("", "_r")),
                left,
                right)));
    assertTrue(
        bench
            .failure(
                join, Map.of("left_key", "id", "right_key", "key", "suffixes", "_x"), left, right)
            .startsWith("suffixes must be two different texts"));
  }

  @Test
  void aNameThatASuffixWouldDoubleIsRefused() throws Exception {
    StepInput left = bench.texts("l", List.of("id", "v", "v_x"), List.of(row("1", "2", "3")));
    StepInput right = bench.texts("r", List.of("id", "v"), List.of(row("1", "2")));
    assertEquals(
        "The joined table would have two columns 'v_x'; choose other suffixes.",
        bench.failure(join, Map.of("left_key", "id"), left, right));
  }

  @ParameterizedTest
  @CsvSource({
    // Numbers of different types are the same number; texts are the same characters.
    "BIGINT, 7, VARCHAR, 7, number, 1",
    "BIGINT, 7, VARCHAR, 007, text, 0",
    "VARCHAR, 7.50, VARCHAR, 7.5, number, 1",
    "'DECIMAL(38,30)', 1.5, BIGINT, 1, number, 0",
    "'DECIMAL(38,30)', 7.0, BIGINT, 7, number, 1",
    "DOUBLE, 0.5, 'DECIMAL(4,2)', 0.50, number, 1",
    "VARCHAR, 12345678901234567890, VARCHAR, 12345678901234567891, number, 0",
    "VARCHAR, 99999999999999999999999999999999999999, 'DECIMAL(38,10)', 7, number, 0",
    "DATE, 2024-02-29, VARCHAR, 2024-02-29, date, 1",
    "DATE, 2024-02-29, TIMESTAMP, 2024-02-29, text, 0",
    "BOOLEAN, true, VARCHAR, true, text, 1",
    "VARCHAR, Straße, VARCHAR, Straße, text, 1",
    "VARCHAR, a, VARCHAR, A, text, 0",
  })
  void keysAreComparedByWhatTheyMean(
      String leftType, String left, String rightType, String right, String as, String rows)
      throws Exception {
    Map<String, @Nullable Object> output =
        bench.steps.run(
            join,
            Map.of("left_key", "k", "right_key", "K2"),
            bench.typed("l", "SELECT CAST('%s' AS %s) AS k".formatted(left, leftType)),
            bench.typed("r", "SELECT CAST('%s' AS %s) AS k2".formatted(right, rightType)));
    assertEquals(rows, output.get("count"));
    assertEquals(as, Outputs.at(output, "join_details", "keys", 0, "compared_as"));
  }

  @Test
  void leftAndRightAreFoundByNameElseByOrder() throws Exception {
    StepInput a = bench.texts("right", List.of("id", "a"), List.of(row("1", "a")));
    StepInput b = bench.texts("left", List.of("id", "b"), List.of(row("1", "b")));
    StepInput c = bench.texts("c", List.of("id", "c"), List.of(row("1", "c")));
    assertEquals(
        List.of("id", "b", "a"),
        TableBench.headers(bench.steps.run(join, Map.of("left_key", "id"), a, b)));
    assertEquals(
        List.of("id", "b", "a"),
        TableBench.headers(bench.steps.run(join, Map.of("left_key", "id"), c, a, b)));
    assertEquals(
        List.of("id", "c", "a"),
        TableBench.headers(
            bench.steps.run(join, Map.of("right_key", "id"), c, new StepInput("z", a.output()))));
  }

  @Test
  void aTableJoinsItself() throws Exception {
    StepInput people =
        bench.texts(
            "people", List.of("id", "boss"), List.of(row("1", null), row("2", "1"), row("3", "1")));
    Map<String, @Nullable Object> output =
        bench.steps.run(join, Map.of("left_key", "boss", "right_key", "id"), people, people);
    assertEquals(List.of("id_x", "boss_x", "id_y", "boss_y"), TableBench.headers(output));
    assertEquals(List.of(row("2", "1", "1", null), row("3", "1", "1", null)), bench.rows(output));
    assertEquals(1L, Outputs.at(output, "join_details", "left", "rows_with_null_key"));
    assertEquals(1L, Outputs.at(output, "join_details", "right", "rows_with_match"));
  }

  @Test
  void theKeyOfAnOuterJoinComesFromWhicheverSideHasIt() throws Exception {
    Map<String, @Nullable Object> output =
        bench.steps.run(
            join,
            Map.of("join_type", "outer", "left_key", "id"),
            bench.typed("l", "SELECT 1::BIGINT AS id, 'x' AS a"),
            bench.texts("r", List.of("ID", "b"), List.of(row("2", "y"))));
    assertEquals(List.of(row("1", "x", null), row("2", null, "y")), bench.rows(output));
  }

  @Test
  void faultsAreExplained() throws Exception {
    StepInput left = bench.texts("l", List.of("order_id", "x"), List.of(row("1", "2")));
    StepInput right = bench.texts("r", List.of("id"), List.of(row("1")));
    assertTrue(
        bench
            .failure(join, Map.of("left_key", "order_id"), left)
            .startsWith("join needs two tables, 1 given: l."));
    assertTrue(bench.failure(join, Map.of(), left, right).startsWith("join needs left_key"));
    String missing =
        bench.failure(join, Map.of("left_key", "oder_id", "right_key", "id"), left, right);
    assertTrue(
        missing.contains("no column 'oder_id'; did you mean 'order_id'? It has: order_id, x."),
        missing);
    assertEquals(
        "left_key names 2 columns (order_id, x) and right_key 1 (id); they must pair up.",
        bench.failure(
            join,
            Map.of("left_key", Arrays.asList("order_id", "x"), "right_key", "id"),
            left,
            right));
  }
}
