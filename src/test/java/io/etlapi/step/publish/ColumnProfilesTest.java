package io.etlapi.step.publish;

import static io.etlapi.step.Outputs.at;
import static io.etlapi.step.Outputs.find;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.engine.DuckDbSession;
import io.etlapi.json.Json;
import io.etlapi.step.StepBench;
import io.etlapi.step.dataset.DatasetColumn;
import io.etlapi.step.dataset.LogicalType;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ColumnProfilesTest {

  private DuckDbSession session;

  @BeforeEach
  void setUp(@TempDir Path folder) throws Exception {
    session = new StepBench(folder).engine().open(List.of(), folder);
  }

  @AfterEach
  void tearDown() {
    session.close();
  }

  private Object profile(String rows, LogicalType type) throws Exception {
    session.execute(
        "CREATE OR REPLACE TABLE t AS SELECT CAST(v AS %s) AS v FROM (VALUES %s) x(v)"
            .formatted(type.engineType(), rows));
    return profileOfTable(type);
  }

  private Object profileOfTable(LogicalType type) throws Exception {
    List<Map<String, @Nullable Object>> profiles =
        new ColumnProfiles(session)
            .of("t", List.of(new DatasetColumn("v", type, type.engineType())), (done, all) -> {});
    return at(Json.parse(Json.write(profiles)), 0);
  }

  @Test
  void figuresOfNumbersAreThoseOfTheirDefinitions() throws Exception {
    Random random = new Random(3);
    for (int round = 0; round < 20; round++) {
      int count = 1 + random.nextInt(60);
      double[] values = new double[count];
      StringBuilder rows = new StringBuilder("(NULL)");
      Map<Double, Long> counts = new HashMap<>();
      for (int i = 0; i < count; i++) {
        values[i] = (random.nextInt(40) - 20) / 4.0;
        rows.append(", (").append(values[i]).append(")");
        counts.merge(values[i], 1L, Long::sum);
      }
      Object profile = profile(rows.toString(), LogicalType.decimal(9, 2));
      Arrays.sort(values);
      double mean = Arrays.stream(values).sum() / count;
      double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
      assertEquals(count + 1L, at(profile, "total_values"));
      assertEquals(1L, at(profile, "null_values"));
      assertEquals((long) counts.size(), at(profile, "unique_values"));
      assertNumber(values[0], at(profile, "summary", "min"));
      assertNumber(values[count - 1], at(profile, "summary", "max"));
      assertNumber(mean, at(profile, "summary", "mean"));
      assertNumber(
          (values[(count - 1) / 2] + values[count / 2]) / 2, at(profile, "summary", "median"));
      if (count > 1) {
        assertNumber(Math.sqrt(squares / (count - 1)), at(profile, "summary", "std_dev"));
      }
      long top = counts.values().stream().mapToLong(Long::longValue).max().orElseThrow();
      assertEquals(top, at(profile, "top_values", 0, "count"));
      List<?> bins = (List<?>) at(profile, "distribution", "bin_counts");
      assertEquals(20, bins.size());
      assertEquals(21, ((List<?>) at(profile, "distribution", "bin_edges")).size());
      assertEquals(count, bins.stream().mapToLong(b -> (Long) b).sum());
    }
  }

  private static void assertNumber(double expected, Object found) {
    assertEquals(expected, new BigDecimal(found.toString()).doubleValue(), 1e-9);
  }

  @Test
  void topValuesAreTheTenMostFrequentAndTiesGoByValue() throws Exception {
    List<String> rows = new ArrayList<>();
    for (int i = 0; i < 15; i++) {
      rows.add("('v%02d')".formatted(14 - i));
    }
    rows.add("('v09')");
    rows.add("(NULL)");
    Object profile = profile(String.join(", ", rows), LogicalType.TEXT);
    assertEquals("text", at(profile, "data_type"));
    List<?> top = (List<?>) at(profile, "top_values");
    assertEquals(10, top.size());
    assertEquals("v09", at(top, 0, "value"));
    assertEquals(2L, at(top, 0, "count"));
    assertEquals("v00", at(top, 1, "value"));
    assertEquals("v08", at(top, 9, "value"));
    assertEquals(3L, at(profile, "summary", "min_length"));
  }

  @Test
  void emptyColumnsHaveFiguresToo() throws Exception {
    for (LogicalType type :
        List.of(LogicalType.TEXT, LogicalType.INTEGER, LogicalType.DATE, LogicalType.BOOLEAN)) {
      session.execute(
          "CREATE OR REPLACE TABLE t AS SELECT CAST(NULL AS %s) AS v FROM range(3)"
              .formatted(type.engineType()));
      Object profile = profileOfTable(type);
      assertEquals(3L, at(profile, "null_values"));
      assertEquals(0L, at(profile, "unique_values"));
      assertEquals(List.of(), at(profile, "top_values"));
    }
    session.execute("CREATE OR REPLACE TABLE t AS SELECT 1 AS v WHERE false");
    Object profile = profileOfTable(LogicalType.INTEGER);
    assertEquals(0L, at(profile, "total_values"));
    assertNull(find(profile, "summary", "min"));
    assertNull(find(profile, "distribution"));
  }

  @Test
  void nanAndInfinityAreCountedApartAndNeverBreakJson() throws Exception {
    Object profile = profile("('NaN'), ('inf'), ('-inf'), ('1'), ('3')", LogicalType.DOUBLE);
    assertEquals(3L, at(profile, "summary", "non_finite_values"));
    assertNumber(2, at(profile, "summary", "mean"));
    List<?> top = (List<?>) at(profile, "top_values");
    assertTrue(top.stream().anyMatch(value -> "NaN".equals(find(value, "value"))), top.toString());
  }

  @Test
  void figuresThatADoubleCannotReachAreLeftOut() throws Exception {
    Object profile = profile("(1e308), (1e308), (-1e308)", LogicalType.DOUBLE);
    assertNumber(1e308, at(profile, "summary", "max"));
    assertNull(find(profile, "summary", "mean"));
    assertNull(find(profile, "summary", "std_dev"));
    assertNull(find(profile, "distribution"));
  }

  @Test
  void numbersThatADoubleCannotHoldAreText() throws Exception {
    Object profile =
        profile("(12345678901234567890123456789012345678), (1)", LogicalType.decimal(38, 0));
    assertEquals("12345678901234567890123456789012345678", at(profile, "summary", "max"));
    assertEquals(1L, at(profile, "summary", "min"));
  }

  @Test
  void aSingleValueHasABinOfItsOwn() throws Exception {
    Object profile = profile("(5), (5)", LogicalType.INTEGER);
    assertNumber(4.5, at(profile, "distribution", "bin_edges", 0));
    assertNumber(5.5, at(profile, "distribution", "bin_edges", 20));
    assertEquals(2L, at(profile, "distribution", "bin_counts", 10));
    assertNumber(0, at(profile, "summary", "std_dev"));
  }

  @Test
  void timestampsKeepTheirClockTime() throws Exception {
    Object profile =
        profile("('2024-03-31 02:30:00'), ('2024-01-01 00:00:00.5')", LogicalType.TIMESTAMP);
    assertEquals("2024-03-31T02:30:00", at(profile, "summary", "max"));
    assertEquals("2024-01-01T00:00:00.5", at(profile, "summary", "min"));
  }
}
