package io.etlapi.execution;

import io.etlapi.engine.DuckDbEngine;
import io.etlapi.engine.EngineException;
import io.etlapi.engine.SessionCancelledException;
import io.etlapi.json.Json;
import io.etlapi.monitor.TaskScope;
import io.etlapi.step.FileAccess;
import io.etlapi.step.Step;
import io.etlapi.step.StepException;
import io.etlapi.step.StepParameters;
import io.etlapi.step.StepResult;
import io.etlapi.step.parameters.Secrets;
import io.etlapi.store.OutputFolders;
import io.etlapi.store.StorageClock;
import io.etlapi.store.StoreException;
import io.etlapi.store.TaskLogs;
import io.etlapi.store.TaskStore;
import io.etlapi.store.UnpublishableOutputException;
import io.etlapi.task.OutputFile;
import io.etlapi.task.Task;
import io.etlapi.task.TaskId;
import io.etlapi.task.TaskResult;
import io.etlapi.task.TaskState;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Runs one attempt of a task on the calling thread: records the start, runs the step, publishes its
 * output, records the end. Whatever the step does, the task ends in a recorded state.
 */
final class TaskRunner {

  private static final System.Logger LOG = System.getLogger("io.etlapi.tasks");

  /** Pause between tries to record an outcome while the disk refuses (full, read-only). */
  private static final Duration RECORD_AGAIN = Duration.ofSeconds(1);

  /**
   * What the runner works with.
   *
   * @param secrets a folder with a file for each secret; empty for none
   * @param spans where each attempt is shown as one
   */
  record Parts(
      TaskStore store,
      TaskChanges changes,
      OutputFolders outputs,
      TaskLogs logs,
      StorageClock storageClock,
      DuckDbEngine engine,
      FileAccess files,
      InputResolver inputs,
      RunningTasks running,
      ScheduledExecutorService scheduler,
      Clock clock,
      Optional<Path> secrets,
      AttemptSpans spans,
      long pid) {}

  private final Parts parts;
  private final Function<String, Optional<Step>> steps;

  /** A runner without state of its own. */
  TaskRunner(Parts parts, Function<String, Optional<Step>> steps) {
    this.parts = parts;
    this.steps = steps;
  }

  /** What came of an attempt. */
  private sealed interface Outcome {
    record Completed(TaskResult result) implements Outcome {}

    record Failed(String error) implements Outcome {}
  }

  /**
   * Runs an attempt; never throws.
   *
   * @return the task if it waits for a further attempt now
   */
  Optional<Task> run(TaskId id) {
    RunningTask running = new RunningTask(id, Thread.currentThread());
    parts.running().begin(running);
    try {
      return begin(id).flatMap(task -> attempt(task, running));
    } catch (RuntimeException | Error e) {
      OutOfMemory.endIfCauseOf(e);
      LOG.log(System.Logger.Level.ERROR, "task " + id + " could not be run", e);
      return Optional.empty();
    } finally {
      running.seal();
      parts.running().end(id);
    }
  }

  /** Records the start; empty if the task may not start any more. */
  private Optional<Task> begin(TaskId id) {
    Task task =
        record(
            id,
            current -> {
              if (current.status().isTerminal()) {
                return current;
              }
              return current.isStopRequested()
                  ? current.cancelled(now(), tick(), Task.STOPPED_BY_REQUEST)
                  : current.started(
                      now(), new TaskState.Worker(parts.pid(), Thread.currentThread().getId()));
            });
    return task == null || task.status().isTerminal() ? Optional.empty() : Optional.of(task);
  }

  private Optional<Task> attempt(Task task, RunningTask running) {
    try (AttemptSpans.OpenSpan span = parts.spans().begin(task)) {
      String trace = span.traceparent().orElse(task.spec().origin().traceparent());
      try (TaskScope scope = TaskScope.enter(task.id().toString(), task.spec().stepName(), trace)) {
        return logged(task, running, span, trace);
      }
    }
  }

  private Optional<Task> logged(
      Task task, RunningTask running, AttemptSpans.OpenSpan span, @Nullable String trace) {
    TaskId id = task.id();
    String name = task.spec().stepName();
    int number = task.state().attempt();
    LOG.log(System.Logger.Level.INFO, "🚀 Starting ETL step: " + name + " for task: " + id);
    log(
        id,
        "attempt "
            + number
            + " of "
            + task.spec().maxAttempts()
            + " starts"
            + (trace == null ? "" : ", traceparent " + trace));
    ScheduledFuture<?> timeout = timeout(task, running);
    Outcome outcome;
    try {
      outcome = work(task, running, trace);
    } finally {
      running.seal();
      if (timeout != null) {
        timeout.cancel(false);
      }
    }
    return end(task, running, span, outcome);
  }

