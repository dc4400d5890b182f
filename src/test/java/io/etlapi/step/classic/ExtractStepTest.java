package io.etlapi.step.classic;

import static io.etlapi.step.Outputs.assertRefused;
import static io.etlapi.step.Outputs.at;
import static io.etlapi.step.classic.ClassicBench.WAREHOUSE;
import static io.etlapi.step.classic.ClassicBench.detail;
import static io.etlapi.step.classic.ClassicBench.row;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.json.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExtractStepTest {

  private static final String ORDERS =
      """
      id,amount,updated
      0001,10.50,2024-01-01
      0002,20.00,2024-01-03
      0003,7.25,2024-01-02
      """;

  private ClassicBench bench;
  private ExtractStep extract;

  @BeforeEach
  void open(@TempDir Path folder) throws Exception {
    bench = new ClassicBench(folder);
    extract = new ExtractStep(bench.sources());
    bench.sql(
        "DROP ALL OBJECTS",
        """
        CREATE TABLE orders (id BIGINT, ref VARCHAR(20), amount DECIMAL(18,2), huge DECIMAL(38,18),
          ratio DOUBLE PRECISION, paid BOOLEAN, due DATE, seen TIMESTAMP(6),
          zoned TIMESTAMP WITH TIME ZONE, "odd ""name" VARCHAR(5))
        """,
        """
        INSERT INTO orders VALUES
          (1, '007', 0.10, 12345678901234567890.123456789012345678, 0.1, true, DATE '2024-02-29',
           TIMESTAMP '2024-03-31 02:30:00.123456', TIMESTAMP WITH TIME ZONE '2024-01-01 01:00:00+02:00', 'x'),
          (2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
          (3, '', -5.00, 0, 1e300, false, DATE '1999-12-31', TIMESTAMP '2024-01-01 00:00:00',
           TIMESTAMP WITH TIME ZONE '2024-01-01 00:00:00+00:00', 'y')
        """);
  }

  @Test
  void aFileIsExtractedAsItIs() throws Exception {
    String path = bench.steps.file("orders.csv", ORDERS);
    Map<String, @Nullable Object> output = bench.run(extract, Map.of("file_path", path));

    assertEquals(
        List.of(
            row("0001", "10.50", "2024-01-01"),
            row("0002", "20.00", "2024-01-03"),
            row("0003", "7.25", "2024-01-02")),
        bench.rows(output));
    assertEquals(path, at(output, "input_file_info", "file_path"));
    assertEquals(0L, detail(output, "extract", "rejected_rows"));
  }

  @Test
  void anIncrementalExtractionTakesWhatIsAboveTheMarkAndNamesTheNext() throws Exception {
    String path = bench.steps.file("orders.csv", ORDERS);
    Map<String, Object> parameters =
        Map.of(
            "file_path", path,
            "extraction_method", "incremental",
            "incremental_column", "updated",
            "since", "2024-01-01");
    Map<String, @Nullable Object> output = bench.run(extract, parameters);

    assertEquals(
        List.of(row("0002", "20.00", "2024-01-03"), row("0003", "7.25", "2024-01-02")),
        bench.rows(output));
    assertEquals("2024-01-03", detail(output, "extract", "watermark"));
    assertEquals("date", detail(output, "extract", "compared_as"));
  }

  @Test
  void numbersAreComparedAsNumbersAlsoFromParquet() throws Exception {
    bench.csv("orders", ORDERS);
    String parquet =
        String.valueOf(at(bench.csv("again", ORDERS).output(), "file_info", "file_path"));
    Map<String, @Nullable Object> output =
        bench.run(
            extract,
            Map.of(
                "file_path", parquet,
                "extraction_method", "incremental",
                "incremental_column", "amount",
                "since", 7.25,
                "columns", "id,amount"));

    assertEquals(List.of(row("0001", "10.50"), row("0002", "20.00")), bench.rows(output));
    assertEquals("20.00", detail(output, "extract", "watermark"));
  }

  @Test
  void aMarkThatIsNoValueOfTheColumnIsRefused() throws Exception {
    String path = bench.steps.file("orders.csv", ORDERS);
    assertRefused(
        () ->
            bench.run(
                extract,
                Map.of(
                    "file_path", path,
                    "extraction_method", "incremental",
                    "incremental_column", "amount",
                    "since", "yesterday")),
        "since",
        "yesterday",
        "amount");
    assertRefused(
        () -> bench.run(extract, Map.of("file_path", path, "extraction_method", "incremental")),
        "incremental_column");
  }

  @Test
  void everyTypeOfATableArrivesWithAllItsDigits() throws Exception {
    Map<String, @Nullable Object> output =
        bench.run(
            extract, Map.of("source_type", "jdbc", "datasource", WAREHOUSE, "table", "orders"));

    assertEquals(
        List.of(
            row(
                "1",
                "007",
                "0.10",
                "12345678901234567890.123456789012345678",
                "0.1",
                "true",
                "2024-02-29",
                "2024-03-31 02:30:00.123456",
                "2023-12-31 23:00:00",
                "x"),
            row("2", null, null, null, null, null, null, null, null, null),
            row(
                "3",
                "",
                "-5.00",
                "0.000000000000000000",
                "1e+300",
                "false",
                "1999-12-31",
                "2024-01-01 00:00:00",
                "2024-01-01 00:00:00",
                "y")),
        bench.rows(output));
    Map<String, @Nullable Object> manifest =
        Json.parseObject(
            Files.readString(Path.of(at(output, "file_info", "file_path") + ".manifest.json")));
    assertEquals(
        List.of(
            "integer",
            "text",
            "decimal(18,2)",
            "decimal(38,18)",
            "double",
            "boolean",
            "date",
            "timestamp",
            "timestamp",
            "text"),
        ((List<?>) at(manifest, "columns")).stream().map(each -> at(each, "type")).toList());
  }

  @Test
  void aTableIsReadIncrementallyByTheDatabase() throws Exception {
    Map<String, @Nullable Object> output =
        bench.run(
            extract,
            Map.of(
                "source_type", "database",
                "datasource", WAREHOUSE,
                "table", "PUBLIC.ORDERS",
                "columns", List.of("id", "odd \"name"),
                "extraction_method", "incremental",
                "incremental_column", "ID",
                "since", 1));

    assertEquals(List.of(row("2", null), row("3", "y")), bench.rows(output));
    assertEquals("3", detail(output, "extract", "watermark"));
  }

  @Test
  void whatIsNotThereIsNamed() {
    Map<String, Object> from = Map.of("source_type", "jdbc", "datasource", WAREHOUSE);
    assertRefused(() -> bench.run(extract, with(from, "table", "ordres")), "ordres");
    assertRefused(
        () -> bench.run(extract, with(with(from, "table", "orders"), "columns", "amuont")),
        "amuont",
        "did you mean 'amount'");
    assertRefused(() -> bench.run(extract, from), "table");
    assertRefused(
        () ->
            bench.run(
                extract,
                Map.of("source_type", "jdbc", "datasource", "jdbc/other", "table", "orders")),
        "jdbc/other");
  }

  @Test
  void aNameWithQuotesInItIsOnlyAName() throws Exception {
    bench.sql("CREATE TABLE \"a\"\"; DROP TABLE orders; --\" (v INT)");
    Map<String, @Nullable Object> output =
        bench.run(
            extract,
            Map.of(
                "source_type", "jdbc",
                "datasource", WAREHOUSE,
                "table", "a\"; DROP TABLE orders; --"));
    assertEquals(0L, detail(output, "extract", "rows"));
    assertEquals(3, bench.select("SELECT id FROM orders").size());
  }

  @Test
  void bytesAreRefusedUnlessOtherColumnsAreNamed() throws Exception {
    bench.sql("CREATE TABLE pictures (id INT, content BLOB)");
    Map<String, Object> from =
        Map.of("source_type", "jdbc", "datasource", WAREHOUSE, "table", "pictures");
    assertRefused(() -> bench.run(extract, from), "CONTENT", "columns");
    assertTrue(bench.rows(bench.run(extract, with(from, "columns", "id"))).isEmpty());
  }

  private static Map<String, Object> with(Map<String, Object> map, String name, Object value) {
    Map<String, Object> more = new LinkedHashMap<>(map);
    more.put(name, value);
    return more;
  }
}
