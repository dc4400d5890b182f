package io.etlapi.step.parameters;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.step.StepBench;
import io.etlapi.step.StepDescription;
import io.etlapi.task.Fault;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParameterRulesTest {

  private static final ParameterRules RULES =
      new ParameterRules(
          new StepDescription(
              "read_csv",
              "Read CSV File",
              "workflow",
              "Reads.",
              ParameterSchema.of()
                  .required("file_path", ParameterSchema.readPath("the path of a CSV file"))
                  .optional("output_path", ParameterSchema.writePath("a path"))
                  .optional("delimiter", ParameterSchema.text("one character", 1, 2))
                  .optional("skip_rows", ParameterSchema.integer("a whole number", 0, 1000))
                  .optional("encoding", ParameterSchema.oneOf("a name", "utf-8", "latin-1"))
                  .optional("header", ParameterSchema.flag("names in the first row", true))
                  .optional("columns", ParameterSchema.names("names"))
                  .optional("column_types", ParameterSchema.columnTypes())
                  .build(),
              true));

  private static ParameterRules.Findings check(
      Path folder, Map<String, @Nullable Object> parameters, Map<String, @Nullable Object> custom) {
    return RULES.check(parameters, custom, new StepBench(folder).files());
  }

  @Test
  void goodParametersPassWithoutAWord(@TempDir Path folder) {
    ParameterRules.Findings findings =
        check(
            folder,
            Map.of("runEnv", "production", "expectedRunDate", "2024-01-15"),
            Map.of(
                "file_path",
                "orders.csv",
                "columns",
                "a,b",
                "output_path",
                "out/x.csv",
                "column_types",
                Map.of("amount", "decimal(18,2)")));
    assertEquals(List.of(), findings.faults());
    assertEquals(List.of(), findings.warnings());
  }

  @Test
  void everyFaultIsReportedAtOnceWhereItsValueCameFrom(@TempDir Path folder) {
    List<Fault> faults =
        check(
                folder,
                Map.of("skip_rows", -1L, "runEnv", 7L),
                Map.of(
                    "delimiter",
                    5L,
                    "encoding",
                    "ebcdic",
                    "header",
                    "yes",
                    "output_path",
                    "../../etc/passwd",
                    "column_types",
                    Map.of("amount", "money")))
            .faults();
    assertEquals(
        List.of(
            "/custom_params",
            "/custom_params/column_types/amount",
            "/custom_params/delimiter",
            "/custom_params/encoding",
            "/custom_params/header",
            "/custom_params/output_path",
            "/parameters/runEnv",
            "/parameters/skip_rows"),
        faults.stream().map(Fault::pointer).sorted().toList());
    for (Fault fault : faults) {
      if (fault.pointer().endsWith("/encoding")) {
        assertTrue(
            fault.detail().contains("'ebcdic'") && fault.detail().contains("utf-8, latin-1"),
            fault.detail());
      }
      if (fault.pointer().equals("/custom_params")) {
        assertTrue(fault.detail().contains("'file_path' is missing"), fault.detail());
      }
    }
  }

  @Test
  void aPathOutsideTheRootsIsRefusedAtSubmitAndQuotedAsSent(@TempDir Path folder) {
    List<Fault> faults = check(folder, Map.of(), Map.of("file_path", "/etc/passwd")).faults();
    assertEquals(1, faults.size());
    assertEquals("/custom_params/file_path", faults.get(0).pointer());
    assertTrue(faults.get(0).detail().contains("'/etc/passwd' lies outside"));
  }

  @Test
  void unknownNamesAreWarnedOfWithTheNearestName(@TempDir Path folder) {
    List<String> warnings =
        check(
                folder,
                Map.of("tempFilePath", "/tmp"),
                Map.of("file_path", "a.csv", "delimitter", ";", "timestamp", 1L))
            .warnings();
    assertEquals(3, warnings.size(), warnings.toString());
    assertTrue(
        warnings.stream()
            .anyMatch(w -> w.contains("'delimitter'") && w.contains("mean 'delimiter'?")));
    assertTrue(
        warnings.stream()
            .anyMatch(w -> w.contains("'timestamp' is not known") && !w.contains("mean")));
    assertTrue(
        warnings.stream().anyMatch(w -> w.startsWith("Parameter 'tempFilePath' is ignored")));
  }

  @Test
  void nullCountsAsAbsent(@TempDir Path folder) {
    Map<String, @Nullable Object> custom = new HashMap<>();
    custom.put("file_path", "a.csv");
    custom.put("delimiter", null);
    assertEquals(List.of(), check(folder, Map.of(), custom).faults());
    custom.put("file_path", null);
    assertEquals(1, check(folder, Map.of(), custom).faults().size());
  }
}
