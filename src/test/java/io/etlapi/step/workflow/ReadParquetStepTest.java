package io.etlapi.step.workflow;

import static io.etlapi.step.Outputs.assertRefused;
import static io.etlapi.step.Outputs.at;
import static io.etlapi.step.Outputs.filePath;
import static io.etlapi.step.Outputs.table;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.engine.DuckDbSession;
import io.etlapi.step.StepBench;
import io.etlapi.step.dataset.Dataset;
import io.etlapi.step.dataset.LogicalType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadParquetStepTest {

  private final ReadParquetStep step = new ReadParquetStep();
  private StepBench bench;

  @BeforeEach
  void setUp(@TempDir Path folder) {
    bench = new StepBench(folder);
  }

  private String orders() throws Exception {
    String csv =
        bench.file(
            "orders.csv",
            """
            id,amount,day,file_row_number
            001,10.50,2024-01-31,x
            002,9,2024-02-01,y
            003,100,,z
            """);
    return filePath(bench.run(new ReadCsvStep(), Map.of("file_path", csv)));
  }

  private static List<?> ids(Map<String, @Nullable Object> output) {
    return table(output).stream().map(row -> at(row, 0)).toList();
  }

  @Test
  void filtersSeeTheTypesAndTheOutputKeepsTheText() throws Exception {
    Map<String, @Nullable Object> output =
        bench.run(
            step,
            Map.of(
                "file_path", orders(),
                "columns", "id, amount",
                "filters", List.of(List.of("amount", ">=", 10L))));
    assertEquals(List.of("001", "003"), ids(output));
    Dataset dataset = Dataset.open(bench.files(), filePath(output));
    assertEquals(
        LogicalType.decimal(5, 2), dataset.manifest().orElseThrow().typeOf("amount").orElseThrow());
    try (DuckDbSession session = bench.engine().open(List.of(dataset.path()), bench.storage())) {
      assertEquals(
          List.of("10.50", "100"),
          session.query(
              "SELECT amount FROM " + dataset.scan(), row -> String.valueOf(row.text(1))));
    }
    assertEquals(3L, at(output, "read_parquet_details", "rows_read"));
  }

  @Test
  void everyOperatorSelectsWhatItSays() throws Exception {
    String path = orders();
    Map<List<Object>, List<String>> cases =
        Map.of(
            List.of("id", "==", "002"), List.of("002"),
            List.of("id", "!=", "002"), List.of("001", "003"),
            List.of("amount", "<", "10.5"), List.of("002"),
            List.of("amount", "<=", "10.5"), List.of("001", "002"),
            List.of("id", "in", List.of("001", "x'; DROP")), List.of("001"),
            List.of("id", "not in", List.of("001")), List.of("002", "003"),
            List.of("day", ">", "2024-01-31"), List.of("002"));
    for (Map.Entry<List<Object>, List<String>> entry : cases.entrySet()) {
      Map<String, @Nullable Object> output =
          bench.run(step, Map.of("file_path", path, "filters", List.of(entry.getKey())));
      assertEquals(entry.getValue(), ids(output), entry.getKey().toString());
    }
    Map<String, @Nullable Object> either =
        bench.run(
            step,
            Map.of(
                "file_path",
                path,
                "filters",
                List.of(
                    List.of(List.of("id", "=", "001"), List.of("amount", ">", 10L)),
                    List.of(List.of("id", "=", "003")))));
    assertEquals(List.of("001", "003"), ids(either));
  }

  @Test
  void filtersThatDoNotFitNameTheColumnAndTheValue() throws Exception {
    String path = orders();
    assertFilterRefused(path, List.of("amount", ">", "ten"), "'amount'", "decimal(5,2)", "ten");
    assertFilterRefused(path, List.of("day", ">", "2024-02-30"), "'day'", "2024-02-30");
    assertFilterRefused(path, List.of("amonut", ">", 1L), "did you mean 'amount'");
    assertFilterRefused(path, List.of("amount", "~", 1L), "allowed");
    assertFilterRefused(path, List.of("amount"), "allowed");
    assertFilterRefused(path, List.of("amount", "in", List.of()), "allowed");
  }

  private void assertFilterRefused(String path, List<?> filter, String... parts) {
    assertRefused(
        () -> bench.run(step, Map.of("file_path", path, "filters", List.of(filter))), parts);
  }

  @Test
  void aForeignFileIsReadWithItsOwnTypes() throws Exception {
    Path foreign = bench.data().resolve("day=1").resolve("it's \"mine\".parquet");
    Files.createDirectories(foreign.getParent());
    try (DuckDbSession session = bench.engine().open(List.of(), bench.data())) {
      session.execute(
          "COPY (SELECT 1::UBIGINT AS big, 1.5::FLOAT AS f, [1,2] AS l, TIME '10:00' AS t,"
              + " {'a': 1} AS s, 'x'::BLOB AS b) TO '"
              + foreign.toString().replace("'", "''")
              + "' (FORMAT parquet)");
    }
    Map<String, @Nullable Object> output = bench.run(step, Map.of("file_path", foreign.toString()));
    assertEquals(
        List.of("big", "f", "l", "t", "s", "b"), at(output, "calculation_results", "headers"));
    assertEquals("[1, 2]", at(table(output), 0, 2));
    assertEquals(6, ((List<?>) at(output, "histogram_data")).size());
  }

  @Test
  void aFileThatIsNoParquetIsNamed() throws Exception {
    String path = bench.file("a.parquet", "a,b\n1,2\n");
    String sentence =
        assertRefused(
            () -> bench.run(step, Map.of("file_path", "a.parquet")),
            "'a.parquet' is not a Parquet");
    assertTrue(!sentence.contains(path), sentence);
    assertRefused(
        () -> bench.run(step, Map.of("file_path", orders(), "columns", List.of("nope"))),
        "has no column 'nope'",
        "It has: id, amount");
  }
}
