package io.etlapi.store;

import io.etlapi.json.Json;
import io.etlapi.json.JsonException;
import io.etlapi.task.OutputFile;
import io.etlapi.task.Task;
import io.etlapi.task.TaskId;
import io.etlapi.task.TaskResult;
import io.etlapi.task.TaskSpec;
import io.etlapi.task.TaskState;
import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A task as the text of its file: one JSON object, a member a line, the result last. Members that
 * this release does not know are kept. A record of a later minor format keeps its format; one of a
 * later major format is refused.
 */
final class TaskJson {

  /** The major format that this release writes. */
  static final int MAJOR = 1;

  /** What this release writes. */
  static final String FORMAT = MAJOR + ".0";

  static final String FORMAT_FIELD = "format";
  static final String RESULT_FIELD = "result";

  /** Every member that this release knows. */
  static final Set<String> KNOWN =
      Set.of(
          FORMAT_FIELD,
          "task_id",
          "step_name",
          "status",
          "created_at",
          "started_at",
          "completed_at",
          "priority",
          "attempt",
          "max_attempts",
          "timeout_seconds",
          "next_attempt_at",
          "stop_requested_at",
          "parent_id",
          "node",
          "resumed_from",
          "principal",
          "idempotency",
          "pid",
          "thread_id",
          "completed_tick",
          "traceparent",
          "error",
          "attempts",
          "files",
          "result_file",
          "params",
          "definition",
          RESULT_FIELD);

  private TaskJson() {}

  /**
   * The content of the task's file.
   *
   * @throws IllegalArgumentException if an inline result is not a JSON object
   */
  static byte[] encode(Task task) {
    return lines(
        members(task),
        task.state().result() instanceof TaskResult.Inline inline
            ? checked(inline.json())
            : "null");
  }

  /** The same without an inline result, which {@link #decodeMembers} takes beside it. */
  static byte[] encodeMembers(Task task) {
    return lines(members(task), "null");
  }

  private static Map<String, @Nullable Object> members(Task task) {
    TaskSpec spec = task.spec();
    TaskState state = task.state();
    TaskSpec.Origin origin = spec.origin();
    TaskState.Worker worker = state.worker();
    Map<String, @Nullable Object> out = new LinkedHashMap<>();
    out.put(FORMAT_FIELD, task.unknownFields().getOrDefault(FORMAT_FIELD, FORMAT));
    out.put("task_id", spec.id().toString());
    out.put("step_name", spec.stepName());
    out.put("status", state.status().word());
    out.put("created_at", spec.createdAt());
    out.put("started_at", state.startedAt());
    out.put("completed_at", state.completedAt());
    out.put("priority", spec.priority());
    out.put("attempt", state.attempt());
    out.put("max_attempts", spec.maxAttempts());
    putIfThere(out, "timeout_seconds", spec.timeout() == null ? null : seconds(spec.timeout()));
    putIfThere(out, "next_attempt_at", state.nextAttemptAt());
    putIfThere(out, "stop_requested_at", state.stopRequestedAt());
    putIfThere(out, "parent_id", origin.parentId());
    putIfThere(out, "node", origin.node());
    putIfThere(out, "resumed_from", origin.resumedFrom());
    putIfThere(out, "principal", origin.principal());
    putIfThere(out, "traceparent", origin.traceparent());
    putIfThere(out, "idempotency", idempotency(origin.idempotency()));
    out.put("pid", worker == null ? null : worker.pid());
    out.put("thread_id", worker == null ? null : worker.threadId());
    if (state.status().isTerminal()) {
      out.put("completed_tick", state.completedTick());
    }
    out.put("error", state.error());
    if (!state.attempts().isEmpty()) {
      out.put("attempts", state.attempts().stream().map(TaskJson::attempt).toList());
    }
    TaskResult result = state.result();
    if (result != null) {
      out.put("files", result.files().stream().map(TaskJson::file).toList());
    }
    if (result instanceof TaskResult.InFile inFile) {
      out.put("result_file", inFile.file().name());
    }
    out.put("params", spec.params());
    putIfThere(out, "definition", origin.definition());
    task.unknownFields().forEach((name, value) -> putUnknown(out, name, value));
    return out;
  }

