package io.etlapi.step.workflow;

import static io.etlapi.step.Outputs.assertRefused;
import static io.etlapi.step.Outputs.at;
import static io.etlapi.step.Outputs.filePath;
import static io.etlapi.step.StepBench.input;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.engine.Column;
import io.etlapi.engine.DuckDbSession;
import io.etlapi.step.StepBench;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConvertParquetStepTest {

  private final ConvertParquetStep step = new ConvertParquetStep();
  private StepBench bench;
  private Map<String, @Nullable Object> orders;

  @BeforeEach
  void setUp(@TempDir Path folder) throws Exception {
    bench = new StepBench(folder);
    String csv =
        bench.file("orders.csv", "id,region,amount\n001,north,1.25\n002,south,2\n003,north,\n");
    orders = bench.run(new ReadCsvStep(), Map.of("file_path", csv));
  }

  @Test
  void theFileHasTheTypesThatTheValuesMean() throws Exception {
    for (String codec : List.of("snappy", "zstd", "gzip", "lz4", "none")) {
      Map<String, @Nullable Object> output =
          bench.run(step, Map.of("compression", codec), input("read_csv", orders));
      try (DuckDbSession session =
          bench.engine().open(List.of(Path.of(filePath(output))), bench.storage())) {
        assertEquals(
            List.of(
                new Column("id", "VARCHAR"),
                new Column("region", "VARCHAR"),
                new Column("amount", "DECIMAL(3,2)")),
            session.describe("SELECT * FROM '" + filePath(output) + "'"));
      }
    }
  }

  @Test
  void partitionsAreFilesByValue() throws Exception {
    Map<String, @Nullable Object> output =
        bench.run(step, Map.of("partition_by", "region"), input("read_csv", orders));
    List<?> files = (List<?>) at(output, "convert_parquet_details", "partition_files");
    assertEquals(2, files.size());
    assertTrue(String.valueOf(files.get(0)).contains("partitions/region=north/"));
    assertTrue(Files.isRegularFile(Path.of(String.valueOf(files.get(1)))));
    assertEquals("3", output.get("count"));
    assertRefused(
        () -> bench.run(step, Map.of("partition_by", "regoin"), input("read_csv", orders)),
        "did you mean 'region'");
    assertRefused(
        () ->
            bench.run(
                step,
                Map.of("partition_by", List.of("id", "region", "amount")),
                input("read_csv", orders)),
        "every column");
  }

  @Test
  void anOutputPathInAnOutputRootGetsAWholeCopy() throws Exception {
    Path target = bench.exports().resolve("new/orders.parquet");
    Map<String, @Nullable Object> output =
        bench.run(step, Map.of("output_path", target.toString()), input("read_csv", orders));
    assertEquals(-1, Files.mismatch(target, Path.of(filePath(output))));
    assertEquals(target.toString(), at(output, "convert_parquet_details", "output_path"));
    try (Stream<Path> beside = Files.list(target.getParent())) {
      assertEquals(List.of(target), beside.toList());
    }
  }

  @Test
  void aRelativeOutputPathLiesInTheTasksFolder() throws Exception {
    Map<String, @Nullable Object> output =
        bench.run(step, Map.of("output_path", "out/o.parquet"), input("read_csv", orders));
    assertTrue(filePath(output).endsWith("/out/o.parquet"), filePath(output));
    assertEquals("3", bench.run(step, Map.of(), input("convert_parquet", output)).get("count"));
    assertRefused(
        () -> bench.run(step, Map.of("output_path", "/etc/x"), input("read_csv", orders)),
        "'/etc/x' lies outside");
  }

  @Test
  void aStepWithoutATableSaysWhatItNeeds() {
    assertRefused(() -> bench.run(step, Map.of()), "needs a table");
  }
}
