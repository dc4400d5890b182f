package io.etlapi.execution;

import io.etlapi.config.EtlConfig;
import io.etlapi.json.Json;
import io.etlapi.task.Task;
import io.etlapi.task.TaskException;
import io.etlapi.task.TaskId;
import io.etlapi.task.TaskRequest;
import io.etlapi.task.TaskResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Shows a new user what the server does: runs the shipped sample once, like any client would, and
 * prints its result and what to try next.
 */
final class SampleRun {

  private static final System.Logger LOG = System.getLogger("io.etlapi.tasks");
  private static final String PIPELINE = "completeness_control";

  /** The first run date of the sample control; its README tells of all three. */
  private static final Map<String, @Nullable Object> PARAMETERS =
      Map.of(
          "expectedRunDate", "2024-01-15",
          "rootFileDir", "samples/control",
          "inputConfigFilePath", "samples/control",
          "inputConfigFilePattern", "payments.json");

  private static final long PATIENCE_SECONDS = 120;
  private static final int SHOWN_ROWS = 10;
  private static final int SHOWN_COLUMNS = 7;

  private final EtlConfig config;
  private final EtlRuntime runtime;

  SampleRun(EtlConfig config, EtlRuntime runtime) {
    this.config = config;
    this.runtime = runtime;
  }

  /** Runs the sample and waits for its end. */
  void run() {
    try {
      TaskId id = runtime.submit(PIPELINE, TaskRequest.of(PARAMETERS)).taskId();
      if (runtime.awaitEnd(id, PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        print(id);
      }
    } catch (TaskException e) {
      LOG.log(System.Logger.Level.WARNING, "the sample did not run: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void print(TaskId id) {
    Task task = runtime.require(id).task().orElseThrow();
    StringBuilder text = new StringBuilder("the sample ");
    text.append(PIPELINE).append(" is ").append(task.status().word());
    if (task.state().result() instanceof TaskResult.Inline inline) {
      Map<String, @Nullable Object> output = Json.parseObject(inline.json());
      text.append("; verdict ").append(output.get("verdict")).append(", open breaks:\n");
      table(output, text);
    } else {
      text.append(": ").append(task.state().error()).append('\n');
    }
    LOG.log(System.Logger.Level.INFO, text.toString().stripTrailing());
    config
        .start()
        .publicUrl()
        .ifPresent(
            url -> LOG.log(System.Logger.Level.INFO, "try:  curl -s " + url + "/output/" + id));
  }

  private static void table(Map<String, @Nullable Object> output, StringBuilder text) {
    Map<String, @Nullable Object> results = InputResolver.object(output.get("calculation_results"));
    List<List<String>> lines = new ArrayList<>();
    if (results.get("headers") instanceof List<?> headers
        && results.get("table") instanceof List<?> rows) {
      lines.add(cells(headers));
      for (Object row : rows.subList(0, Math.min(SHOWN_ROWS, rows.size()))) {
        if (row instanceof List<?> values) {
          lines.add(cells(values));
        }
      }
    }
    for (List<String> line : lines) {
      text.append(' ');
      for (int i = 0; i < line.size(); i++) {
        int column = i;
        int width = lines.stream().mapToInt(other -> other.get(column).length()).max().orElse(0);
        text.append(' ').append(line.get(i)).append(" ".repeat(width - line.get(i).length() + 1));
      }
      text.append('\n');
    }
  }

  private static List<String> cells(List<?> values) {
    return values.stream()
        .limit(SHOWN_COLUMNS)
        .map(value -> value == null ? "" : LogText.oneLine(value.toString()))
        .toList();
  }
}
