package io.etlapi.execution;

import io.etlapi.json.Json;
import io.etlapi.step.StepException;
import io.etlapi.step.StepInput;
import io.etlapi.store.OutputFolders;
import io.etlapi.store.TaskStore;
import io.etlapi.task.Task;
import io.etlapi.task.TaskId;
import io.etlapi.task.TaskResult;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds the outputs that a task takes as inputs: as they were sent, or by task id. */
final class InputResolver {

  /** What steps use of an earlier output; the tables and profiles in it stay on disk. */
  static final Set<String> MEMBERS =
      Set.of(
          "status",
          "step_type",
          "count",
          "file_info",
          "input_file_info",
          "processed_at",
          "verdict",
          "fail_message");

  private static final Set<String> FOR_PEOPLE =
      Set.of("calculation_results", "histogram_data", "execution_logs", "run_parameters");

  private final TaskStore store;
  private final OutputFolders outputs;

  InputResolver(TaskStore store, OutputFolders outputs) {
    this.store = store;
    this.outputs = outputs;
  }

  /**
   * The inputs of a task in the order of its request.
   *
   * @throws StepException naming an input that is gone
   */
  List<StepInput> resolve(Map<String, @Nullable Object> params) throws StepException {
    List<StepInput> inputs = new ArrayList<>();
    for (Map.Entry<String, ?> sent : object(params.get("previous_outputs")).entrySet()) {
      if (sent.getValue() instanceof Map) {
        inputs.add(new StepInput(sent.getKey(), object(sent.getValue())));
      }
    }
    for (Map.Entry<String, ?> named : object(params.get("inputs")).entrySet()) {
      inputs.add(new StepInput(named.getKey(), output(named.getKey(), named.getValue())));
    }
    return inputs;
  }

  /**
   * The members of a completed task's output that steps use: of a small one all but what is made
   * for people, so that own steps may pass on what they like.
   */
  Map<String, @Nullable Object> reduced(Task task) throws IOException {
    if (task.state().result() instanceof TaskResult.Inline inline) {
      Map<String, @Nullable Object> members = new LinkedHashMap<>(Json.parseObject(inline.json()));
      members.keySet().removeAll(FOR_PEOPLE);
      return members;
    }
    try (InputStream json = open(task)) {
      return Json.parseMembers(json, MEMBERS);
    }
  }

  /** The whole result of a completed task as JSON. */
  InputStream open(Task task) throws IOException {
    TaskResult result = task.state().result();
    if (result instanceof TaskResult.Inline inline) {
      return new ByteArrayInputStream(inline.json().getBytes(StandardCharsets.UTF_8));
    }
    if (result instanceof TaskResult.InFile inFile) {
      return Files.newInputStream(outputs.published(task.id()).resolve(inFile.file().name()));
    }
    throw new IOException("task " + task.id() + " has no result");
  }

  private Map<String, @Nullable Object> output(String name, @Nullable Object id)
      throws StepException {
    Task task =
        TaskId.parse(String.valueOf(id))
            .flatMap(store::find)
            .filter(found -> found.state().result() != null)
            .orElseThrow(
                () ->
                    new StepException(
                        "Input '"
                            + name
                            + "' is gone: task "
                            + id
                            + " has expired. Run it again."));
    try {
      return reduced(task);
    } catch (IOException e) {
      throw new StepException(
          "Input '" + name + "': the output of task " + id + " cannot be read.", e);
    }
  }

  @SuppressWarnings("unchecked") // JSON objects have text keys
  static Map<String, @Nullable Object> object(@Nullable Object value) {
    return value instanceof Map ? (Map<String, @Nullable Object>) value : new LinkedHashMap<>();
  }
}
