package io.etlapi.execution;

import io.etlapi.config.EtlConfig;
import io.etlapi.pipeline.Pipeline;
import io.etlapi.pipeline.PipelineCatalog;
import io.etlapi.step.Step;
import io.etlapi.step.StepCatalog;
import io.etlapi.step.StepDescription;
import io.etlapi.step.dataset.Dataset;
import io.etlapi.store.TaskLogs;
import io.etlapi.task.Task;
import io.etlapi.task.TaskException;
import io.etlapi.task.TaskException.Reason;
import io.etlapi.task.TaskId;
import io.etlapi.task.TaskQuery;
import io.etlapi.task.TaskRequest;
import io.etlapi.task.TaskSummary;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Resource;
import jakarta.ejb.ConcurrencyManagement;
import jakarta.ejb.ConcurrencyManagementType;
import jakarta.ejb.EJB;
import jakarta.ejb.Singleton;
import jakarta.ejb.Startup;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.enterprise.concurrent.ManagedExecutorDefinition;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorDefinition;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The one way in for everything that is done with tasks. A thin shell: it owns the runtime's life
 * and delegates every call. Refusals are {@link TaskException}s.
 *
 * <p>Bean-managed concurrency and no transactions: the container's write lock would serialise every
 * status request, and a transaction around work would only lose its result.
 */
@Singleton
@Startup
@ConcurrencyManagement(ConcurrencyManagementType.BEAN)
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
@ManagedExecutorDefinition(name = TaskManager.EXECUTOR, maxAsync = TaskManager.CEILING)
@ManagedScheduledExecutorDefinition(name = TaskManager.SCHEDULER, maxAsync = 4)
public class TaskManager {

  static final String EXECUTOR = "java:app/concurrent/etlTasks";
  static final String SCHEDULER = "java:app/concurrent/etlScheduler";

  /** A ceiling above every allowed MAX_CONCURRENT_TASKS; the queue alone enforces that. */
  static final int CEILING = 300;

  private static final System.Logger LOG = System.getLogger("io.etlapi.tasks");

  @Resource(lookup = EXECUTOR)
  private ManagedExecutorService executor;

  @Resource(lookup = SCHEDULER)
  private ManagedScheduledExecutorService scheduler;

  @EJB private CleanupTimer timer;
  @Inject private EtlConfig config;
  @Inject private Clock clock;
  @Inject private StorageTime time;
  @Inject @Any private Instance<Step> steps;
  @Inject @Any private Instance<StartCondition> conditions;
  @Inject @Any private Instance<AttemptSpans> offered;
  @Inject private TaskStates states;

  /** Held while the storage is being opened: a stop waits for that, and closes what was opened. */
  private final ReentrantLock opening = new ReentrantLock();

  private final Object handover = new Object();
  private boolean ended;
  private volatile boolean stopping;

  /** For the end of its life: a container may have taken other beans away by then. */
  private volatile @Nullable EtlRuntime runtime;

  private @Nullable ServerDesk desk;

  /**
   * Opens the storage in the background: a large one takes a while, and health answers meanwhile.
   */
  @PostConstruct
  void start() {
    desk = new ServerDesk(config, clock);
    StepCatalog catalog = new StepCatalog(CatalogueOrder.sorted(steps));
    PipelineCatalog pipelines = new PipelineCatalog();
    AttemptSpans spans = offered.isResolvable() ? offered.get() : AttemptSpans.NONE;
    executor.execute(() -> open(catalog, pipelines, spans));
  }

