package io.etlapi.step.workflow;

import static io.etlapi.step.workflow.TableBench.row;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.json.Json;
import io.etlapi.step.Outputs;
import io.etlapi.step.StepInput;
import io.etlapi.step.dataset.FileDigest;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutputStepTest {

  private TableBench bench;
  private final OutputStep output = new OutputStep();

  @BeforeEach
  void setUp(@TempDir Path folder) {
    bench = new TableBench(folder);
  }

  private StepInput orders() throws Exception {
    return bench.texts(
        "orders",
        List.of("id", "amount", "day", "note"),
        List.of(
            row("001", "12.50", "2024-02-29", "=1+1"),
            row("002", "-3", null, "Łódź, \"x\""),
            row("003", "12345678901234567890.01", "2024-01-01", "")));
  }

  private Map<String, @Nullable Object> run(Map<String, ?> parameters, StepInput input)
      throws Exception {
    return bench.steps.run(output, parameters, input);
  }

  private static Path file(Map<String, @Nullable Object> result) {
    return Path.of(Outputs.filePath(result));
  }

  private static List<?> json(Map<String, @Nullable Object> result) throws Exception {
    return (List<?>) Objects.requireNonNull(Json.parse(Files.readString(file(result))));
  }

  @Test
  void csvKeepsTheTextAndDefusesFormulas() throws Exception {
    Map<String, @Nullable Object> result = run(Map.of("output_type", "csv"), orders());
    assertEquals(
        "id,amount,day,note\r\n001,12.50,2024-02-29,'=1+1\r\n002,-3,,\"Łódź, \"\"x\"\"\"\r\n"
            + "003,12345678901234567890.01,2024-01-01,\"\"\r\n",
        Files.readString(file(result)));
    assertTrue(String.valueOf(result.get("execution_logs")).contains("1 cells begin like"));
    Map<String, @Nullable Object> plain =
        run(Map.of("output_type", "csv", "spreadsheet_safe", false, "delimiter", "\\t"), orders());
    assertTrue(Files.readString(file(plain)).contains("2024-02-29\t=1+1\r\n"));
  }

  @Test
  void jsonHasTypedValuesThatLoseNothing() throws Exception {
    Map<String, @Nullable Object> result = run(Map.of("output_type", "json"), orders());
    List<?> rows = json(result);
    assertEquals(new BigDecimal("12.50"), Outputs.at(rows, 0, "amount"));
    assertEquals("12345678901234567890.01", Outputs.at(rows, 2, "amount"));
    assertEquals("001", Outputs.at(rows, 0, "id"));
    assertEquals("2024-02-29", Outputs.at(rows, 0, "day"));
    assertEquals(3, rows.size());
  }

  @Test
  void excelIsReadBackAsItWas() throws Exception {
    Map<String, @Nullable Object> result = run(Map.of("output_type", "xlsx"), orders());
    Path copy = Files.copy(file(result), bench.steps.data().resolve("back.xlsx"));
    Map<String, @Nullable Object> back =
        bench.steps.run(new ReadExcelStep(), Map.of("file_path", copy.toString()));
    assertEquals(
        List.of(
            row("001", "12.5", "2024-02-29", "=1+1"),
            row("002", "-3", null, "Łódź, \"x\""),
            row("003", "12345678901234567890.01", "2024-01-01", "")),
        bench.rows(back));
  }

  @ParameterizedTest
  @ValueSource(strings = {"preview", "parquet", "csv", "json", "xlsx"})
  void everyTypeDescribesItsFileAndItsRows(String type) throws Exception {
    Map<String, @Nullable Object> result =
        run(Map.of("output_type", type, "max_rows", 2L), orders());
    Path file = file(result);
    assertEquals(Files.size(file), Outputs.at(result, "file_info", "file_size_bytes"));
    assertEquals(FileDigest.sha256(file), Outputs.at(result, "file_info", "sha256"));
    assertEquals(2L, Outputs.at(result, "file_info", "rows"));
    assertEquals("2", result.get("count"));
    assertEquals(2, Outputs.table(result).size());
    assertEquals(4, ((List<?>) Outputs.at(result, "histogram_data")).size());
    assertEquals(3L, TableBench.details(result, "output").get("rows_available"));
    assertEquals(false, TableBench.details(result, "output").get("complete"));
    try (Stream<Path> files = Files.list(file.getParent())) {
      assertFalse(files.anyMatch(each -> each.getFileName().toString().startsWith("rows.")));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"preview", "parquet", "csv", "json", "xlsx"})
  void anEmptyTableIsWrittenToo(String type) throws Exception {
    Map<String, @Nullable Object> result =
        run(Map.of("output_type", type), bench.texts("e", List.of("a", "b \"c\""), List.of()));
    assertEquals("0", result.get("count"));
    if (type.equals("csv")) {
      assertEquals("a,\"b \"\"c\"\"\"\r\n", Files.readString(file(result)));
    } else if (type.equals("json")) {
      assertEquals(List.of(), json(result));
    }
  }

  @Test
  void manyRowsKeepTheirOrderOverThePortions() throws Exception {
    StepInput many =
        bench.typed(
            "many",
            "SELECT i, TIMESTAMP '2024-03-31 02:30:00' + INTERVAL (i) MINUTE AS t"
                + " FROM range(120001) r(i)");
    Map<String, @Nullable Object> result = run(Map.of("output_type", "csv"), many);
    List<String> lines = Files.readAllLines(file(result));
    assertEquals(120_002, lines.size());
    for (int i : new int[] {0, 49_999, 50_000, 50_001, 99_999, 100_000, 120_000}) {
      assertTrue(lines.get(i + 1).startsWith(i + ","), lines.get(i + 1));
    }
    assertEquals("0,2024-03-31 02:30:00", lines.get(1));
  }

  @Test
  void valuesThatJsonCannotSpellBecomeTexts() throws Exception {
    StepInput odd =
        bench.typed(
            "odd",
            "SELECT 'NaN'::DOUBLE AS n, '-Infinity'::DOUBLE AS i, 9007199254740993 AS big,"
                + " TIMESTAMP '2024-03-31 02:30:00.5' AS t, NULL::DATE AS d, 0.1::DOUBLE AS x");
    List<?> rows = json(run(Map.of("output_type", "json"), odd));
    assertEquals(
        Arrays.asList(
            "NaN",
            "-Infinity",
            "9007199254740993",
            "2024-03-31T02:30:00.5",
            null,
            new BigDecimal("0.1")),
        Stream.of("n", "i", "big", "t", "d", "x")
            .map(name -> Outputs.find(rows, 0, name))
            .toList());
  }

  @Test
  void aTableThatNoSheetHoldsIsRefusedBeforeItIsWritten() throws Exception {
    StepInput tall = bench.typed("long", "SELECT i FROM range(1048576) r(i)");
    assertEquals(
        "A sheet has at most 1048575 rows below its header; the table has 1048576. Set max_rows,"
            + " or write another format.",
        bench.failure(output, Map.of("output_type", "xlsx"), tall));
  }

  @Test
  void theFileGoesWhereTheRequestSays() throws Exception {
    Map<String, @Nullable Object> inside =
        run(Map.of("output_type", "csv", "output_path", "reports/orders.csv"), orders());
    assertTrue(file(inside).endsWith("reports/orders.csv"));
    assertTrue(Files.exists(file(inside)));
    Path target = bench.steps.exports().resolve("orders.json");
    Map<String, @Nullable Object> outside =
        run(Map.of("output_type", "json", "output_path", target.toString()), orders());
    assertEquals(Files.readString(file(outside)), Files.readString(target));
    assertEquals(target.toString(), TableBench.details(outside, "output").get("output_path"));
    assertTrue(
        bench
            .failure(output, Map.of("output_type", "csv", "output_path", "../../x.csv"), orders())
            .contains("../../x.csv"));
  }
}
