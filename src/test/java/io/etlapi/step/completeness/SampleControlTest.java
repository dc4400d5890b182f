package io.etlapi.step.completeness;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.etlapi.json.Json;
import io.etlapi.step.completeness.control.Side;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The sample that ships with the server gives the result that is documented beside it. */
class SampleControlTest {

  @ParameterizedTest
  @ValueSource(strings = {"2024-01-15", "2024-01-16", "2024-01-17"})
  void eachSideArrivesAsTheSampleDocumentsIt(String runDate, @TempDir Path folder)
      throws Exception {
    URL resource = Objects.requireNonNull(getClass().getResource("/samples/control"));
    Path sample = Path.of(resource.toURI());
    ControlBench control = new ControlBench(folder, runDate);
    try (Stream<Path> files = Files.walk(sample)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        control.file(sample.relativize(file).toString(), Files.readString(file));
      }
    }
    control.parameters().put("inputConfigFilePattern", "payments.json");
    control.readConfig();
    Map<?, ?> expected =
        (Map<?, ?>)
            Objects.requireNonNull(
                Json.parseObject(Files.readString(sample.resolve("expected.json"))).get(runDate));
    TreeMap<String, String> documented = new TreeMap<>();
    TreeMap<String, String> found = new TreeMap<>();
    ((Map<?, ?>) Objects.requireNonNull(expected.get("totals")))
        .forEach(
            (currency, totals) ->
                Stream.of("src", "tgt")
                    .forEach(
                        side ->
                            documented.put(
                                currency + " " + side,
                                String.valueOf(((Map<?, ?>) totals).get(side)))));
    for (Side side : Side.values()) {
      Map<String, @Nullable Object> read = control.runUpTo("read", side);
      Map<String, @Nullable Object> last = control.runUpTo("data_transform", side);
      Map<?, ?> counts = (Map<?, ?>) Objects.requireNonNull(expected.get(side.key()));
      assertEquals(counts.get("rows_read"), ControlBench.details(read).get("rows_read"));
      assertEquals(String.valueOf(counts.get("combined")), last.get("count"));
      assertEquals(counts.get("rejected"), size(control, last, "rejected.parquet"));
      assertEquals(counts.get("excluded"), size(control, last, "excluded.parquet"));
      assertEquals(0, control.rows(last, "", "desk").stream().filter("~"::equals).count());
      for (String total : control.grouped(last, "currency", "sum(amount)")) {
        List<String> parts = List.of(total.split("\\|", -1));
        found.put(parts.get(0) + " " + side.key(), parts.get(1));
      }
    }
    assertEquals(documented, found);
  }

  private static long size(
      ControlBench control, Map<String, @Nullable Object> output, String fileName)
      throws Exception {
    return control.rows(output, fileName, "line").size();
  }
}
