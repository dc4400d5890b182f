package io.etlapi.monitor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OpenMetricsTextTest {

  @Test
  void aStrictReaderFindsWhatWasWritten() {
    DurationHistogram durations = new DurationHistogram();
    durations.record(TimeUnit.MILLISECONDS.toNanos(2));
    durations.record(TimeUnit.HOURS.toNanos(9));

    Map<String, OpenMetricsParser.Family> families =
        OpenMetricsParser.parse(
            new OpenMetricsText()
                .about("etl_build", "What runs.", Map.of("version", "1 \"x\"\\\n"))
                .gauge("etl_free_bytes", "Free.")
                .value(1_500_000_000_000L)
                .counter("etl_ends", "Ends.")
                .total(Map.of("step", "a"), 3)
                .total(Map.of("step", "b"), 0)
                .histogram("etl_run_seconds", "Runs.")
                .durations(Map.of("step", "a"), durations)
                .durations(Map.of("step", "b"), new DurationHistogram())
                .end());

    assertEquals(1.5e12, family(families, "etl_free_bytes").samples().get(0).value());
    assertEquals(2, family(families, "etl_ends").samples().size());
    OpenMetricsParser.Family runs = family(families, "etl_run_seconds");
    assertEquals("histogram", runs.type());
    assertEquals(
        32400.002,
        runs.samples().stream()
            .filter(sample -> sample.name().endsWith("_sum"))
            .mapToDouble(OpenMetricsParser.Sample::value)
            .sum(),
        1e-6);
    assertEquals(
        1,
        runs.samples().stream()
            .filter(sample -> "0.0025".equals(sample.labels().get("le")))
            .mapToDouble(OpenMetricsParser.Sample::value)
            .sum());
  }

  private static OpenMetricsParser.Family family(
      Map<String, OpenMetricsParser.Family> families, String name) {
    return Objects.requireNonNull(families.get(name), name);
  }

  /** The reader would be worth nothing if it took anything. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "# TYPE a gauge\n# HELP a x\na 1\n",
        "# TYPE a counter\n# HELP a x\na 1\n# EOF\n",
        "# TYPE a gauge\n# HELP a x\na 1\na 2\n# EOF\n",
        "# TYPE a gauge\n# HELP a x\na{b=\"c\",b=\"d\"} 1\n# EOF\n",
        "# TYPE a gauge\n# HELP a x\na{b=\"c\" } 1\n# EOF\n",
        "# TYPE a gauge\n# HELP a x\na 1\n\n# EOF\n",
        "# TYPE a gauge\n# HELP a x\na 1,5\n# EOF\n",
        "# TYPE a gauge\n# UNIT a seconds\n# HELP a x\na 1\n# EOF\n",
        "# TYPE a gauge\n# HELP a x\na 1\n# TYPE b gauge\n# HELP b x\nb 1\na 1\n# EOF\n",
        "# TYPE a histogram\n# HELP a x\na_bucket{le=\"1\"} 1\na_count 1\na_sum 1\n# EOF\n",
        """
        # TYPE a histogram
        # HELP a x
        a_bucket{le="1"} 2
        a_bucket{le="+Inf"} 1
        a_count 1
        a_sum 1
        # EOF
        """
      })
  void theReaderIsStrict(String faulty) {
    assertThrows(AssertionError.class, () -> OpenMetricsParser.parse(faulty));
  }
}
