package io.etlapi.step.publish;

import static io.etlapi.step.Outputs.assertRefused;
import static io.etlapi.step.Outputs.at;
import static io.etlapi.step.Outputs.filePath;
import static io.etlapi.step.Outputs.find;
import static io.etlapi.step.Outputs.table;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.engine.DuckDbSession;
import io.etlapi.json.Json;
import io.etlapi.step.StepBench;
import io.etlapi.step.TestStepContext;
import io.etlapi.step.dataset.Dataset;
import io.etlapi.step.dataset.LogicalType;
import io.etlapi.step.dataset.Manifest;
import io.etlapi.step.dataset.TypedView;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TablePublisherTest {

  private static final String ORDERS =
      """
      SELECT * FROM (VALUES
        ('007', '12.50', '2024-01-15', 'Łódź', 1.5::DOUBLE),
        ('010', '-3', '2024-02-29', NULL, 'NaN'::DOUBLE),
        ('011', '', '2024-03-01', 'Łódź', NULL),
        (NULL, '100000000000.25', NULL, 'a"b', 2.5::DOUBLE)) t(id, amount, day, city, rate)
      """;

  private StepBench bench;

  @BeforeEach
  void setUp(@TempDir Path folder) {
    bench = new StepBench(folder);
  }

  private PublishedTable publishOrders(TestStepContext context) throws Exception {
    return TablePublisher.of(context, context.session(List.of()), "read_csv")
        .inferTypes()
        .extra("control", "trades")
        .write("data.parquet", ORDERS);
  }

  @Test
  void aPublishedTableKeepsTheTextAndRecordsWhatItMeans() throws Exception {
    try (TestStepContext context = bench.context(Map.of())) {
      PublishedTable table = publishOrders(context);
      Manifest manifest = table.manifest();
      assertEquals(
          List.of(
              new Manifest.Field("id", LogicalType.TEXT),
              new Manifest.Field("amount", LogicalType.decimal(14, 2)),
              new Manifest.Field("day", LogicalType.DATE),
              new Manifest.Field("city", LogicalType.TEXT),
              new Manifest.Field("rate", LogicalType.DOUBLE)),
          manifest.columns());
      assertEquals(4, table.rows());
      Path beside = table.file().resolveSibling("data.parquet.manifest.json");
      assertEquals(manifest, Manifest.parse(Files.readString(beside)));
      List<String> texts =
          context
              .session(List.of())
              .query(
                  "SELECT amount FROM '" + table.file() + "'", row -> String.valueOf(row.text(1)));
      assertEquals(List.of("12.50", "-3", "", "100000000000.25"), texts);
    }
  }

  @Test
  void aFinishedTasksTableIsTrustedWithItsManifestAndAForgottenOneIsRefused() throws Exception {
    TestStepContext context = bench.context(Map.of());
    publishOrders(context);
    bench.publish(context);
    String path = context.published("data.parquet").toString();

    Dataset dataset = Dataset.open(bench.files(), path);
    assertEquals("trades", dataset.manifest().orElseThrow().extra().get("control"));
    assertEquals(context.taskId(), dataset.task().orElseThrow());

    Path manifest = context.published("data.parquet.manifest.json");
    Files.writeString(manifest, Files.readString(manifest).replace("trades", "frauds"));
    assertTrue(Dataset.open(bench.files(), path).manifest().isEmpty());

    bench.forget(context.taskId());
    assertRefused(() -> Dataset.open(bench.files(), path), "outside the folders");
  }

  @Test
  void aTableThatWasChangedAfterItsTaskIsRefused() throws Exception {
    TestStepContext context = bench.context(Map.of());
    publishOrders(context);
    bench.publish(context);
    Path path = context.published("data.parquet");
    Files.writeString(path, "PAR1");
    assertRefused(() -> Dataset.open(bench.files(), path.toString()), "was changed");
  }

  @Test
  void aSideFileIsFoundByItsRole() throws Exception {
    TestStepContext context = bench.context(Map.of());
    DuckDbSession session = context.session(List.of());
    PublishedTable rejected =
        TablePublisher.of(context, session, "read_csv")
            .write("rejected.parquet", "SELECT 7 AS line, 'too few fields' AS reason");
    TablePublisher.of(context, session, "read_csv")
        .sideFile("rejected", rejected.fileName())
        .write("data.parquet", ORDERS);
    bench.publish(context);

    Dataset dataset = Dataset.open(bench.files(), context.published("data.parquet").toString());
    Dataset side = dataset.sideFile("rejected").orElseThrow();
    assertEquals(context.published("rejected.parquet").toString(), side.sentPath());
    assertEquals(LogicalType.INTEGER, side.manifest().orElseThrow().typeOf("line").orElseThrow());
    assertTrue(dataset.sideFile("excluded").isEmpty());
  }

  @Test
  void sumsOfIntegersAreStoredExactly() throws Exception {
    try (TestStepContext context = bench.context(Map.of())) {
      DuckDbSession session = context.session(List.of());
      PublishedTable table =
          TablePublisher.of(context, session, "aggregate")
              .write(
                  "sums.parquet",
                  "SELECT sum(v) AS total FROM (VALUES (9223372036854775807), (1)) t(v)");
      assertEquals(LogicalType.decimal(38, 0), table.columns().get(0).type());
      assertEquals(
          List.of(new BigDecimal("9223372036854775808")),
          session.query("SELECT total FROM '" + table.file() + "'", row -> row.decimal(1)));
    }
  }

  @Test
  void theSameRowsGiveTheSameBytes() throws Exception {
    String select =
        "SELECT i AS id, (i * 7919 % 1000)::VARCHAR AS v FROM range(300000) r(i) ORDER BY id";
    byte[][] content = new byte[2][];
    for (int run = 0; run < 2; run++) {
      try (TestStepContext context = bench.context(Map.of())) {
        PublishedTable table =
            TablePublisher.of(context, context.session(List.of()), "filter")
                .inferTypes()
                .write("data.parquet", select);
        content[run] = Files.readAllBytes(table.file());
      }
    }
    assertArrayEquals(content[0], content[1]);
  }

  @Test
  void aResultHasTheMembersThatClientsRead() throws Exception {
    try (TestStepContext context = bench.context(Map.of("runEnv", "test"))) {
      context.log("reading");
      StepResults results = StepResults.begin(context, "read_csv");
      PublishedTable table = publishOrders(context);
      Map<String, @Nullable Object> output =
          Json.parseObject(
              Json.write(
                  results
                      .details(Map.of("rejected_rows", 0L))
                      .build(context.session(List.of()), table)
                      .output()));
      assertEquals("success", output.get("status"));
      assertEquals("4", output.get("count"));
      assertTrue(output.containsKey("fail_message"));
      assertNull(output.get("fail_message"));
      assertEquals(List.of("reading"), output.get("execution_logs"));
      assertEquals(Map.of("rejected_rows", 0L), output.get("read_csv_details"));
      assertEquals("5x4", at(output, "calculation_results", "table_size"));
      assertEquals("test", at(output, "calculation_results", "environment"));
      assertEquals("007", at(table(output), 0, 0));
      assertEquals(new BigDecimal("12.50"), at(table(output), 0, 1));
      assertEquals("2024-02-29", at(table(output), 1, 2));
      assertEquals("NaN", at(table(output), 1, 4));
      assertNull(find(table(output), 2, 1));
      assertEquals(context.published("data.parquet").toString(), filePath(output));
      assertEquals(4L, at(output, "file_info", "rows"));
      assertEquals(table.manifest().sha256(), at(output, "file_info", "sha256"));
      assertEquals(5, ((List<?>) at(output, "histogram_data")).size());
      List<Integer> percents = context.percents();
      assertEquals(100, percents.get(percents.size() - 1));
    }
  }

  @Test
  void aTypedViewShowsNumbersAndKeepsTheText() throws Exception {
    TestStepContext context = bench.context(Map.of());
    publishOrders(context);
    bench.publish(context);
    Dataset dataset = Dataset.open(bench.files(), context.published("data.parquet").toString());
    try (TestStepContext next = bench.context(Map.of())) {
      DuckDbSession session = next.session(List.of(dataset.path()));
      TypedView view = TypedView.of(session, dataset, Map.of());
      view.create(session, "input");
      String raw = view.raw(view.columns().get(1));
      assertEquals(
          List.of("1:12.50", "4:100000000000.25"),
          session.query(
              "SELECT " + view.row() + ", " + raw + " FROM input WHERE amount > 10 ORDER BY 1",
              row -> row.integer(1) + ":" + row.text(2)));
    }
  }

  @Test
  void aTypeThatAValueDoesNotFitIsRefusedWithColumnRowAndValue() throws Exception {
    TestStepContext context = bench.context(Map.of());
    publishOrders(context);
    bench.publish(context);
    String path = context.published("data.parquet").toString();
    Dataset dataset = Dataset.open(bench.files(), path);
    try (TestStepContext next = bench.context(Map.of())) {
      DuckDbSession session = next.session(List.of(dataset.path()));
      assertRefused(
          () -> TypedView.of(session, dataset, Map.of("amount", LogicalType.INTEGER)),
          "'amount'",
          "row 1",
          "'12.50'");
      TypedView fits = TypedView.of(session, dataset, Map.of("id", LogicalType.INTEGER));
      assertEquals(28, session.number("SELECT sum(id)::BIGINT FROM (" + fits.selectTyped() + ")"));
      assertRefused(
          () -> TypedView.of(session, dataset, Map.of("amuont", LogicalType.INTEGER)),
          "did you mean 'amount'");
    }
  }
}
