package io.etlapi.step.workflow;

import static io.etlapi.step.Outputs.assertRefused;
import static io.etlapi.step.Outputs.at;
import static io.etlapi.step.Outputs.filePath;
import static io.etlapi.step.Outputs.find;
import static io.etlapi.step.Outputs.table;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.step.StepBench;
import io.etlapi.step.dataset.Dataset;
import io.etlapi.step.dataset.LogicalType;
import io.etlapi.step.dataset.Manifest;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadCsvStepTest {

  private final ReadCsvStep step = new ReadCsvStep();
  private StepBench bench;

  @BeforeEach
  void setUp(@TempDir Path folder) {
    bench = new StepBench(folder);
  }

  private Map<String, @Nullable Object> read(String content, Map<String, ?> more) throws Exception {
    String path = bench.file("orders.csv", content);
    Map<String, Object> parameters = new java.util.LinkedHashMap<>(more);
    parameters.put("file_path", path);
    return bench.run(step, parameters);
  }

  private List<Manifest.Field> types(Map<String, @Nullable Object> output) throws Exception {
    return Dataset.open(bench.files(), filePath(output)).manifest().orElseThrow().columns();
  }

  @Test
  void textIsKeptAndTypesAreInferredFromAllRows() throws Exception {
    Map<String, @Nullable Object> output =
        read(
            """
            id,ref,amount,day,note
            001,12345678901234567890,10.50,2024-01-31,"a
            b"
            002,12345678901234567891,7,2024-02-29,
            """,
            Map.of());
    assertEquals(
        List.of(
            new Manifest.Field("id", LogicalType.TEXT),
            new Manifest.Field("ref", LogicalType.decimal(20, 0)),
            new Manifest.Field("amount", LogicalType.decimal(4, 2)),
            new Manifest.Field("day", LogicalType.DATE),
            new Manifest.Field("note", LogicalType.TEXT)),
        types(output));
    assertEquals("001", at(table(output), 0, 0));
    assertEquals("12345678901234567890", at(table(output), 0, 1));
    assertEquals(new BigDecimal("10.50"), at(table(output), 0, 2));
    assertEquals("2024-02-29", at(table(output), 1, 3));
    assertEquals("a\nb", at(table(output), 0, 4));
    assertNull(find(table(output), 1, 4));
    assertEquals("2", output.get("count"));
  }

  @Test
  void malformedRowsGoToAFileOfTheirOwnWithLineReasonAndText() throws Exception {
    Map<String, @Nullable Object> output =
        read("a,b\n\"x\ny\",1\n1,2,3\n\n4\n\"q\"r,5\n6,7\n", Map.of());
    assertEquals("2", output.get("count"));
    assertEquals(3L, at(output, "read_csv_details", "rejected_rows"));
    assertEquals(5L, at(output, "input_file_info", "rows"));
    Dataset rejected =
        Dataset.open(bench.files(), filePath(output)).sideFile("rejected").orElseThrow();
    try (var session = bench.engine().open(List.of(rejected.path()), bench.storage())) {
      assertEquals(
          List.of(
              "4|expected 2 fields, found 3|1,2,3",
              "6|expected 2 fields, found 1|4",
              "7|the record has text after a closing quote|\"q\"r,5"),
          session.query(
              "SELECT line, reason, raw FROM " + rejected.scan(),
              row -> row.integer(1) + "|" + row.text(2) + "|" + row.text(3)));
    }
    Path csv = Path.of((String) at(output, "read_csv_details", "rejected_file"));
    assertTrue(Files.readString(csv).startsWith("line,reason,raw\r\n4,"), Files.readString(csv));
  }

  @Test
  void everyAcceptedSeparatorWorks() throws Exception {
    for (String delimiter : List.of(";", "|", "\\t", "\t")) {
      String separator = delimiter.equals("\\t") ? "\t" : delimiter;
      Map<String, @Nullable Object> output =
          read("a,b" + separator + "c\n1,5" + separator + "2\n", Map.of("delimiter", delimiter));
      assertEquals(List.of(List.of("1,5", 2L)), table(output), delimiter);
    }
    assertRefused(() -> read("a\n1\n", Map.of("delimiter", "ab")), "delimiter: 'ab'");
  }

  @Test
  void anEmptyFileIsAnErrorAndAHeaderAloneIsATableWithoutRows() throws Exception {
    assertRefused(() -> read("", Map.of()), "orders.csv' is empty");
    assertRefused(() -> read("\n\n", Map.of()), "holds no header");
    Map<String, @Nullable Object> output = read("a,b\n", Map.of());
    assertEquals("0", output.get("count"));
    assertEquals(List.of("a", "b"), at(output, "calculation_results", "headers"));
    assertEquals(List.of(), table(output));
    assertEquals(0L, at(output, "histogram_data", 0, "total_values"));
  }

  @Test
  void headersThatCannotBeNamesAreRenamedAndReported() throws Exception {
    Map<String, @Nullable Object> output = read("id,,ID, id \n1,2,3,4\n", Map.of());
    assertEquals(
        List.of("id", "column_2", "ID_2", "id_3"), at(output, "calculation_results", "headers"));
    assertEquals(3, ((List<?>) at(output, "read_csv_details", "renamed_columns")).size());
  }

  @Test
  void aFileWithoutHeaderGetsNumberedColumns() throws Exception {
    Map<String, @Nullable Object> output = read("1,2\n3,4\n", Map.of("header", false));
    assertEquals(List.of("column_1", "column_2"), at(output, "calculation_results", "headers"));
    assertEquals("2", output.get("count"));
  }

  @Test
  void aTypeThatIsAskedForIsCheckedAgainstEveryRow() throws Exception {
    Map<String, @Nullable Object> output =
        read("id,v\n007,1\n", Map.of("column_types", Map.of("id", "integer", "v", "text")));
    assertEquals(List.of(List.of(7L, "1")), table(output));
    assertRefused(
        () -> read("id\n1\nx7\n", Map.of("column_types", Map.of("id", "integer"))),
        "Column 'id'",
        "row 2 holds 'x7'");
  }

  @Test
  void aFileThatIsNotThereIsNamedAsItWasSent() {
    assertRefused(
        () -> bench.run(step, Map.of("file_path", "missing.csv")),
        "The file 'missing.csv' does not exist.");
  }

  @Test
  void aStopEndsTheReading() throws Exception {
    String path = bench.file("long.csv", "a\n" + "1\n".repeat(20_000));
    try (var context = bench.context(Map.of("file_path", path))) {
      context.stop();
      org.junit.jupiter.api.Assertions.assertThrows(
          InterruptedException.class, () -> step.run(context));
    }
  }
}
