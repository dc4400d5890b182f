package io.etlapi.execution;

import io.etlapi.json.Json;
import io.etlapi.pipeline.Pipeline;
import io.etlapi.pipeline.PipelineDocument;
import io.etlapi.pipeline.PipelineNode;
import io.etlapi.pipeline.PipelineProgress;
import io.etlapi.pipeline.PipelineReferences;
import io.etlapi.step.StepDefaults;
import io.etlapi.store.StorageClock;
import io.etlapi.store.StoreException;
import io.etlapi.store.TaskStore;
import io.etlapi.task.Task;
import io.etlapi.task.TaskId;
import io.etlapi.task.TaskResult;
import io.etlapi.task.TaskSpec;
import io.etlapi.task.TaskState;
import io.etlapi.task.TaskStatus;
import io.etlapi.task.TaskSummary;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Moves pipeline runs on: after every end of a child, and after a restart, asks {@link
 * PipelineProgress} what comes next and does it. A run's state is nothing but its own record and
 * those of its children, so there is nothing to lose in a crash.
 */
final class PipelineRunner {

  private static final System.Logger LOG = System.getLogger("io.etlapi.tasks");

  private final TaskStore store;
  private final TaskChanges changes;
  private final InputResolver inputs;
  private final StorageClock storageClock;
  private final Clock clock;
  private final long pid;
  private final Consumer<TaskQueue.Entry> enqueue;
  private final Consumer<TaskId> stopChild;
  private final Consumer<TaskId> tryAgain;
  private final Function<String, StepDefaults> stepDefaults;

  /** One lock per open run: two children that end together must not start a node twice. */
  private final Map<TaskId, Object> locks = new ConcurrentHashMap<>();

  /**
   * A runner whose only state is its locks.
   *
   * @param enqueue takes a child that is durable
   * @param stopChild asks a child to stop, without waiting for it
   * @param tryAgain asks for {@link #advance} a little later
   * @param stepDefaults what holds for the tasks of a step where the pipeline says nothing
   */
  PipelineRunner(
      TaskStore store,
      TaskChanges changes,
      InputResolver inputs,
      StorageClock storageClock,
      Clock clock,
      long pid,
      Consumer<TaskQueue.Entry> enqueue,
      Consumer<TaskId> stopChild,
      Consumer<TaskId> tryAgain,
      Function<String, StepDefaults> stepDefaults) {
    this.store = store;
    this.changes = changes;
    this.inputs = inputs;
    this.storageClock = storageClock;
    this.clock = clock;
    this.pid = pid;
    this.enqueue = enqueue;
    this.stopChild = stopChild;
    this.tryAgain = tryAgain;
    this.stepDefaults = stepDefaults;
  }

  /** Moves a run on as far as it goes now. Asking too often does no harm. */
  void advance(TaskId parentId) {
    synchronized (locks.computeIfAbsent(parentId, id -> new Object())) {
      Task parent = store.find(parentId).orElse(null);
      if (parent == null || parent.status().isTerminal()) {
        locks.remove(parentId);
        return;
      }
      try {
        step(parent);
      } catch (StoreException e) {
        LOG.log(
            System.Logger.Level.WARNING,
            "pipeline run " + parentId + " cannot go on yet: " + e.getMessage());
        tryAgain.accept(parentId);
      } catch (RuntimeException e) {
        LOG.log(System.Logger.Level.ERROR, "pipeline run " + parentId + " cannot go on", e);
        fail(parentId, "The run cannot go on: what one of its steps made is gone.");
      }
    }
  }

