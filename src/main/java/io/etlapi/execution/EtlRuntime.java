package io.etlapi.execution;

import io.etlapi.config.EtlConfig;
import io.etlapi.engine.DuckDbEngine;
import io.etlapi.monitor.DurationHistogram;
import io.etlapi.monitor.Measurements;
import io.etlapi.pipeline.PipelineCatalog;
import io.etlapi.step.StepCatalog;
import io.etlapi.step.access.RootedFileAccess;
import io.etlapi.step.access.Samples;
import io.etlapi.step.definition.StepFolder;
import io.etlapi.step.jar.StepJars;
import io.etlapi.step.process.ProcessTree;
import io.etlapi.store.Storage;
import io.etlapi.store.TaskStore;
import io.etlapi.task.Task;
import io.etlapi.task.TaskException;
import io.etlapi.task.TaskException.Reason;
import io.etlapi.task.TaskId;
import io.etlapi.task.TaskRequest;
import io.etlapi.task.TaskSpec;
import io.etlapi.task.TaskSummary;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Puts the parts of this room together around one open storage folder, starts them in order and
 * stops them in order. Made and owned by {@link TaskManager}.
 */
final class EtlRuntime implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger("io.etlapi.tasks");

  /** What is left of a server's patience after the grace period: attempts record their end. */
  private static final Duration RECORDING = Duration.ofSeconds(3);

  private final EtlConfig config;
  private final Clock clock;
  private final TaskWorkers workers;
  private final ScheduledExecutorService scheduler;
  private final Storage storage;
  private final CleanupScheduleFile cleanupSchedule;
  private final Definitions definitions;
  private final OwnDefinitions own;
  private final DuckDbEngine engine;
  private final RunningTasks running = new RunningTasks();
  private final TaskQueue queue;
  private final TaskChanges changes;
  private final InputResolver inputs;
  private final TaskRunner runner;
  private final PipelineRunner pipelines;
  private final TaskStopper stopper;
  private final TaskCleanup cleanup;
  private final TaskSubmission submission;
  private final TaskSnapshots snapshots;
  private final TaskFeed feed;
  private final OutputFiles outputFiles;
  private final ServerMonitor monitor;
  private final TaskMeasurement measurement;
  private final DurationHistogram submits;
  private final long pid = ProcessHandle.current().pid();
  private final boolean isNew;
  private volatile boolean accepting;

  /** Opens the storage folder; starts nothing. */
  EtlRuntime(
      EtlConfig config,
      Clock clock,
      StepCatalog steps,
      PipelineCatalog pipelineCatalog,
      ExecutorService executor,
      ScheduledExecutorService scheduler,
      Measurements measurements,
      AttemptSpans spans) {
    measurement = new TaskMeasurement(measurements);
    submits = measurements.submits();
    this.config = config;
    this.clock = clock;
    workers = new TaskWorkers(executor, this::run);
    this.scheduler = scheduler;
    storage = Storage.open(config.storage().directory(), clock.instant());
    isNew = storage.tasks().counts().total() == 0;
    try {
      Samples.unpack(storage.layout().root());
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "the samples could not be unpacked", e);
    }
    cleanupSchedule =
        new CleanupScheduleFile(
            storage.files(), storage.layout().root().resolve("cleanup-schedule.json"));
    TaskStore store = storage.tasks();
    definitions = new Definitions(steps, pipelineCatalog);
    own = ownDefinitions(steps, pipelineCatalog);
    engine =
        new DuckDbEngine(
            config.engine().memoryBytes(),
            config.engine().permits(),
            config.engine().maxTempBytes(),
            storage.layout().root().resolve("engine_temp"));
    changes = new TaskChanges(store);
    inputs = new InputResolver(store, storage.outputs());
    queue =
        new TaskQueue(
            config.tasks().maxConcurrent(), config.tasks().queueCapacity(), this::startOnThread);
    RootedFileAccess files =
        new RootedFileAccess(
            config.paths().dataRoots(),
            config.paths().outputRoots(),
            storage.layout().root(),
            storage.formerLocations(),
            new StoredOutputs(store));
    outputFiles = new OutputFiles(store, inputs, files);
    runner =
        new TaskRunner(
            new TaskRunner.Parts(
                store,
                changes,
                storage.outputs(),
                storage.logs(),
                storage.clock(),
                engine,
                files,
                inputs,
                running,
                scheduler,
                clock,
                config.steps().secrets(),
                spans,
                pid),
            definitions::step);
    stopper =
        new TaskStopper(store, changes, queue, running, storage.clock(), clock, this::advanceNow);
    pipelines =
        new PipelineRunner(
            store,
            changes,
            inputs,
            storage.clock(),
            clock,
            pid,
            queue::add,
            stopper::request,
            this::advanceLater,
            definitions::defaults);
    cleanup = new TaskCleanup(store, storage.clock()::tick, clock, config.storage().taskTtl());
    submission =
        new TaskSubmission(
            new TaskAcceptance(definitions, new SchemaCheck(files), store, spans, clock),
            store,
            changes,
            queue,
            running,
            this::advanceSoon,
            pid);
    monitor = new ServerMonitor(config, storage, queue, engine, clock);
    snapshots = new TaskSnapshots(store, changes, queue, running);
    changes.listen(measurement);
    // Before what moves runs on, so that their logs tell things in the order of their happening.
    changes.listen(new RunLog(store, storage.logs(), clock));
    changes.listen(this::onChange);
    feed = new TaskFeed(store, storage.logs(), running, snapshots, queue, scheduler);
    changes.listen(feed::changed);
    cleanup.listen(feed::removed);
  }

  private OwnDefinitions ownDefinitions(StepCatalog steps, PipelineCatalog pipelineCatalog) {
    Path root = storage.layout().root();
    EtlConfig.Steps own = config.steps();
    return new OwnDefinitions(
        steps,
        pipelineCatalog,
        own.directory()
            .map(
                folder ->
                    new StepFolder(
                        folder,
                        own.processes(),
                        own.secrets(),
                        new StepJars(root.resolve("step_jars")))),
        new StoredPipelines(storage.files(), root));
  }

  /** Recovers what an earlier process left and begins to accept and run tasks. */
  void start() {
    own.reload();
    ProcessTree.endOrphans(storage.tasks().unfinished().stream().map(TaskSummary::id).toList());
    List<TaskId> open = new ArrayList<>();
    new StartupRecovery(
            storage.tasks(), changes, storage.outputs(), storage.clock(), clock, definitions::step)
        .recover(
            this::enqueueWhenDue,
            id -> {
              queue.parentOpened();
              open.add(id);
            });
    accepting = true;
    queue.resume();
    open.forEach(this::advanceSoon);
  }

  /**
   * Accepts a task.
   *
   * @throws TaskException if it is refused
   */
  Submission submit(String stepName, TaskRequest request) {
    if (!accepting) {
      throw new TaskException(Reason.NOT_READY, "The server is starting or stopping. Try again.");
    }
    long start = System.nanoTime();
    monitor.requireRoom();
    Submission accepted = submission.submit(stepName, request);
    submits.record(System.nanoTime() - start);
    return accepted;
  }

  /** A sentence about the task that failed last since the start. */
  Optional<String> lastFailure() {
    return measurement
        .lastFailure()
        .map(
            failed ->
                failed.completedAt()
                    + " "
                    + failed.stepName()
                    + " "
                    + failed.id()
                    + storage
                        .tasks()
                        .find(failed.id())
                        .map(task -> ": " + LogText.oneLine(String.valueOf(task.state().error())))
                        .orElse(" (removed since)"));
  }

  /** Whether nothing was stored here before this start. */
  boolean isNew() {
    return isNew;
  }

  CompletableFuture<Void> whenEnded(TaskId id) {
    return changes.whenEnded(id);
  }

  /** Waits until a task has ended; whether it has. */
  boolean awaitEnd(TaskId id, long timeout, TimeUnit unit) throws InterruptedException {
    return changes.awaitEnd(id, timeout, unit);
  }

  TaskSnapshot require(TaskId id) {
    return snapshots.require(id);
  }

  OutputFiles outputFiles() {
    return outputFiles;
  }

  TaskFeed feed() {
    return feed;
  }

  TaskSnapshot peek(TaskId id) {
    return snapshots.peek(id);
  }

  InputStream openResult(Task task) {
    try {
      return inputs.open(task);
    } catch (IOException e) {
      throw new TaskException(Reason.NOT_FOUND, "The output of task " + task.id() + " is gone.", e);
    }
  }

  StopOutcome stop(TaskId id) {
    return stopper.stop(id);
  }

  Storage storage() {
    return storage;
  }

  Definitions definitions() {
    return definitions;
  }

  OwnDefinitions own() {
    return own;
  }

  ServerMonitor monitor() {
    return monitor;
  }

  CleanupScheduleFile cleanupSchedule() {
    return cleanupSchedule;
  }

  TaskCleanup cleanup() {
    return cleanup;
  }

  /**
   * Stops accepting, lets attempts run for the grace period, ends the others, and closes the
   * storage. Nothing is left running; what waits is still there at the next start.
   */
  @Override
  public void close() {
    accepting = false;
    queue.pause();
    if (!running.awaitNone(config.tasks().shutdownGrace().toMillis(), TimeUnit.MILLISECONDS)) {
      running.all().forEach(attempt -> attempt.cancel(CancelCause.SHUTDOWN));
      if (!running.awaitNone(RECORDING.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.log(
            System.Logger.Level.WARNING,
            running.all().size() + " steps did not end in time; the next start records them");
      }
    }
    storage.close();
  }

  private void startOnThread(TaskQueue.Entry entry) {
    try {
      workers.start(entry.id());
    } catch (RejectedExecutionException e) {
      // Only a server that stops rejects: the task stays pending and is found at the next start.
      LOG.log(System.Logger.Level.WARNING, "task " + entry.id() + " starts after a restart");
    }
  }

  /** Runs a task to its end; the one that has its slot then. */
  private Optional<TaskId> run(TaskId id) {
    Optional<Task> again = runner.run(id);
    Optional<TaskId> next = queue.ended(id).map(TaskQueue.Entry::id);
    again.ifPresent(this::enqueueWhenDue);
    return next;
  }

  private void enqueueWhenDue(Task task) {
    TaskSpec spec = task.spec();
    TaskQueue.Entry entry = new TaskQueue.Entry(task.id(), spec.priority(), !spec.isRoot());
    Instant due = task.state().nextAttemptAt();
    long wait = due == null ? 0 : Backoff.left(clock.instant(), due).toMillis();
    if (wait <= 0) {
      queue.add(entry);
    } else {
      try {
        ScheduledFuture<?> unused =
            scheduler.schedule(() -> queue.add(entry), wait, TimeUnit.MILLISECONDS);
      } catch (RejectedExecutionException e) {
        LOG.log(System.Logger.Level.DEBUG, "task " + task.id() + " goes on after a restart");
      }
    }
  }

  private void onChange(TaskSummary task) {
    if (!task.status().isTerminal()) {
      return;
    }
    if (task.parent()) {
      queue.parentEnded();
    }
    if (task.parentId() != null) {
      advanceSoon(task.parentId());
    }
  }

  private void advanceLater(TaskId parentId) {
    ScheduledFuture<?> unused = scheduler.schedule(() -> advanceNow(parentId), 1, TimeUnit.SECONDS);
  }

  private void advanceNow(TaskId parentId) {
    pipelines.advance(parentId);
  }

  /** Not on the thread of the change: a run may make further changes when it moves on. */
  private void advanceSoon(TaskId parentId) {
    try {
      scheduler.execute(() -> pipelines.advance(parentId));
    } catch (RejectedExecutionException e) {
      LOG.log(System.Logger.Level.DEBUG, "run " + parentId + " goes on after a restart");
    }
  }
}
