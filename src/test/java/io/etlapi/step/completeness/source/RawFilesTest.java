package io.etlapi.step.completeness.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.engine.Column;
import io.etlapi.engine.DuckDbSession;
import io.etlapi.step.StepBench;
import io.etlapi.step.StepException;
import io.etlapi.step.TestStepContext;
import io.etlapi.step.completeness.control.FileFormat;
import io.etlapi.step.completeness.control.FileSpec;
import io.etlapi.step.completeness.control.ReadOptions;
import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.dhatim.fastexcel.Workbook;
import org.dhatim.fastexcel.Worksheet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RawFilesTest {

  private StepBench bench;

  @BeforeEach
  void setUp(@TempDir Path folder) {
    bench = new StepBench(folder);
  }

  private record Read(List<String> columns, List<String> rows, List<String> rejects) {}

  private Read read(FileFormat format, String... names) throws Exception {
    List<SourceFile> files = new ArrayList<>();
    List<Path> paths = new ArrayList<>();
    for (String name : names) {
      Path path = bench.data().resolve(name);
      files.add(new SourceFile(name, path));
      paths.add(path);
    }
    try (TestStepContext context = bench.context(Map.of())) {
      DuckDbSession session = context.session(paths);
      RawRejects rejects = new RawRejects(session);
      try (RawFiles raw =
          RawFiles.open(
              session,
              "side",
              new FileSpec("x", format, ReadOptions.DEFAULT),
              List.of(),
              files,
              context.folder(),
              rejects)) {
        rejects.close();
        List<String> rows = new ArrayList<>();
        List<Column> columns = session.describe(raw.select());
        session.forEach(
            raw.select(),
            row -> {
              List<String> values = new ArrayList<>();
              for (int i = 1; i <= columns.size(); i++) {
                values.add(String.valueOf(row.text(i)));
              }
              rows.add(String.join("|", values));
            });
        assertEquals(raw.accepted(), rows.size());
        return new Read(
            columns.stream().map(column -> column.name() + " " + column.type()).toList(),
            rows,
            session.query(
                "SELECT line || ': ' || reason FROM raw_rejects",
                row -> String.valueOf(row.text(1))));
      }
    }
  }

  @Test
  void aJsonArrayKeepsEveryDigitOfItsNumbers() throws Exception {
    bench.file(
        "a.json",
        """
        [{"id": "007", "amount": 12345678901234567890.10, "n": 1, "ok": true, "x": 1},
         {"id": "008", "amount": 0.1, "n": 22, "ok": null, "x": "y", "more": {"a": [1, 2.50]}},
         7]
        """);
    Read read = read(FileFormat.JSON, "a.json");
    assertEquals(
        List.of(
            "_file VARCHAR",
            "_line BIGINT",
            "id VARCHAR",
            "amount DECIMAL(22,2)",
            "n BIGINT",
            "ok BOOLEAN",
            "x VARCHAR",
            "more VARCHAR"),
        read.columns());
    assertEquals(
        List.of(
            "a.json|1|007|12345678901234567890.10|1|true|1|null",
            "a.json|2|008|0.10|22|null|y|{\"a\":[1,2.50]}"),
        read.rows());
    assertEquals(List.of("3: the item is no object"), read.rejects());
  }

  @Test
  void jsonLinesKeepTheirLineNumbersAndRejectWhatIsNoJson() throws Exception {
    bench.file("a.json", "{\"a\": 1}\n\n{\"a\": \n{\"a\": 2}\n[3]\n");
    Read read = read(FileFormat.JSON, "a.json");
    assertEquals(List.of("a.json|1|1", "a.json|4|2"), read.rows());
    assertEquals(2, read.rejects().size());
    assertTrue(read.rejects().get(0).startsWith("3: not JSON"), read.rejects().toString());
    assertEquals("5: a JSON object is expected, found array", read.rejects().get(1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"7", "\"x\"", "[{\"a\": 1}", "[{\"a\": 1}] x", "{\n\"a\": 1\n}", "   "})
  void aJsonFileOfAnotherShapeIsAClearError(String text) throws Exception {
    bench.file("a.json", text);
    StepException refusal =
        assertThrows(StepException.class, () -> read(FileFormat.JSON, "a.json"));
    assertTrue(
        String.valueOf(refusal.getMessage()).startsWith("The file 'a.json': "),
        refusal.getMessage());
  }

  @Test
  void parquetKeepsItsTypesAndCountsRows() throws Exception {
    try (TestStepContext context = bench.context(Map.of())) {
      context
          .session(List.of())
          .execute(
              "COPY (SELECT 1.10::DECIMAL(18,2) AS amount, DATE '2024-01-02' AS day UNION ALL"
                  + " SELECT 2, NULL) TO '"
                  + context.folder().resolve("p.parquet")
                  + "' (FORMAT parquet)");
      bench.file(
          "p.parquet", java.nio.file.Files.readAllBytes(context.folder().resolve("p.parquet")));
    }
    Read read = read(FileFormat.PARQUET, "p.parquet");
    assertEquals(
        List.of("_file VARCHAR", "_line BIGINT", "amount DECIMAL(18,2)", "day DATE"),
        read.columns());
    assertEquals(List.of("p.parquet|1|1.10|2024-01-02", "p.parquet|2|2.00|null"), read.rows());
  }

  @Test
  void aSheetIsReadAsTextWithTheRowNumbersThatItShows() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (Workbook workbook = new Workbook(bytes, "test", "1.0")) {
      Worksheet sheet = workbook.newWorksheet("data");
      sheet.value(0, 0, "id");
      sheet.value(0, 1, "amount");
      sheet.value(0, 2, "day");
      sheet.value(1, 0, "007");
      sheet.value(1, 1, new BigDecimal("1234.50"));
      sheet.value(1, 2, LocalDate.of(2024, 1, 31));
      sheet.style(1, 2).format("yyyy-mm-dd").set();
      sheet.value(3, 0, "008");
    }
    bench.file("a.xlsx", bytes.toByteArray());
    Read read = read(FileFormat.XLSX, "a.xlsx");
    assertEquals(
        List.of("_file VARCHAR", "_line BIGINT", "id VARCHAR", "amount VARCHAR", "day VARCHAR"),
        read.columns());
    assertEquals(List.of("a.xlsx|2|007|1234.5|2024-01-31", "a.xlsx|4|008|null|null"), read.rows());
  }

  @Test
  void aFileThatIsNoParquetIsAClearError() throws Exception {
    bench.file("p.parquet", "PAR1 not really");
    StepException refusal =
        assertThrows(StepException.class, () -> read(FileFormat.PARQUET, "p.parquet"));
    assertEquals(
        "The file 'p.parquet' is not a Parquet file that can be read.", refusal.getMessage());
  }

  @Test
  void severalFilesAreReadInTheirOrderByTheNamesOfTheirColumns() throws Exception {
    bench.file("1.csv", "a,b\n1,2\n");
    bench.file("2.csv", "b,a\n4,3\n");
    assertEquals(
        List.of("1.csv|2|1|2", "2.csv|2|3|4"), read(FileFormat.CSV, "1.csv", "2.csv").rows());
    bench.file("3.csv", "a,c\n5,6\n");
    StepException refusal =
        assertThrows(StepException.class, () -> read(FileFormat.CSV, "1.csv", "3.csv"));
    assertTrue(
        String.valueOf(refusal.getMessage()).contains("'1.csv' and '3.csv' have different columns"),
        refusal.getMessage());
  }
}