  private void step(Task found) {
    Task parent = found;
    if (parent.status() == TaskStatus.PENDING && !parent.isStopRequested()) {
      parent =
          changes.update(
              parent.id(),
              task ->
                  task.status() == TaskStatus.PENDING && !task.isStopRequested()
                      ? task.started(clock.instant(), new TaskState.Worker(pid, 0))
                      : task);
    }
    Map<String, @Nullable Object> definition =
        InputResolver.object(parent.spec().origin().definition());
    // Steps were checked when the run was accepted; one that is gone since fails as a task.
    Pipeline pipeline = PipelineDocument.read(definition, step -> true);
    Map<String, TaskId> tasks = new LinkedHashMap<>();
    Map<String, TaskStatus> states = new HashMap<>();
    InputResolver.object(definition.get("reused"))
        .forEach(
            (node, id) ->
                TaskId.parse(String.valueOf(id))
                    .ifPresent(
                        taskId -> {
                          tasks.put(node, taskId);
                          states.put(node, TaskStatus.COMPLETED);
                        }));
    for (TaskSummary child : store.children(parent.id())) {
      if (child.node() != null) {
        tasks.put(child.node(), child.id());
        states.put(child.node(), child.status());
      }
    }
    PipelineProgress.Decision decision =
        PipelineProgress.decide(pipeline, states, parent.isStopRequested());
    for (PipelineNode node : decision.start()) {
      start(parent, node, tasks);
    }
    if (parent.isStopRequested()) {
      states.forEach(
          (node, status) -> {
            if (!status.isTerminal()) {
              stopChild.accept(tasks.get(node));
            }
          });
    }
    if (decision.outcome().isPresent()) {
      finish(parent, pipeline, tasks, states, decision);
      locks.remove(parent.id());
    }
  }

  private void start(Task parent, PipelineNode node, Map<String, TaskId> tasks) {
    TaskSpec.Origin origin =
        new TaskSpec.Origin(
            parent.spec().origin().principal(),
            null,
            parent.id(),
            node.id(),
            null,
            null,
            parent.spec().origin().traceparent());
    TaskId id = TaskAcceptance.newId();
    Map<String, @Nullable Object> params;
    String fault = null;
    try {
      params = params(parent, node, tasks);
    } catch (IllegalArgumentException | UncheckedIOException e) {
      params = Map.of();
      fault = "Node '" + node.id() + "': " + e.getMessage();
    }
    StepDefaults defaults = stepDefaults.apply(node.step());
    Task child =
        Task.accepted(
            new TaskSpec(
                id,
                node.step(),
                params,
                parent.spec().priority(),
                1 + (node.retries() > 0 ? node.retries() : defaults.retries()),
                shorter(parent.spec().timeout(), defaults.timeout().orElse(null)),
                clock.instant(),
                origin));
    String failed = fault;
    if (failed != null) {
      changes.create(child);
      changes.update(id, task -> task.failed(clock.instant(), storageClock.tick(), failed));
      return;
    }
    changes.create(child);
    LOG.log(System.Logger.Level.INFO, "🎯 Starting ETL task: " + node.step() + " with ID: " + id);
    enqueue.accept(new TaskQueue.Entry(id, parent.spec().priority(), true));
  }

  private static @Nullable Duration shorter(@Nullable Duration one, @Nullable Duration other) {
    return one == null || (other != null && other.compareTo(one) < 0) ? other : one;
  }

  private Map<String, @Nullable Object> params(
      Task parent, PipelineNode node, Map<String, TaskId> tasks) {
    Map<String, @Nullable Object> run = parent.spec().params();
    Map<String, @Nullable Object> custom =
        new LinkedHashMap<>(InputResolver.object(run.get("custom_params")));
    custom.putAll(
        PipelineReferences.resolve(node.parameters(), reference -> value(reference, run, tasks)));
    Map<String, @Nullable Object> taskInputs = new LinkedHashMap<>();
    if (node.inputs().isEmpty()) {
      node.after().forEach(before -> taskInputs.put(before, String.valueOf(tasks.get(before))));
    } else {
      node.inputs()
          .forEach((name, before) -> taskInputs.put(name, String.valueOf(tasks.get(before))));
    }
    Map<String, @Nullable Object> params = new LinkedHashMap<>();
    params.put("parameters", run.getOrDefault("parameters", Map.of()));
    params.put("custom_params", custom);
    params.put("inputs", taskInputs);
    return params;
  }

  private Optional<Object> value(
      String reference, Map<String, @Nullable Object> run, Map<String, TaskId> tasks) {
    String[] path = reference.split("\\.", -1);
    if (path[0].equals("parameters")) {
      Map<String, @Nullable Object> merged =
          new LinkedHashMap<>(InputResolver.object(run.get("parameters")));
      merged.putAll(InputResolver.object(run.get("custom_params")));
      return member(merged, path, 1);
    }
    TaskId id = tasks.get(path[1]);
    return Optional.ofNullable(id)
        .flatMap(store::find)
        .flatMap(
            task -> {
              try {
                return member(inputs.reduced(task), path, 3);
              } catch (IOException e) {
                throw new UncheckedIOException("the output of " + path[1] + " cannot be read", e);
              }
            });
  }

