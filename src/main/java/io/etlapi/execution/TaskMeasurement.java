package io.etlapi.execution;

import io.etlapi.monitor.Measurements;
import io.etlapi.monitor.StepMeasurements;
import io.etlapi.task.TaskId;
import io.etlapi.task.TaskStatus;
import io.etlapi.task.TaskSummary;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Measures tasks from the changes of their states, after these are durable. Durations of attempts
 * come from the monotonic clock; waits, which may begin before a restart, from the wall clock.
 */
final class TaskMeasurement implements Consumer<TaskSummary> {

  private final Measurements measurements;

  /** When attempts that run now began, by {@link System#nanoTime}. */
  private final ConcurrentHashMap<TaskId, Long> begun = new ConcurrentHashMap<>();

  private volatile @Nullable TaskSummary lastFailure;

  TaskMeasurement(Measurements measurements) {
    this.measurements = measurements;
  }

  @Override
  public void accept(TaskSummary task) {
    if (task.status() == TaskStatus.RUNNING) {
      begin(task);
      return;
    }
    Long start = begun.remove(task.id());
    StepMeasurements step = measurements.step(task.stepName());
    if (start != null) {
      long took = System.nanoTime() - start;
      step.durations().record(took);
      // The time of a pipeline run is that of its tasks.
      if (!task.parent()) {
        measurements.attempts().record(took);
      }
    }
    switch (task.status()) {
      case COMPLETED -> step.completed().increment();
      case FAILED -> {
        step.failed().increment();
        lastFailure = task;
      }
      case CANCELLED -> step.cancelled().increment();
      case PENDING -> {
        if (start != null) {
          step.retried().increment();
        }
      }
      case RUNNING -> throw new IllegalStateException("begun above");
    }
  }

  private void begin(TaskSummary task) {
    // A running task is also told of when a stop is asked for.
    if (begun.putIfAbsent(task.id(), System.nanoTime()) != null) {
      return;
    }
    Instant started = task.startedAt();
    if (task.attempt() == 1 && !task.parent() && started != null) {
      measurements.queueWait().record(Duration.between(task.createdAt(), started).toNanos());
    }
  }

  /** The task that failed last since the start. */
  Optional<TaskSummary> lastFailure() {
    return Optional.ofNullable(lastFailure);
  }
}