  private void open(StepCatalog catalog, PipelineCatalog pipelines, AttemptSpans spans) {
    opening.lock();
    try {
      if (stopping) {
        return;
      }
      for (StartCondition condition : conditions) {
        condition
            .fault()
            .ifPresent(
                fault -> {
                  throw new TaskException(Reason.NOT_READY, fault);
                });
      }
      ShippedPipelines.read(catalog).forEach(pipelines::put);
      EtlRuntime opened =
          new EtlRuntime(
              config,
              clock,
              catalog,
              pipelines,
              executor,
              scheduler,
              server().measurements(),
              spans);
      time.follow(opened.storage().clock());
      begin(opened);
      if (!publish(opened)) {
        opened.close();
        return;
      }
      states.open(opened);
      server().opened(opened, scheduler);
      timer.set(opened.cleanupSchedule().load());
      LOG.log(System.Logger.Level.INFO, "ready" + address() + ": tasks are kept in " + directory());
    } catch (RuntimeException e) {
      String reason = e.getMessage() + " The server does not try again by itself: restart it then.";
      states.close(reason);
      LOG.log(System.Logger.Level.ERROR, "not ready: " + reason, e);
    } finally {
      opening.unlock();
    }
    EtlRuntime opened = runtime;
    if (opened != null && config.start().runSample() && opened.isNew()) {
      new SampleRun(config, opened).run();
    }
  }

  /** False where the stop did not wait for it: nobody else would close what was opened. */
  private boolean publish(EtlRuntime opened) {
    synchronized (handover) {
      if (ended) {
        return false;
      }
      runtime = opened;
      return true;
    }
  }

  private @Nullable EtlRuntime take() {
    synchronized (handover) {
      ended = true;
      EtlRuntime open = runtime;
      runtime = null;
      return open;
    }
  }

  /** Starts it, or lets go of the storage folder: another server may have more luck with it. */
  private static void begin(EtlRuntime opened) {
    boolean started = false;
    try {
      opened.start();
      started = true;
    } finally {
      if (!started) {
        opened.close();
      }
    }
  }

  private String address() {
    return config.start().publicUrl().map(url -> " at " + url + "/").orElse("");
  }

  private Path directory() {
    return config.storage().directory();
  }

  /**
   * Ends the runtime: nothing is accepted any more, running tasks get their grace, their ends are
   * recorded, the storage is closed. Does nothing the second time.
   *
   * <p>Called when the web application is about to stop, because Payara closes the class loader
   * before it destroys its beans: what has not been loaded by then cannot be, and a shutdown that
   * needs a class would break off half-way. The container calls it again in the end, which is the
   * only call where it stops in another order.
   */
  @PreDestroy
  public void shutDown() {
    stopping = true;
    awaitOpened();
    EtlRuntime open = take();
    server().closing();
    if (open != null) {
      states.close("The server is stopping.");
      open.close();
    }
    server().close();
  }