  private static Optional<Object> member(Object value, String[] path, int from) {
    Object current = value;
    for (int i = from; i < path.length; i++) {
      Object next = current instanceof Map<?, ?> map ? map.get(path[i]) : null;
      if (next == null) {
        return Optional.empty();
      }
      current = next;
    }
    return Optional.of(current);
  }

  private void finish(
      Task parent,
      Pipeline pipeline,
      Map<String, TaskId> tasks,
      Map<String, TaskStatus> states,
      PipelineProgress.Decision decision) {
    String name = pipeline.name();
    switch (decision.outcome().orElseThrow()) {
      case COMPLETED -> {
        TaskResult result = result(pipeline, tasks, states, decision);
        changes.update(
            parent.id(), task -> task.completed(clock.instant(), storageClock.tick(), result));
        LOG.log(
            System.Logger.Level.INFO,
            "✅ ETL step " + name + " completed successfully for task: " + parent.id());
      }
      case CANCELLED ->
          changes.update(
              parent.id(),
              task ->
                  task.cancelled(clock.instant(), storageClock.tick(), Task.STOPPED_BY_REQUEST));
      default -> fail(parent.id(), error(tasks, decision));
    }
  }

  private void fail(TaskId parentId, String error) {
    Task failed =
        changes.update(
            parentId,
            task ->
                task.status().isTerminal()
                    ? task
                    : task.failed(clock.instant(), storageClock.tick(), error));
    LOG.log(
        System.Logger.Level.WARNING,
        "❌ ETL step "
            + failed.spec().stepName()
            + " for task "
            + parentId
            + " failed: "
            + LogText.oneLine(error));
  }

  private String error(Map<String, TaskId> tasks, PipelineProgress.Decision decision) {
    return decision.failed().stream()
        .findFirst()
        .map(
            node ->
                node.id()
                    + ": "
                    + Optional.ofNullable(tasks.get(node.id()))
                        .flatMap(store::find)
                        .map(task -> task.state().error())
                        .orElse("failed"))
        .orElse("The step that gives the run its output did not run.");
  }

  /** The output of the run: that of its output node, with the nodes beside it. */
  private TaskResult result(
      Pipeline pipeline,
      Map<String, TaskId> tasks,
      Map<String, TaskStatus> states,
      PipelineProgress.Decision decision) {
    Task last =
        Optional.ofNullable(tasks.get(pipeline.outputNode())).flatMap(store::find).orElseThrow();
    Map<String, @Nullable Object> output = new LinkedHashMap<>();
    try {
      output.putAll(
          last.state().result() instanceof TaskResult.Inline inline
              ? Json.parseObject(inline.json())
              : inputs.reduced(last));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    output.put("step_type", pipeline.name());
    Map<String, @Nullable Object> nodes = new LinkedHashMap<>();
    for (PipelineNode node : pipeline.nodes()) {
      Map<String, @Nullable Object> state = new LinkedHashMap<>();
      TaskId id = tasks.get(node.id());
      TaskStatus status = states.get(node.id());
      state.put("step", node.step());
      state.put("task_id", id == null ? null : id.toString());
      state.put("status", status == null ? "skipped" : status.word());
      nodes.put(node.id(), state);
    }
    Map<String, @Nullable Object> details = new LinkedHashMap<>();
    details.put("nodes", nodes);
    details.put("failed", decision.failed().stream().map(PipelineNode::id).toList());
    details.put("skipped", List.copyOf(decision.skipped()));
    if (output.get("verdict") != null) {
      details.put("verdict", output.get("verdict"));
    }
    output.put(pipeline.name() + "_details", details);
    String json = Json.write(output);
    if (json.getBytes(StandardCharsets.UTF_8).length > TaskResult.MAX_INLINE_BYTES) {
      // The tables stay with the step that made them; its id is among the nodes.
      output.keySet().removeAll(List.of("calculation_results", "histogram_data"));
      json = Json.write(output);
    }
    return new TaskResult.Inline(json, List.of());
  }
}
