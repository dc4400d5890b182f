package io.etlapi.execution;

import io.etlapi.task.Task;
import io.etlapi.task.TaskSpec;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes the body of a request out of the task that came of it; what is the default is left out. */
final class TaskBody {

  private static final List<String> MEMBERS =
      List.of("parameters", "custom_params", "previous_outputs", "inputs");

  private TaskBody() {}

  static Map<String, @Nullable Object> of(Task task) {
    TaskSpec spec = task.spec();
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    for (String name : MEMBERS) {
      if (spec.params().get(name) instanceof Map<?, ?> member && !member.isEmpty()) {
        body.put(name, member);
      }
    }
    if (spec.priority() != TaskSpec.DEFAULT_PRIORITY) {
      body.put("priority", spec.priority());
    }
    Duration timeout = spec.timeout();
    if (timeout != null) {
      body.put("timeout_seconds", timeout.toSeconds());
    }
    if (spec.maxAttempts() > 1) {
      body.put("retries", spec.maxAttempts() - 1);
    }
    return body;
  }
}
