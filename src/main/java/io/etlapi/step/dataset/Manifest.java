package io.etlapi.step.dataset;

import io.etlapi.json.Json;
import io.etlapi.json.JsonException;
import io.etlapi.task.TaskId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a table is and what it was made from; a JSON document beside its file.
 *
 * @param step name of the step that wrote the table
 * @param taskId the task that wrote it
 * @param fileName the table's file, in the same folder
 * @param sha256 digest of that file
 * @param inputs what it was made from, in the order in which it was read
 * @param sideFiles other files of the same task by role, such as {@code "rejected"}: names in the
 *     same folder
 * @param extra members for which the writing step has its own use, such as links to a control
 */
public record Manifest(
    String step,
    TaskId taskId,
    String fileName,
    String sha256,
    long bytes,
    long rows,
    List<Field> columns,
    List<Input> inputs,
    Map<String, String> sideFiles,
    Map<String, @Nullable Object> extra) {

  /** A column and its meaning. */
  public record Field(String name, LogicalType type) {}

  /**
   * A file that a table was made from.
   *
   * @param filePath as the request named it
   * @param taskId the task that published it; empty for a file that no task of this server wrote
   */
  public record Input(String filePath, String sha256, Optional<TaskId> taskId) {}

  private static final String SUFFIX = ".manifest.json";

  public Manifest {
    columns = List.copyOf(columns);
    inputs = List.copyOf(inputs);
  }

  /** The name of the manifest of a file. */
  public static String nameFor(String fileName) {
    return fileName + SUFFIX;
  }

  /** The meaning of a column, if there is one of that name. */
  public Optional<LogicalType> typeOf(String column) {
    return columns.stream()
        .filter(field -> field.name().equals(column))
        .map(Field::type)
        .findFirst();
  }

  /** As JSON values. */
  public Map<String, @Nullable Object> toJson() {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("format", 1L);
    json.put("step", step);
    json.put("task_id", taskId.toString());
    json.put("file", fileName);
    json.put("sha256", sha256);
    json.put("bytes", bytes);
    json.put("rows", rows);
    List<Object> fields = new ArrayList<>();
    for (Field column : columns) {
      fields.add(Map.of("name", column.name(), "type", column.type().toString()));
    }
    json.put("columns", fields);
    List<Object> sources = new ArrayList<>();
    for (Input input : inputs) {
      Map<String, @Nullable Object> source = new LinkedHashMap<>();
      source.put("file_path", input.filePath());
      source.put("sha256", input.sha256());
      source.put("task_id", input.taskId().map(TaskId::toString).orElse(null));
      sources.add(source);
    }
    json.put("inputs", sources);
    json.put("side_files", new LinkedHashMap<>(sideFiles));
    json.put("extra", extra);
    return json;
  }

  /**
   * Reads the text of a manifest.
   *
   * @throws JsonException if it is not one
   */
  public static Manifest parse(String text) {
    Map<String, @Nullable Object> json = Json.parseObject(text);
    try {
      List<Field> columns = new ArrayList<>();
      for (Object item : (List<?>) require(json, "columns")) {
        Map<?, ?> column = (Map<?, ?>) item;
        String type = (String) require(column, "type");
        columns.add(
            new Field(
                (String) require(column, "name"),
                LogicalType.parse(type)
                    .orElseThrow(() -> new JsonException("unknown column type: " + type))));
      }
      List<Input> inputs = new ArrayList<>();
      for (Object item : (List<?>) require(json, "inputs")) {
        Map<?, ?> input = (Map<?, ?>) item;
        inputs.add(
            new Input(
                (String) require(input, "file_path"),
                (String) require(input, "sha256"),
                input.get("task_id") instanceof String id ? TaskId.parse(id) : Optional.empty()));
      }
      Map<String, String> sideFiles = new LinkedHashMap<>();
      ((Map<?, ?>) require(json, "side_files"))
          .forEach((role, name) -> sideFiles.put((String) role, (String) name));
      Map<String, @Nullable Object> extra = new LinkedHashMap<>();
      ((Map<?, ?>) require(json, "extra")).forEach((key, value) -> extra.put((String) key, value));
      return new Manifest(
          (String) require(json, "step"),
          TaskId.of((String) require(json, "task_id")),
          (String) require(json, "file"),
          (String) require(json, "sha256"),
          ((Number) require(json, "bytes")).longValue(),
          ((Number) require(json, "rows")).longValue(),
          columns,
          inputs,
          sideFiles,
          extra);
    } catch (ClassCastException | IllegalArgumentException e) {
      throw new JsonException("not a manifest: " + e.getMessage());
    }
  }

  private static Object require(Map<?, ?> json, String member) {
    Object value = json.get(member);
    if (value == null) {
      throw new JsonException("not a manifest: " + member + " is missing");
    }
    return value;
  }
}