  /** A server that starts with an application it knows may replace it while it still opens. */
  private void awaitOpened() {
    try {
      if (opening.tryLock(config.tasks().shutdownGrace().toMillis(), TimeUnit.MILLISECONDS)) {
        opening.unlock();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Accepts a task: it is durable when this returns. */
  public Submission submit(String stepName, TaskRequest request) {
    return runtime().submit(stepName, request);
  }

  /** The task now; for a finished one with its whole record. */
  public TaskSnapshot require(TaskId id) {
    return runtime().require(id);
  }

  /**
   * Completes when the task has ended or the time is up, on a thread of the server; at once if
   * there is no such task.
   */
  public CompletionStage<Void> whenEnded(TaskId id, Duration atMost) {
    return runtime()
        .whenEnded(id)
        .copy()
        .completeOnTimeout(null, atMost.toMillis(), TimeUnit.MILLISECONDS)
        .thenRunAsync(() -> {}, scheduler);
  }

  /**
   * The result of a completed task as JSON, to be streamed; the caller closes it.
   *
   * @throws TaskException if it is gone
   */
  public InputStream openResult(Task task) {
    return runtime().openResult(task);
  }

  /**
   * The request that made a task: its step and the body as it was accepted, to be sent again.
   *
   * @throws TaskException if there is no such task
   */
  public Map<String, @Nullable Object> request(TaskId id) {
    TaskSummary summary = runtime().require(id).summary();
    Map<String, @Nullable Object> request = new LinkedHashMap<>();
    request.put("step_name", summary.stepName());
    request.put("body", runtime().storage().tasks().find(id).map(TaskBody::of).orElse(Map.of()));
    return request;
  }

  /** Asks a task to stop; durable before this returns. Waits a short while for the end. */
  public StopOutcome stop(TaskId id) {
    return runtime().stop(id);
  }

  /** Removes a finished task with its output and log. */
  public void remove(TaskId id) {
    runtime().cleanup().remove(id);
  }

  public List<TaskSummary> list(TaskQuery query) {
    return runtime().storage().tasks().list(query);
  }

  /** What operators ask about the server itself. */
  public ServerDesk server() {
    return Objects.requireNonNull(desk, "made at the start");
  }

  public ServerStats stats() {
    return runtime().monitor().stats();
  }

  /** Why no request can be served yet or any more; empty when ready. */
  public Optional<String> notReady() {
    return states.notReady();
  }

  /** Everything that can be run by name. */
  public List<StepDescription> catalogue() {
    return runtime().definitions().all();
  }

  /** Reads the operator's own steps and pipelines again. */
  public ReloadReport reload() {
    return runtime().own().reload();
  }

  /** All pipelines by name. */
  public List<Pipeline> pipelines() {
    return List.copyOf(runtime().definitions().pipelines());
  }

  /**
   * One pipeline.
   *
   * @throws TaskException if there is none of that name
   */
  public Pipeline pipeline(String name) {
    return runtime().definitions().pipeline(name).orElseThrow(() -> OwnDefinitions.unknown(name));
  }

  public PipelineSource sourceOf(Pipeline pipeline) {
    return runtime().own().source(pipeline.name());
  }

  /** Stores a pipeline; runs under way keep the one they began with. Whether it is new. */
  public boolean store(String name, Map<String, @Nullable Object> pipeline) {
    return runtime().own().put(name, pipeline);
  }

  /** Removes a stored pipeline; runs under way go on. */
  public void removePipeline(String name) {
    runtime().own().delete(name);
  }

  /** The part of a task's log from an offset on. */
  public LogPage log(TaskId id, long offset) {
    runtime().require(id);
    TaskLogs.Page page = runtime().storage().logs().read(id, offset, TaskLogs.MAX_BYTES);
    return new LogPage(page.text(), page.nextOffset());
  }

  /** The last lines of a task's log. */
  public List<String> logTail(TaskId id, int lines) {
    runtime().require(id);
    return runtime().storage().logs().tail(id, lines);
  }

  /**
   * The file that a completed task has published as its table.
   *
   * @throws TaskException if the task is unknown or has not completed, or the file is gone
   */
  public Dataset outputFile(TaskId id) throws InterruptedException {
    return runtime().outputFiles().require(id);
  }

  /** What happens to the tasks from now on. */
  public TaskFeed feed() {
    return runtime().feed();
  }

  /** Removes what is past its time to live; the ids of the removed tasks. */
  public List<TaskId> cleanUp() {
    return runtime().cleanup().run();
  }

  public CleanupSchedule cleanupSchedule() {
    return runtime().cleanupSchedule().load();
  }

  public Instant nextCleanup() {
    return timer.next();
  }

  /** Changes the daily clean-up; kept over restarts. */
  public void reschedule(CleanupSchedule schedule) {
    runtime().cleanupSchedule().save(schedule);
    timer.set(schedule);
  }

  /**
   * Lets the storage clock advance; the timer calls this about once a minute. Public because a
   * container refuses any other method of its bean.
   */
  public void tick() {
    EtlRuntime open = runtime;
    if (open != null) {
      open.storage().clock().checkpoint();
    }
  }

  private EtlRuntime runtime() {
    return states.runtime();
  }
}
