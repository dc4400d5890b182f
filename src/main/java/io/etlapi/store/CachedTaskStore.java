package io.etlapi.store;

import io.etlapi.task.Task;
import io.etlapi.task.TaskCounts;
import io.etlapi.task.TaskId;
import io.etlapi.task.TaskQuery;
import io.etlapi.task.TaskStatus;
import io.etlapi.task.TaskSummary;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.UnaryOperator;

/**
 * Keeps the records of finished tasks in a cache in front of their files. Filled on read; an entry
 * counts only while the file has the size and time it had when it was read, so the cache is never
 * believed over the file. Unfinished tasks, which change, are not kept.
 */
public final class CachedTaskStore implements TaskStore {

  private final JsonFileTaskStore files;
  private final RecordCache cache;
  private final LongAdder hits = new LongAdder();
  private final LongAdder misses = new LongAdder();

  CachedTaskStore(JsonFileTaskStore files, RecordCache cache) {
    this.files = files;
    this.cache = cache;
  }

  @Override
  public Optional<Task> find(TaskId id) {
    TaskStatus status = files.status(id);
    if (status == null || !status.isTerminal()) {
      return files.find(id);
    }
    Optional<FileStamp> stamp = files.stamp(id);
    if (stamp.isEmpty()) {
      return files.find(id);
    }
    Optional<Task> kept = cache.get(id, stamp.get());
    if (kept.isPresent()) {
      hits.increment();
      return kept;
    }
    misses.increment();
    // Only what proved readable is kept.
    Optional<Task> task = files.read(id).map(content -> JsonFileTaskStore.decode(id, content));
    task.ifPresent(read -> cache.put(stamp.get(), read));
    return task;
  }

  /** What the cache has done since the start. */
  CacheFigures figures() {
    return new CacheFigures(cache.entries(), hits.sum(), misses.sum());
  }

  @Override
  public void create(Task task) {
    files.create(task);
  }

  @Override
  public Task update(TaskId id, UnaryOperator<Task> change) {
    TaskStatus before = files.status(id);
    try {
      return files.update(id, change);
    } finally {
      if (before != null && before.isTerminal()) {
        cache.remove(id);
      }
    }
  }

  @Override
  public void remove(List<TaskId> ids) {
    try {
      files.remove(ids);
    } finally {
      ids.forEach(cache::remove);
    }
  }

  @Override
  public Optional<TaskSummary> summary(TaskId id) {
    return files.summary(id);
  }

  @Override
  public List<TaskSummary> list(TaskQuery query) {
    return files.list(query);
  }

  @Override
  public List<TaskSummary> children(TaskId parent) {
    return files.children(parent);
  }

  @Override
  public List<TaskSummary> unfinished() {
    return files.unfinished();
  }

  @Override
  public List<TaskSummary> finishedBefore(long tick) {
    return files.finishedBefore(tick);
  }

  @Override
  public Optional<TaskId> findByIdempotencyKey(String keyHash) {
    return files.findByIdempotencyKey(keyHash);
  }

  @Override
  public TaskCounts counts() {
    return files.counts();
  }

  @Override
  public StoreHealth health() {
    return files.health();
  }

  @Override
  public void close() {
    cache.close();
    files.close();
  }
}
