package io.etlapi.store;

import io.etlapi.task.OutputFile;
import io.etlapi.task.Task;
import io.etlapi.task.TaskId;
import io.etlapi.task.TaskResult;
import io.etlapi.task.TaskSpec;
import io.etlapi.task.TaskState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Tasks for tests: the same every time. */
final class SampleTasks {

  static final Instant T0 = Instant.parse("2026-03-01T10:00:00.123456Z");
  static final TaskState.Worker WORKER = new TaskState.Worker(4711, 99);

  private SampleTasks() {}

  /** Ids in order of their number, shaped like the server's own. */
  static TaskId id(int number) {
    return new TaskId(new UUID(0x019c_0000_0000_7000L + ((long) number << 16), 0x8000L << 48));
  }

  static Instant at(int seconds) {
    return T0.plusSeconds(seconds);
  }

  static Task pending(int number) {
    return pending(number, "read_csv", TaskSpec.Origin.NONE);
  }

  static Task pending(int number, String step, TaskSpec.Origin origin) {
    return Task.accepted(
        new TaskSpec(
            id(number),
            step,
            Map.of("custom_params", Map.of("file_path", "trades.csv")),
            TaskSpec.DEFAULT_PRIORITY,
            3,
            Duration.ofSeconds(60),
            at(number),
            origin));
  }

  static Task running(int number) {
    return pending(number).started(at(number + 1), WORKER);
  }

  static Task completed(int number, long tick) {
    return running(number).completed(at(number + 2), tick, result("{\"rows\":" + number + "}"));
  }

  static TaskResult result(String json, OutputFile... files) {
    return new TaskResult.Inline(json, List.of(files));
  }

  static TaskSpec.Origin childOf(TaskId parent, String node) {
    return new TaskSpec.Origin(null, null, parent, node, null, null);
  }

  static TaskSpec.Origin withKey(String keyHash) {
    return new TaskSpec.Origin(
        null, new TaskSpec.Idempotency(keyHash, "of the request"), null, null, null, null);
  }

  static TaskSpec.Origin running(Map<String, @Nullable Object> definition) {
    return new TaskSpec.Origin(null, null, null, null, null, definition);
  }
}
