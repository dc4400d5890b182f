package io.etlapi.execution;

import com.github.f4b6a3.uuid.UuidCreator;
import io.etlapi.pipeline.Pipeline;
import io.etlapi.step.Step;
import io.etlapi.step.StepDefaults;
import io.etlapi.step.StepDescription;
import io.etlapi.store.TaskStore;
import io.etlapi.task.Fault;
import io.etlapi.task.Task;
import io.etlapi.task.TaskException;
import io.etlapi.task.TaskException.Reason;
import io.etlapi.task.TaskId;
import io.etlapi.task.TaskRequest;
import io.etlapi.task.TaskSpec;
import io.etlapi.task.TaskStatus;
import io.etlapi.task.TaskSummary;
import io.etlapi.task.TraceParent;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Turns a request into a task or refuses it with every fault at once. Decides only; nothing is
 * stored here.
 */
final class TaskAcceptance {

  /** A request's parameters held against a step's schema and the roots. */
  interface ParameterCheck {

    /**
     * Checks all of them.
     *
     * @param faults what is wrong, empty if nothing is
     * @param warnings what has no effect
     */
    record Result(List<Fault> faults, List<String> warnings) {}

    Result check(
        StepDescription step,
        Map<String, @Nullable Object> parameters,
        Map<String, @Nullable Object> customParams);
  }

  private static final int MAX_TIMEOUT_SECONDS = 30 * 24 * 3600;
  private static final int MAX_RETRIES = 100;

  private final Definitions definitions;
  private final ParameterCheck parameters;
  private final TaskStore store;
  private final AttemptSpans spans;
  private final Clock clock;

  TaskAcceptance(
      Definitions definitions,
      ParameterCheck parameters,
      TaskStore store,
      AttemptSpans spans,
      Clock clock) {
    this.definitions = definitions;
    this.parameters = parameters;
    this.store = store;
    this.spans = spans;
    this.clock = clock;
  }

  /**
   * Accepts a request.
   *
   * @throws TaskException if it is refused
   */
  TaskSpec accept(String name, TaskRequest request, TaskSpec.@Nullable Idempotency idempotency) {
    StepDescription step = definitions.require(name);
    Optional<Pipeline> pipeline = definitions.pipeline(name);
    List<Fault> faults = new ArrayList<>();
    checkNumbers(request, step, pipeline.isPresent(), faults);
    // A resumed run has the parameters that were checked when it began.
    ParameterCheck.Result checked =
        request.resume().isPresent()
            ? new ParameterCheck.Result(List.of(), List.of())
            : parameters.check(step, request.parameters(), request.customParams());
    faults.addAll(checked.faults());
    request
        .inputs()
        .forEach(
            (input, id) -> {
              if (TaskId.parse(id).flatMap(store::summary).isEmpty()) {
                faults.add(
                    new Fault(
                        "/inputs/" + Fault.token(input),
                        "Input '" + input + "': there is no task with id '" + id + "'."));
              }
            });
    checkInputCount(name, request, faults);
    Optional<ResumedRun> resumed =
        request.resume().map(id -> resumed(id, name, request, pipeline, faults));
    if (!faults.isEmpty()) {
      throw TaskException.invalid(faults);
    }
    checkDependencies(name, request);

    StepDefaults defaults = definitions.defaults(name);
    TaskSpec.Origin origin =
        new TaskSpec.Origin(
            request.principal().orElse(null),
            idempotency,
            null,
            null,
            resumed.map(run -> run.from().id()).orElse(null),
            pipeline.map(found -> definition(found, resumed)).orElse(null),
            request.traceparent().map(TraceParent::toString).or(spans::current).orElse(null));
    return new TaskSpec(
        newId(),
        name,
        resumed.map(run -> run.from().spec().params()).orElse(params(request, checked.warnings())),
        request.priority().or(defaults::priority).orElse(TaskSpec.DEFAULT_PRIORITY),
        1 + request.retries().orElse(defaults.retries()),
        request
            .timeoutSeconds()
            .<Duration>map(Duration::ofSeconds)
            .or(defaults::timeout)
            .orElse(null),
        clock.instant(),
        origin);
  }

  /** A new id; ids are ordered by the time of their creation, also within a millisecond. */
  static TaskId newId() {
    return new TaskId(UuidCreator.getTimeOrderedEpochPlus1());
  }

  private record ResumedRun(Task from, Map<String, @Nullable Object> reused) {}