  private @Nullable ScheduledFuture<?> timeout(Task task, RunningTask running) {
    Duration limit = task.spec().timeout();
    return limit == null
        ? null
        : parts
            .scheduler()
            .schedule(
                () -> running.cancel(CancelCause.TIMEOUT), limit.toMillis(), TimeUnit.MILLISECONDS);
  }

  private Outcome work(Task task, RunningTask running, @Nullable String trace) {
    TaskId id = task.id();
    int number = task.state().attempt();
    Step step = steps.apply(task.spec().stepName()).orElse(null);
    if (step == null) {
      return new Outcome.Failed(
          "Step " + task.spec().stepName() + " is not installed on this server any more.");
    }
    Secrets secrets = new Secrets(parts.secrets());
    try {
      // A stop that was recorded between the start and now has found no attempt to cancel.
      if (parts.store().find(id).map(Task::isStopRequested).orElse(true)) {
        running.cancel(CancelCause.STOP);
      }
      Path folder = parts.outputs().open(id, number);
      Map<String, @Nullable Object> params = task.spec().params();
      AttemptContext.Attempt attempt =
          new AttemptContext.Attempt(
              id,
              number,
              task.state().startedAt() == null ? now() : task.state().startedAt(),
              StepParameters.merge(
                  InputResolver.object(params.get("parameters")),
                  InputResolver.object(params.get("custom_params"))),
              parts.inputs().resolve(params),
              folder,
              parts.outputs().published(id),
              Optional.ofNullable(trace));
      StepResult result;
      try (AttemptContext context =
          new AttemptContext(
              attempt,
              running,
              parts.engine(),
              parts.files(),
              secrets,
              line -> parts.logs().append(id, now(), line))) {
        warnings(params).forEach(context::log);
        context.throwIfStopped();
        result = step.run(context);
      }
      TaskResult published = publish(id, number, secrets.blotMembers(result.output()));
      running.seal();
      return running
          .cause()
          .<Outcome>map(cause -> new Outcome.Failed(describe(cause, task)))
          .orElseGet(() -> new Outcome.Completed(published));
    } catch (Exception e) {
      OutOfMemory.endIfCauseOf(e);
      running.seal();
      return new Outcome.Failed(
          running.cause().isPresent()
              ? describe(running.cause().get(), task)
              : secrets.blot(describe(e, task, secrets)));
    } catch (Error e) {
      // A class that is missing, a native library that is: the step's fault, not the server's end.
      OutOfMemory.endIfCauseOf(e);
      running.seal();
      return new Outcome.Failed(describe(e, task, secrets));
    }
  }

  /** What the server itself says of a task; kept even when a step has filled its log. */
  private void log(TaskId id, String line) {
    parts.logs().appendNotice(id, now(), line);
  }

  private static List<String> warnings(Map<String, @Nullable Object> params) {
    return params.get("warnings") instanceof List<?> list
        ? list.stream().map(warning -> "warning: " + warning).toList()
        : List.of();
  }

  private TaskResult publish(TaskId id, int number, Map<String, @Nullable Object> output)
      throws InterruptedException {
    byte[] json = Json.write(output).getBytes(StandardCharsets.UTF_8);
    boolean large = json.length > TaskResult.MAX_INLINE_BYTES;
    if (large) {
      parts.outputs().writeResult(id, number, out -> out.write(json));
    }
    List<OutputFile> files = parts.outputs().publish(id, number);
    if (!large) {
      return new TaskResult.Inline(new String(json, StandardCharsets.UTF_8), files);
    }
    OutputFile own =
        files.stream()
            .filter(file -> file.name().equals(OutputFolders.RESULT_FILE))
            .findFirst()
            .orElseThrow();
    return new TaskResult.InFile(own, files);
  }

  private Optional<Task> end(
      Task task, RunningTask running, AttemptSpans.OpenSpan span, Outcome outcome) {
    TaskId id = task.id();
    Task ended = record(id, current -> next(current, running, outcome));
    if (ended == null || ended.state().result() == null) {
      parts.outputs().discard(id, task.state().attempt());
      parts.outputs().remove(id);
    }
    if (ended == null) {
      return Optional.empty();
    }
    report(ended, outcome);
    span.end(ended, outcome instanceof Outcome.Failed failed ? failed.error() : null);
    return Optional.of(ended).filter(again -> !again.status().isTerminal());
  }

