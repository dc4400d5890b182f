package io.etlapi.step.access;

import static io.etlapi.step.Outputs.at;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.etlapi.step.StepBench;
import io.etlapi.step.workflow.ReadCsvStep;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SamplesTest {

  private static List<String> files(Path root) throws Exception {
    try (Stream<Path> all = Files.walk(root)) {
      return all.filter(Files::isRegularFile)
          .map(file -> root.relativize(file).toString().replace('\\', '/'))
          .filter(name -> !name.equals("index.txt"))
          .sorted()
          .toList();
    }
  }

  @Test
  void theIndexListsEverySample() throws Exception {
    assertEquals(
        files(Path.of("src/main/resources/samples")), Samples.names().stream().sorted().toList());
  }

  @Test
  void missingSamplesAreUnpackedAndChangedOnesStay(@TempDir Path storage) throws Exception {
    Path folder = Samples.unpack(storage);
    assertEquals(Samples.names().stream().sorted().toList(), files(folder));
    Path changed = Files.writeString(folder.resolve("orders.csv"), "mine");
    Files.delete(folder.resolve("customers.csv"));
    Samples.unpack(storage);
    assertEquals("mine", Files.readString(changed));
    assertEquals(Samples.names().stream().sorted().toList(), files(folder));
  }

  @Test
  void theSampleOrdersKeepTheirIdsAndRejectTheirOneMalformedRow(@TempDir Path folder)
      throws Exception {
    StepBench bench = new StepBench(folder);
    Samples.unpack(bench.storage());
    Map<String, @Nullable Object> output =
        bench.run(new ReadCsvStep(), Map.of("file_path", "samples/orders.csv"));
    assertEquals("23", output.get("count"));
    assertEquals(1L, at(output, "read_csv_details", "rejected_rows"));
    assertEquals("000101", at(output, "calculation_results", "table", 0, 0));
    assertEquals("decimal(5,2)", at(output, "histogram_data", 5, "logical_type"));
  }
}
