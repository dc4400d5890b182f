package io.etlapi.step.completeness;

import io.etlapi.engine.DuckDbSession;
import io.etlapi.step.Step;
import io.etlapi.step.StepBench;
import io.etlapi.step.StepInput;
import io.etlapi.step.TestStepContext;
import io.etlapi.step.completeness.control.Side;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Runs the steps of a control as today's clients do: each with its direct predecessor alone. */
public final class ControlBench {

  /** The members of an output that today's clients pass on. */
  private static final List<String> PASSED_ON =
      List.of(
          "status",
          "calculation_results",
          "histogram_data",
          "count",
          "file_info",
          "input_file_info",
          "execution_logs",
          "step_type",
          "processed_at");

  private final StepBench bench;
  private final Map<String, String> parameters = new LinkedHashMap<>();
  private final Map<String, Map<String, @Nullable Object>> outputs = new LinkedHashMap<>();

  public ControlBench(Path folder, String runDate) {
    bench = new StepBench(folder);
    parameters.put("expectedRunDate", runDate);
    parameters.put("rootFileDir", bench.data().toString());
    parameters.put("inputConfigFilePattern", "control.json");
    parameters.put("runEnv", "test");
  }

  public StepBench bench() {
    return bench;
  }

  public Map<String, String> parameters() {
    return parameters;
  }

  /** The last output of every step that ran. */
  public Map<String, Map<String, @Nullable Object>> outputs() {
    return outputs;
  }

  public ControlBench file(String name, String content) throws IOException {
    bench.file(name, content);
    return this;
  }

  public Map<String, @Nullable Object> readConfig() throws Exception {
    return run(new ReadingConfigStep(), "none");
  }

  /** Runs the steps of a side up to one of them. */
  public Map<String, @Nullable Object> runUpTo(String last, Side side) throws Exception {
    String before = ControlSteps.READING_CONFIG;
    for (Step step : SideSteps.of(side)) {
      String name = step.describe().name();
      Map<String, @Nullable Object> output = run(step, before);
      if (name.equals(ControlSteps.name(last, side))) {
        return output;
      }
      before = name;
    }
    throw new IllegalArgumentException(last);
  }

  public Map<String, @Nullable Object> run(Step step, String predecessor) throws Exception {
    Map<String, @Nullable Object> passed = new LinkedHashMap<>();
    Map<String, @Nullable Object> output = outputs.get(predecessor);
    if (output != null) {
      PASSED_ON.forEach(member -> passed.put(member, output.get(member)));
    }
    StepInput[] inputs =
        output == null ? new StepInput[0] : new StepInput[] {new StepInput(predecessor, passed)};
    Map<String, @Nullable Object> result = bench.run(step, parameters, inputs);
    outputs.put(step.describe().name(), result);
    return result;
  }

  /** The rows of a step's table, or of a side table by its file name, as texts. */
  public List<String> rows(Map<String, @Nullable Object> output, String fileName, String items)
      throws Exception {
    Path file = Path.of(String.valueOf(info(output).get("file_path")));
    Path table = fileName.isEmpty() ? file : file.resolveSibling(fileName);
    try (TestStepContext context = bench.context(Map.of())) {
      DuckDbSession session = context.session(List.of(table));
      List<String> rows = new ArrayList<>();
      session.forEach(
          "SELECT concat_ws('|', %s) FROM read_parquet('%s')".formatted(nullsShown(items), table),
          row -> rows.add(String.valueOf(row.text(1))));
      return rows;
    }
  }

  /** A figure for each value of a column, as {@code value|figure}. */
  public List<String> grouped(Map<String, @Nullable Object> output, String column, String figure)
      throws Exception {
    Path file = Path.of(String.valueOf(info(output).get("file_path")));
    try (TestStepContext context = bench.context(Map.of())) {
      return context
          .session(List.of(file))
          .query(
              "SELECT %1$s || '|' || CAST(%2$s AS VARCHAR) FROM read_parquet('%3$s') GROUP BY %1$s ORDER BY 1"
                  .formatted(column, figure, file),
              row -> String.valueOf(row.text(1)));
    }
  }

  private static String nullsShown(String items) {
    List<String> shown = new ArrayList<>();
    for (String item : items.split(",", -1)) {
      shown.add("coalesce(CAST(" + item.strip() + " AS VARCHAR), '~')");
    }
    return String.join(", ", shown);
  }

  static Map<?, ?> info(Map<String, @Nullable Object> output) {
    return (Map<?, ?>) java.util.Objects.requireNonNull(output.get("file_info"));
  }

  static Map<?, ?> details(Map<String, @Nullable Object> output) {
    return (Map<?, ?>)
        java.util.Objects.requireNonNull(output.get(output.get("step_type") + "_details"));
  }
}