  private Task next(Task current, RunningTask running, Outcome outcome) {
    if (current.status().isTerminal()) {
      return current;
    }
    if (outcome instanceof Outcome.Completed completed) {
      return current.completed(now(), tick(), completed.result());
    }
    String error = ((Outcome.Failed) outcome).error();
    boolean mayRetry =
        current.hasAttemptsLeft()
            && !current.isStopRequested()
            && steps
                .apply(current.spec().stepName())
                .map(step -> step.describe().retryable())
                .orElse(false);
    if (!mayRetry) {
      return current.failed(now(), tick(), error);
    }
    // After a restart it goes on at once; the wait is for faults that pass by themselves.
    Duration wait =
        running.cause().filter(cause -> cause == CancelCause.SHUTDOWN).isPresent()
            ? Duration.ZERO
            : Backoff.after(current.state().attempt(), ThreadLocalRandom.current());
    return current.retryAt(now(), now().plus(wait), error);
  }

  private void report(Task task, Outcome outcome) {
    String name = task.spec().stepName();
    switch (task.status()) {
      case COMPLETED -> {
        LOG.log(
            System.Logger.Level.INFO,
            "✅ ETL step " + name + " completed successfully for task: " + task.id());
        log(task.id(), "completed");
      }
      case PENDING -> {
        String error = ((Outcome.Failed) outcome).error();
        LOG.log(
            System.Logger.Level.WARNING,
            "❌ ETL step "
                + name
                + " for task "
                + task.id()
                + " failed, next attempt: "
                + LogText.oneLine(error));
        log(task.id(), "attempt failed: " + error);
        log(
            task.id(),
            "attempt " + task.state().attempt() + " begins at " + task.state().nextAttemptAt());
      }
      default -> {
        String error = String.valueOf(task.state().error());
        LOG.log(
            System.Logger.Level.WARNING,
            "❌ ETL step "
                + name
                + " for task "
                + task.id()
                + " "
                + task.status().word()
                + ": "
                + LogText.oneLine(error));
        log(task.id(), task.status().word() + ": " + error);
      }
    }
  }

  /**
   * Records a change, again and again while the disk refuses for a reason that may pass.
   *
   * @return null if it cannot be recorded before a restart, or the task is gone
   */
  private @Nullable Task record(TaskId id, UnaryOperator<Task> change) {
    while (true) {
      try {
        return parts.changes().update(id, change);
      } catch (StoreException e) {
        if (parts.store().health().needsRestart()) {
          LOG.log(
              System.Logger.Level.ERROR,
              "the state of task "
                  + id
                  + " cannot be recorded until the server restarts: "
                  + e.getMessage());
          return null;
        }
        LOG.log(
            System.Logger.Level.WARNING,
            "the state of task " + id + " cannot be recorded yet: " + e.getMessage());
        if (!pause()) {
          return null;
        }
      }
    }
  }

  private static boolean pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(RECORD_AGAIN.toMillis());
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static String describe(CancelCause cause, Task task) {
    return switch (cause) {
      case STOP -> Task.STOPPED_BY_REQUEST;
      case TIMEOUT -> {
        Duration limit = task.spec().timeout();
        yield "timed out after " + (limit == null ? 0 : limit.toSeconds()) + " s";
      }
      case SHUTDOWN -> Task.INTERRUPTED;
    };
  }

  private static String describe(Throwable thrown, Task task, Secrets secrets) {
    if (thrown instanceof StepException && thrown.getMessage() != null) {
      return thrown.getMessage();
    }
    if (thrown instanceof SessionCancelledException) {
      return "the query was cancelled";
    }
    if (thrown instanceof StoreException || thrown instanceof UnpublishableOutputException) {
      return String.valueOf(thrown.getMessage());
    }
    // The message of anything else was not written for callers and may name server paths.
    String incident = UUID.randomUUID().toString().substring(0, 8);
    String where =
        "incident " + incident + ": step " + task.spec().stepName() + ", task " + task.id();
    if (secrets.wereRead()) {
      // What was thrown may quote one of them, so it is logged as a text.
      LOG.log(System.Logger.Level.ERROR, where + "\n" + secrets.blot(stackTrace(thrown)));
    } else {
      LOG.log(System.Logger.Level.ERROR, where, thrown);
    }
    String what =
        thrown instanceof EngineException
            ? "The engine could not finish this step"
            : thrown instanceof IOException
                ? "A file of this task could not be written or read"
                : "The step failed on a fault of its own ("
                    + thrown.getClass().getSimpleName()
                    + ")";
    return what + "; the server's log has the details under incident " + incident + ".";
  }

  private static String stackTrace(Throwable thrown) {
    StringWriter text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text));
    return text.toString();
  }

  private Instant now() {
    return parts.clock().instant();
  }

  private long tick() {
    return parts.storageClock().tick();
  }
}
