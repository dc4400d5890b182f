package io.etlapi.execution;

import io.etlapi.json.Json;
import io.etlapi.store.TaskStore;
import io.etlapi.task.Fault;
import io.etlapi.task.Task;
import io.etlapi.task.TaskException;
import io.etlapi.task.TaskId;
import io.etlapi.task.TaskRequest;
import io.etlapi.task.TaskSpec;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes resending a request safe: the same key and request within the time to live is answered with
 * the task of the first one. Requests with one key are handled one after another, so a race of many
 * makes one task. The key lies hashed in the task's file and expires with it.
 */
final class IdempotentSubmissions {

  private final TaskStore store;
  private final Map<String, Turn> turns = new ConcurrentHashMap<>();

  IdempotentSubmissions(TaskStore store) {
    this.store = store;
  }

  /** A lock for one key with the number of requests that hold or want it. */
  private static final class Turn {
    private int users;
  }

  /**
   * Submits once per key.
   *
   * @param submit makes a new task
   * @param replay answers with an earlier task
   * @throws TaskException (INVALID) if the key was used for another request
   */
  Submission submit(
      String stepName,
      TaskRequest request,
      Function<TaskSpec.@Nullable Idempotency, Submission> submit,
      Function<Task, Submission> replay) {
    Optional<String> key = request.idempotencyKey();
    if (key.isEmpty()) {
      return submit.apply(null);
    }
    TaskSpec.Idempotency idempotency =
        new TaskSpec.Idempotency(
            sha256(request.principal().orElse("") + "\n" + key.get()), hash(stepName, request));
    return inTurn(
        idempotency.keyHash(),
        () -> {
          Optional<Task> earlier =
              store.findByIdempotencyKey(idempotency.keyHash()).flatMap(store::find);
          if (earlier.isEmpty()) {
            return submit.apply(idempotency);
          }
          requireSame(earlier.get(), idempotency);
          return replay.apply(earlier.get());
        });
  }

  private static void requireSame(Task earlier, TaskSpec.Idempotency idempotency) {
    TaskSpec.Idempotency first = earlier.spec().origin().idempotency();
    if (first == null || !first.requestHash().equals(idempotency.requestHash())) {
      TaskId id = earlier.id();
      throw TaskException.invalid(
          List.of(
              new Fault(
                  "",
                  "This Idempotency-Key was used for another request (task "
                      + id
                      + "): use a new key for a new request.")));
    }
  }

  private Submission inTurn(String keyHash, Supplier<Submission> work) {
    Turn turn =
        turns.compute(
            keyHash,
            (key, present) -> {
              Turn wanted = present == null ? new Turn() : present;
              wanted.users++;
              return wanted;
            });
    try {
      synchronized (turn) {
        return work.get();
      }
    } finally {
      turns.computeIfPresent(keyHash, (key, held) -> --held.users == 0 ? null : held);
    }
  }

  private static String hash(String stepName, TaskRequest request) {
    Map<String, @Nullable Object> all = new LinkedHashMap<>();
    all.put("principal", request.principal().orElse(null));
    all.put("step", stepName);
    all.put("parameters", request.parameters());
    all.put("custom_params", request.customParams());
    all.put("previous_outputs", request.previousOutputs());
    all.put("inputs", request.inputs());
    all.put("priority", request.priority().orElse(null));
    all.put("timeout_seconds", request.timeoutSeconds().orElse(null));
    all.put("retries", request.retries().orElse(null));
    all.put("resume", request.resume().orElse(null));
    return sha256(Json.write(all));
  }

  private static String sha256(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
