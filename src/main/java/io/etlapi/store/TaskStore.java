package io.etlapi.store;

import io.etlapi.task.Task;
import io.etlapi.task.TaskCounts;
import io.etlapi.task.TaskId;
import io.etlapi.task.TaskQuery;
import io.etlapi.task.TaskSummary;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Keeps tasks. A change is durable before the call returns and visible to others only after it is
 * durable. Changes of one task are made one after another; changes of different tasks do not wait
 * for each other. Thread-safe.
 */
public interface TaskStore extends AutoCloseable {

  /**
   * Adds a task.
   *
   * @throws StoreException if it could not be made durable: it may or may not be there after a
   *     restart
   * @throws IllegalStateException if the id is taken
   */
  void create(Task task);

  /**
   * Changes a task.
   *
   * @param change sees the newest state and returns the next; returning an equal task changes
   *     nothing; what it throws leaves the task as it was; it must not call the store, which holds
   *     a lock for it
   * @return the state after the change
   * @throws io.etlapi.task.TaskException if there is no such task
   * @throws StoreException if the change could not be made durable; readers still see the old state
   */
  Task update(TaskId id, UnaryOperator<Task> change);

  /** The whole task, with its result; may read the disk. */
  Optional<Task> find(TaskId id);

  /** What is known of the task without reading the disk. */
  Optional<TaskSummary> summary(TaskId id);

  /** Newest first. */
  List<TaskSummary> list(TaskQuery query);

  /** The children of a pipeline run, in order of creation. */
  List<TaskSummary> children(TaskId parent);

  /** Every task that has not ended, in order of creation. */
  List<TaskSummary> unfinished();

  /** Finished roots whose storage-clock tick at the end is at or below {@code tick}. */
  List<TaskSummary> finishedBefore(long tick);

  /** The newest task that was accepted with this idempotency key. */
  Optional<TaskId> findByIdempotencyKey(String keyHash);

  TaskCounts counts();

  /**
   * Removes finished tasks for good, with their outputs and logs.
   *
   * @throws IllegalStateException if one has not ended
   */
  void remove(List<TaskId> ids);

  /** Whether changes can be made durable now, and why not. */
  StoreHealth health();

  /** Closes the cache cleanly and releases the folder. Changes are refused from now on. */
  @Override
  void close();
}
