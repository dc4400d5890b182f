package io.etlapi.execution;

import io.etlapi.monitor.TaskScope;
import io.etlapi.store.TaskStore;
import io.etlapi.task.Task;
import io.etlapi.task.TaskId;
import io.etlapi.task.TaskRequest;
import io.etlapi.task.TaskSpec;
import io.etlapi.task.TaskStatus;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Takes a request from its arrival to a durable task that waits or runs. */
final class TaskSubmission {

  private static final System.Logger LOG = System.getLogger("io.etlapi.tasks");

  /** How long the answer waits for the thread that runs the task, to name it. */
  private static final long THREAD_PATIENCE_MILLIS = 200;

  private final TaskAcceptance acceptance;
  private final IdempotentSubmissions idempotent;
  private final TaskChanges changes;
  private final TaskQueue queue;
  private final RunningTasks running;
  private final Consumer<TaskId> advanceParent;
  private final long pid;

  TaskSubmission(
      TaskAcceptance acceptance,
      TaskStore store,
      TaskChanges changes,
      TaskQueue queue,
      RunningTasks running,
      Consumer<TaskId> advanceParent,
      long pid) {
    this.acceptance = acceptance;
    this.idempotent = new IdempotentSubmissions(store);
    this.changes = changes;
    this.queue = queue;
    this.running = running;
    this.advanceParent = advanceParent;
    this.pid = pid;
  }

  /**
   * Submits; the task is durable when this returns.
   *
   * @throws io.etlapi.task.TaskException if the request is refused
   */
  Submission submit(String stepName, TaskRequest request) {
    return idempotent.submit(
        stepName, request, idempotency -> accept(stepName, request, idempotency), this::replay);
  }

  private Submission accept(
      String stepName, TaskRequest request, TaskSpec.@Nullable Idempotency idempotency) {
    TaskSpec spec = acceptance.accept(stepName, request, idempotency);
    try (TaskScope scope =
        TaskScope.enter(spec.id().toString(), spec.stepName(), spec.origin().traceparent())) {
      return accept(spec);
    }
  }

  private Submission accept(TaskSpec spec) {
    Task task = Task.accepted(spec);
    try (TaskQueue.Reservation place = queue.reserve()) {
      changes.create(task);
      LOG.log(
          System.Logger.Level.INFO,
          "🎯 Starting ETL task: " + spec.stepName() + " with ID: " + spec.id());
      if (spec.isParent()) {
        queue.parentOpened();
        advanceParent.accept(spec.id());
        return answer(task, true, 0, false);
      }
    }
    Future<Long> thread = running.expect(spec.id());
    try {
      boolean started = queue.add(new TaskQueue.Entry(spec.id(), spec.priority(), false));
      return answer(task, started, started ? await(thread) : 0, false);
    } finally {
      running.forget(spec.id());
    }
  }

  private Submission replay(Task earlier) {
    long thread = running.find(earlier.id()).map(RunningTask::threadId).orElse(0L);
    return answer(earlier, earlier.status() != TaskStatus.PENDING, thread, true);
  }

  private Submission answer(Task task, boolean started, long thread, boolean replayed) {
    return new Submission(
        task.id(),
        task.spec().stepName(),
        started,
        pid,
        thread,
        queue.position(task.id()),
        warnings(task.spec().params()),
        replayed);
  }

  private static long await(Future<Long> thread) {
    try {
      return thread.get(THREAD_PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 0;
    } catch (ExecutionException | TimeoutException e) {
      // A busy machine; the status names the thread later.
      return 0;
    }
  }

  private static List<String> warnings(Map<String, @Nullable Object> params) {
    return params.get("warnings") instanceof List<?> list
        ? list.stream().map(String::valueOf).toList()
        : List.of();
  }
}