  private ResumedRun resumed(
      String id,
      String name,
      TaskRequest request,
      Optional<Pipeline> pipeline,
      List<Fault> faults) {
    Optional<Task> from = TaskId.parse(id).flatMap(store::find);
    if (pipeline.isEmpty()) {
      faults.add(new Fault("/resume", name + " is a single step; only pipeline runs are resumed."));
    } else if (from.isEmpty()) {
      throw TaskException.unknownTask(id);
    } else if (!from.get().spec().stepName().equals(name) || !from.get().spec().isParent()) {
      faults.add(new Fault("/resume", "Task " + id + " is not a run of " + name + "."));
    } else if (!from.get().status().isTerminal() || from.get().status() == TaskStatus.COMPLETED) {
      throw new TaskException(
          Reason.WRONG_STATE,
          "Task "
              + id
              + " is "
              + from.get().status().word()
              + "; only a failed or cancelled run is"
              + " resumed.");
    } else if (!request.parameters().isEmpty() || !request.customParams().isEmpty()) {
      faults.add(
          new Fault(
              "/parameters",
              "A resumed run goes on with the parameters it began with: leave them out."));
    }
    Map<String, @Nullable Object> reused = new LinkedHashMap<>();
    if (from.isPresent()) {
      Object earlier = InputResolver.object(from.get().spec().origin().definition()).get("reused");
      reused.putAll(InputResolver.object(earlier));
      for (TaskSummary child : store.children(from.get().id())) {
        if (child.status() == TaskStatus.COMPLETED && child.node() != null) {
          reused.put(child.node(), child.id().toString());
        }
      }
      return new ResumedRun(from.get(), reused);
    }
    throw TaskException.invalid(faults);
  }

  private static Map<String, @Nullable Object> definition(
      Pipeline pipeline, Optional<ResumedRun> resumed) {
    Map<String, @Nullable Object> definition = new LinkedHashMap<>(pipeline.document());
    resumed.ifPresent(run -> definition.put("reused", run.reused()));
    return definition;
  }

  private static void checkNumbers(
      TaskRequest request, StepDescription step, boolean isPipeline, List<Fault> faults) {
    request
        .priority()
        .filter(value -> value < TaskSpec.MIN_PRIORITY || value > TaskSpec.MAX_PRIORITY)
        .ifPresent(
            value ->
                faults.add(
                    new Fault("/priority", "priority must be from 0 to 9, found " + value + ".")));
    request
        .timeoutSeconds()
        .filter(value -> value < 1 || value > MAX_TIMEOUT_SECONDS)
        .ifPresent(
            value ->
                faults.add(
                    new Fault(
                        "/timeout_seconds",
                        "timeout_seconds must be from 1 to "
                            + MAX_TIMEOUT_SECONDS
                            + ", found "
                            + value
                            + ".")));
    int retries = request.retries().orElse(0);
    if (retries < 0 || retries > MAX_RETRIES) {
      faults.add(
          new Fault(
              "/retries", "retries must be from 0 to " + MAX_RETRIES + ", found " + retries + "."));
    } else if (retries > 0 && (!step.retryable() || isPipeline)) {
      faults.add(
          new Fault(
              "/retries",
              isPipeline
                  ? "A pipeline run is not retried as a whole: send \"resume\" with its id."
                  : "Step " + step.name() + " may not be retried: leave retries out."));
    }
  }

  private void checkInputCount(String name, TaskRequest request, List<Fault> faults) {
    int needed = definitions.step(name).map(Step::minInputs).orElse(0);
    int sent = request.inputs().size() + request.previousOutputs().size();
    if (sent < needed) {
      faults.add(
          new Fault(
              "/inputs",
              "Step "
                  + name
                  + " needs "
                  + needed
                  + " earlier outputs, "
                  + sent
                  + " sent: name their task ids in inputs, or send them in previous_outputs."));
    }
  }

  private void checkDependencies(String name, TaskRequest request) {
    request.previousOutputs().forEach((dependency, output) -> checkSent(name, dependency, output));
    List<String> unfinished = new ArrayList<>();
    request
        .inputs()
        .forEach(
            (input, id) -> {
              TaskSummary task = TaskId.parse(id).flatMap(store::summary).orElseThrow();
              if (!task.status().isTerminal()) {
                unfinished.add("'" + input + "' (task " + id + ") is " + task.status().word());
              } else if (task.status() != TaskStatus.COMPLETED) {
                String error = store.find(task.id()).map(found -> found.state().error()).orElse("");
                throw failedDependency(name, input, String.valueOf(error));
              }
            });
    if (!unfinished.isEmpty()) {
      throw new TaskException(
          Reason.WRONG_STATE,
          "Not every input has finished: " + String.join(", ", unfinished) + ".");
    }
  }

  private static void checkSent(String name, String dependency, @Nullable Object output) {
    if (output instanceof Map<?, ?> sent) {
      Object message = sent.get("fail_message");
      Object error = sent.get("error");
      boolean failed =
          sent.get("status") instanceof String status
              && (status.equals("failed") || status.equals("error") || status.equals("cancelled"));
      if (message != null || failed) {
        throw failedDependency(
            name,
            dependency,
            String.valueOf(message != null ? message : error != null ? error : "no message"));
      }
    }
  }

  private static TaskException failedDependency(String name, String dependency, String message) {
    return new TaskException(
        Reason.FAILED_DEPENDENCY,
        "Cannot run " + name + ": dependency " + dependency + " has failed - " + message);
  }

  private static Map<String, @Nullable Object> params(TaskRequest request, List<String> warnings) {
    Map<String, @Nullable Object> params = new LinkedHashMap<>();
    params.put("parameters", request.parameters());
    params.put("custom_params", request.customParams());
    params.put("previous_outputs", request.previousOutputs());
    params.put("inputs", request.inputs());
    if (!warnings.isEmpty()) {
      params.put("warnings", warnings);
    }
    return params;
  }
}