  /** The members one a line, so that a record reads well in a terminal. */
  private static byte[] lines(Map<String, @Nullable Object> members, String result) {
    StringBuilder text = new StringBuilder("{\n");
    members.forEach(
        (name, value) ->
            text.append(Json.write(name)).append(": ").append(Json.write(value)).append(",\n"));
    text.append(Json.write(RESULT_FIELD)).append(": ");
    ByteArrayOutputStream out = new ByteArrayOutputStream(text.length() + result.length() + 16);
    out.writeBytes(text.toString().getBytes(StandardCharsets.UTF_8));
    out.writeBytes(result.getBytes(StandardCharsets.UTF_8));
    out.writeBytes("\n}\n".getBytes(StandardCharsets.UTF_8));
    return out.toByteArray();
  }

  private static String checked(String json) {
    try {
      Json.parseObject(json);
      return json;
    } catch (JsonException e) {
      throw new IllegalArgumentException("the result is not a JSON object: " + e.getMessage(), e);
    }
  }

  private static void putIfThere(
      Map<String, @Nullable Object> out, String name, @Nullable Object value) {
    if (value != null) {
      out.put(name, value);
    }
  }

  private static void putUnknown(
      Map<String, @Nullable Object> out, String name, @Nullable Object value) {
    if (!KNOWN.contains(name)) {
      out.put(name, value);
    }
  }

  private static Number seconds(Duration timeout) {
    return timeout.getNano() == 0
        ? timeout.getSeconds()
        : BigDecimal.valueOf(timeout.getNano(), 9)
            .add(BigDecimal.valueOf(timeout.getSeconds()))
            .stripTrailingZeros();
  }

  private static @Nullable Object idempotency(TaskSpec.@Nullable Idempotency key) {
    if (key == null) {
      return null;
    }
    Map<String, @Nullable Object> out = new LinkedHashMap<>();
    out.put("key_hash", key.keyHash());
    out.put("request_hash", key.requestHash());
    return out;
  }

  private static Map<String, @Nullable Object> attempt(TaskState.Attempt attempt) {
    Map<String, @Nullable Object> out = new LinkedHashMap<>();
    out.put("number", attempt.number());
    out.put("started_at", attempt.startedAt());
    out.put("ended_at", attempt.endedAt());
    out.put("error", attempt.error());
    return out;
  }

  private static Map<String, @Nullable Object> file(OutputFile file) {
    Map<String, @Nullable Object> out = new LinkedHashMap<>();
    out.put("name", file.name());
    out.put("bytes", file.bytes());
    out.put("sha256", file.sha256());
    return out;
  }

  /**
   * Reads a task's file.
   *
   * @param id the task that the file's name says
   * @throws NewerFormatException if a later release wrote it in another major format
   * @throws UnreadableRecordException if it is not a whole, valid record of that task
   */
  static Task decode(TaskId id, byte[] content) throws UnreadableRecordException {
    return decode(id, RecordText.of(content));
  }

  /**
   * A task from what {@link #encodeMembers} gave.
   *
   * @param result the JSON text of its inline result, null if it has none; not looked at
   */
  static Task decodeMembers(TaskId id, String members, @Nullable String result)
      throws UnreadableRecordException {
    try {
      return decode(id, new RecordText(new RecordFields(Json.parseObject(members)), result));
    } catch (JsonException e) {
      throw new UnreadableRecordException("it is " + e.getMessage(), e);
    }
  }

  private static Task decode(TaskId id, RecordText text) throws UnreadableRecordException {
    RecordFields fields = text.fields();
    String format = fields.text(FORMAT_FIELD);
    if (major(format) > MAJOR) {
      throw new NewerFormatException(format);
    }
    if (!fields.text("task_id").equals(id.toString())) {
      throw new UnreadableRecordException(
          "its name is not its task_id, which is " + fields.text("task_id"));
    }
    try {
      return new Task(spec(id, fields), state(fields, text.result()), unknown(fields, format));
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new UnreadableRecordException(String.valueOf(e.getMessage()), e);
    }
  }

