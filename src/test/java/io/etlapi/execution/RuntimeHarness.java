package io.etlapi.execution;

import io.etlapi.config.EtlConfig;
import io.etlapi.config.EtlConfigReader;
import io.etlapi.json.Json;
import io.etlapi.monitor.Measurements;
import io.etlapi.pipeline.PipelineCatalog;
import io.etlapi.pipeline.PipelineDocument;
import io.etlapi.step.Step;
import io.etlapi.step.StepCatalog;
import io.etlapi.step.StepContext;
import io.etlapi.step.StepDescription;
import io.etlapi.step.StepResult;
import io.etlapi.task.TaskId;
import io.etlapi.task.TaskRequest;
import io.etlapi.task.TaskStatus;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A runtime on real files with steps made of lambdas; closing it closes the storage folder. */
final class RuntimeHarness implements AutoCloseable {

  /** The work of a step. */
  interface Work {
    Map<String, @Nullable Object> run(StepContext context) throws Exception;
  }

  private final ExecutorService executor = Executors.newCachedThreadPool();
  private final ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(2);
  private final Measurements measurements = new Measurements();
  private final EtlRuntime runtime;

  static final class Builder {
    private final Path storage;
    private final Map<String, String> settings = new HashMap<>();
    private final List<Step> steps = new ArrayList<>();
    private final List<String> pipelines = new ArrayList<>();
    private AttemptSpans spans = AttemptSpans.NONE;

    Builder(Path storage) {
      this.storage = storage;
      settings.put("ETL_ENGINE_MEMORY", "256M");
      settings.put("ETL_MIN_FREE_SPACE", "0");
      settings.put("ETL_SHUTDOWN_GRACE", "0");
    }

    Builder set(String key, String value) {
      settings.put(key, value);
      return this;
    }

    Builder step(String name, boolean retryable, Work work) {
      return step(name, Map.of(), retryable, work);
    }

    Builder step(String name, Map<String, Object> schema, Work work) {
      return step(name, schema, false, work);
    }

    private Builder step(String name, Map<String, Object> schema, boolean retryable, Work work) {
      steps.add(
          new Step() {
            @Override
            public StepDescription describe() {
              return new StepDescription(name, name, "java", "", schema, retryable);
            }

            @Override
            public StepResult run(StepContext context) throws Exception {
              return new StepResult(work.run(context));
            }
          });
      return this;
    }

    Builder spans(AttemptSpans shown) {
      spans = shown;
      return this;
    }

    Builder pipeline(String json) {
      pipelines.add(json);
      return this;
    }

    RuntimeHarness start() {
      return new RuntimeHarness(this);
    }
  }

  private RuntimeHarness(Builder builder) {
    EtlConfig config =
        new EtlConfigReader(
                key -> Optional.ofNullable(builder.settings.get(key)),
                new EtlConfigReader.Machine(2, 4L << 30, 1L << 30, builder.storage))
            .read();
    EtlConfig.Storage storage = config.storage();
    EtlConfig placed =
        new EtlConfig(
            config.tasks(),
            new EtlConfig.Storage(
                builder.storage,
                storage.taskTtl(),
                storage.controlRetention(),
                storage.minFreeBytes(),
                storage.maxOutputBytes()),
            config.engine(),
            config.paths(),
            config.http(),
            config.start(),
            config.steps(),
            config.security());
    StepCatalog catalog = new StepCatalog(builder.steps);
    PipelineCatalog pipelines = new PipelineCatalog();
    builder.pipelines.forEach(
        json -> pipelines.put(PipelineDocument.read(Json.parseObject(json), name -> true)));
    runtime =
        new EtlRuntime(
            placed,
            Clock.systemUTC(),
            catalog,
            pipelines,
            executor,
            scheduler,
            measurements,
            builder.spans);
    runtime.start();
  }

  Measurements measurements() {
    return measurements;
  }

  EtlRuntime runtime() {
    return runtime;
  }

  TaskId submit(String step) {
    return submit(step, TaskRequest.EMPTY);
  }

  TaskId submit(String step, TaskRequest request) {
    return runtime.submit(step, request).taskId();
  }

  TaskStatus status(TaskId id) {
    return runtime.require(id).summary().status();
  }

  TaskSnapshot awaitEnd(TaskId id) {
    await("the end of " + id, () -> status(id).isTerminal());
    return runtime.require(id);
  }

  String error(TaskId id) {
    return String.valueOf(awaitEnd(id).task().orElseThrow().state().error());
  }

  static void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("waited in vain for " + what);
      }
      Thread.onSpinWait();
    }
  }

  static TaskRequest request(int retries, @Nullable Integer timeout, @Nullable String key) {
    return new TaskRequest(
        Map.of(),
        Map.of(),
        Map.of(),
        Map.of(),
        Optional.empty(),
        Optional.ofNullable(timeout),
        Optional.of(retries),
        Optional.empty(),
        Optional.ofNullable(key),
        Optional.empty());
  }

  @Override
  public void close() {
    runtime.close();
    executor.shutdownNow();
    scheduler.shutdownNow();
  }
}