  private static TaskSpec spec(TaskId id, RecordFields fields) throws UnreadableRecordException {
    BigDecimal timeout = fields.optionalNumber("timeout_seconds");
    return new TaskSpec(
        id,
        fields.text("step_name"),
        fields.object("params").all(),
        fields.integer("priority"),
        fields.integer("max_attempts"),
        timeout == null ? null : Duration.ofNanos(timeout.movePointRight(9).longValueExact()),
        fields.instant("created_at"),
        origin(fields));
  }

  private static TaskSpec.Origin origin(RecordFields fields) throws UnreadableRecordException {
    RecordFields key = fields.optionalObject("idempotency");
    RecordFields definition = fields.optionalObject("definition");
    return new TaskSpec.Origin(
        fields.optionalText("principal"),
        key == null
            ? null
            : new TaskSpec.Idempotency(key.text("key_hash"), key.text("request_hash")),
        fields.optionalTaskId("parent_id"),
        fields.optionalText("node"),
        fields.optionalTaskId("resumed_from"),
        definition == null ? null : definition.all(),
        fields.optionalText("traceparent"));
  }

  private static TaskState state(RecordFields fields, @Nullable String inlineResult)
      throws UnreadableRecordException {
    BigDecimal pid = fields.optionalNumber("pid");
    BigDecimal thread = fields.optionalNumber("thread_id");
    List<TaskState.Attempt> attempts = new ArrayList<>();
    for (RecordFields attempt : fields.objects("attempts")) {
      attempts.add(
          new TaskState.Attempt(
              attempt.integer("number"),
              attempt.optionalInstant("started_at"),
              attempt.instant("ended_at"),
              attempt.text("error")));
    }
    BigDecimal tick = fields.optionalNumber("completed_tick");
    return new TaskState(
        fields.status("status"),
        fields.integer("attempt"),
        fields.optionalInstant("started_at"),
        fields.optionalInstant("completed_at"),
        fields.optionalInstant("next_attempt_at"),
        fields.optionalInstant("stop_requested_at"),
        pid == null || thread == null
            ? null
            : new TaskState.Worker(pid.longValueExact(), thread.longValueExact()),
        result(fields, inlineResult),
        fields.optionalText("error"),
        attempts,
        tick == null ? 0 : tick.longValueExact());
  }

  private static @Nullable TaskResult result(RecordFields fields, @Nullable String inline)
      throws UnreadableRecordException {
    List<OutputFile> files = new ArrayList<>();
    for (RecordFields file : fields.objects("files")) {
      files.add(new OutputFile(file.text("name"), file.number("bytes"), file.text("sha256")));
    }
    String resultFile = fields.optionalText("result_file");
    boolean completed = fields.text("status").equals("completed");
    if (completed != (inline != null || resultFile != null)) {
      throw new UnreadableRecordException(
          completed
              ? "it is completed without a result"
              : "it has a result without being completed");
    }
    if (inline != null) {
      return new TaskResult.Inline(inline, files);
    }
    if (resultFile == null) {
      return null;
    }
    for (OutputFile file : files) {
      if (file.name().equals(resultFile)) {
        return new TaskResult.InFile(file, files);
      }
    }
    throw new UnreadableRecordException("its result_file is not among its files");
  }

  private static Map<String, @Nullable Object> unknown(RecordFields fields, String format) {
    Map<String, @Nullable Object> unknown = new LinkedHashMap<>();
    fields
        .all()
        .forEach(
            (name, value) -> {
              if (!KNOWN.contains(name)) {
                unknown.put(name, value);
              }
            });
    if (!format.equals(FORMAT)) {
      // A later minor release wrote it, perhaps with members that only that format explains.
      unknown.put(FORMAT_FIELD, format);
    }
    return unknown;
  }

  private static int major(String format) throws UnreadableRecordException {
    int dot = format.indexOf('.');
    try {
      return Integer.parseInt(dot < 0 ? format : format.substring(0, dot));
    } catch (NumberFormatException e) {
      throw new UnreadableRecordException("its format is no version: " + format, e);
    }
  }
}
