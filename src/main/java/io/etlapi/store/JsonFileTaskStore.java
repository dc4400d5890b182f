package io.etlapi.store;

import io.etlapi.task.Task;
import io.etlapi.task.TaskCounts;
import io.etlapi.task.TaskException;
import io.etlapi.task.TaskId;
import io.etlapi.task.TaskQuery;
import io.etlapi.task.TaskStatus;
import io.etlapi.task.TaskSummary;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** One JSON file per task, which is the truth, and an index of all tasks in memory. */
public final class JsonFileTaskStore implements TaskStore {

  private static final System.Logger LOGGER = System.getLogger(JsonFileTaskStore.class.getName());

  /** More than run at once by far; with {@link #MOST_BYTES_HELD} a bound for {@link #written}. */
  private static final int MOST_HELD = 512;

  private static final int MOST_BYTES_HELD = 16 * 1024;

  private final StorageLayout layout;
  private final DurableFiles files;
  private final OutputFolders outputs;
  private final TaskLogs logs;
  private final TaskIndex index;
  private final RecoveryReport report;
  private final StripedLocks locks = new StripedLocks();

  /**
   * The last durable state of tasks whose next one is being written, so that no reader sees a file
   * that has its final name but is not durable yet. Stays for good where an fsync failed.
   */
  private final ConcurrentHashMap<TaskId, Task> settled = new ConcurrentHashMap<>();

  /**
   * What this process itself has last written of tasks that are at work, so that their next change
   * need not read it back. Bounded; what waits for its first change, and what has ended, is not
   * here. Not believed over the file: one that somebody else has changed since is read.
   */
  private final ConcurrentHashMap<TaskId, Written> written = new ConcurrentHashMap<>();

  /** A task as it was written, and how its file looked then. */
  private record Written(Task task, FileStamp stamp) {}

  /** Changes share it; closing waits for them. */
  private final ReentrantReadWriteLock lifecycle = new ReentrantReadWriteLock();

  private volatile boolean closed;

  private JsonFileTaskStore(
      StorageLayout layout,
      DurableFiles files,
      OutputFolders outputs,
      TaskLogs logs,
      StoreRecovery.Recovered recovered) {
    this.layout = layout;
    this.files = files;
    this.outputs = outputs;
    this.logs = logs;
    this.index = recovered.index();
    this.report = recovered.report();
  }

  /**
   * Opens the tasks of a storage folder and puts the folder in order.
   *
   * @throws StoreException if it must not or cannot be used
   */
  static JsonFileTaskStore open(
      StorageLayout layout, DurableFiles files, OutputFolders outputs, TaskLogs logs) {
    return new JsonFileTaskStore(
        layout, files, outputs, logs, StoreRecovery.recover(layout, files));
  }

  /** What the start found. */
  RecoveryReport report() {
    return report;
  }

  /** Size of all published outputs together. */
  long outputBytes() {
    return index.outputBytes();
  }

  /** Size of all records together. */
  long recordBytes() {
    return index.recordBytes();
  }

  long latestTick() {
    return index.latestTick();
  }

  @Override
  public void create(Task task) {
    TaskId id = task.id();
    changing(
        () ->
            locks.call(
                id,
                () -> {
                  if (index.entry(id) != null) {
                    throw new IllegalStateException("task " + id + " exists already");
                  }
                  IndexEntry entry = IndexEntry.of(task, FileStamp.UNKNOWN);
                  files.write(layout.record(id), TaskJson.encode(task));
                  entry.progress(entry.progress().with(stampNow(id)));
                  index.add(entry);
                  return task;
                }));
  }

  @Override
  public Task update(TaskId id, UnaryOperator<Task> change) {
    return changing(() -> locks.call(id, () -> updateLocked(id, change)));
  }

  private Task updateLocked(TaskId id, UnaryOperator<Task> change) {
    IndexEntry entry = index.entry(id);
    Task before = find(id).orElse(null);
    if (entry == null || before == null) {
      throw TaskException.unknownTask(id.toString());
    }
    Task after = change.apply(before);
    if (after.equals(before)) {
      return before;
    }
    if (!after.id().equals(id)) {
      throw new IllegalArgumentException("a change may not turn task " + id + " into another");
    }
    byte[] content = TaskJson.encode(after);
    // Measured before the write: what the index cannot hold must not reach the disk.
    IndexEntry.Progress progress = IndexEntry.Progress.of(after, FileStamp.UNKNOWN);
    settled.put(id, before);
    try {
      files.write(layout.record(id), content);
    } catch (StoreException e) {
      if (!files.hasFailed()) {
        settled.remove(id);
      }
      throw e;
    }
    FileStamp stamp = stampNow(id);
    index.change(entry, progress.with(stamp));
    hold(after, stamp);
    settled.remove(id);
    return after;
  }

  private void hold(Task task, FileStamp stamp) {
    boolean held =
        !task.status().isTerminal()
            && stamp.bytes() <= MOST_BYTES_HELD
            && (written.size() < MOST_HELD || written.containsKey(task.id()));
    if (held) {
      written.put(task.id(), new Written(task, stamp));
    } else {
      written.remove(task.id());
    }
  }

  /** What was last written, if the file is still that one. */
  private @Nullable Task asWritten(TaskId id) {
    Written last = written.get(id);
    return last != null && stamp(id).filter(last.stamp()::equals).isPresent() ? last.task() : null;
  }

  private FileStamp stampNow(TaskId id) {
    try {
      return FileStamp.of(layout.record(id));
    } catch (IOException e) {
      // Then the next start reads the file, whatever the snapshot says.
      return FileStamp.UNKNOWN;
    }
  }

  @Override
  public Optional<Task> find(TaskId id) {
    if (index.entry(id) == null) {
      return Optional.empty();
    }
    Task stable = settled.get(id);
    if (stable == null) {
      stable = asWritten(id);
    }
    if (stable != null) {
      return Optional.of(stable);
    }
    Optional<byte[]> content = read(id);
    // Asked again: the file read may be the one whose folder is being fsynced.
    stable = settled.get(id);
    if (stable != null) {
      return Optional.of(stable);
    }
    return content.map(bytes -> decode(id, bytes));
  }

  /** The content of a task's file; empty if it was removed meanwhile. */
  Optional<byte[]> read(TaskId id) {
    try {
      return Optional.of(files.read(layout.record(id)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new StoreException(
          "The record of task " + id + " cannot be read: " + DurableFiles.reason(e) + ".", e);
    }
  }

  /** The stamp of a task's file now; empty if there is none or it cannot be told. */
  Optional<FileStamp> stamp(TaskId id) {
    try {
      return Optional.of(FileStamp.of(layout.record(id)));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  static Task decode(TaskId id, byte[] content) {
    try {
      return TaskJson.decode(id, content);
    } catch (UnreadableRecordException e) {
      throw new StoreException(
          "The record of task " + id + " was damaged while the server ran: " + e.getMessage() + ".",
          e);
    }
  }

  @Override
  public Optional<TaskSummary> summary(TaskId id) {
    return Optional.ofNullable(index.entry(id)).map(IndexEntry::summary);
  }

  /** The task's status; null if there is no such task. */
  @Nullable TaskStatus status(TaskId id) {
    IndexEntry entry = index.entry(id);
    return entry == null ? null : entry.progress().status();
  }

  @Override
  public List<TaskSummary> list(TaskQuery query) {
    return index.list(query);
  }

  @Override
  public List<TaskSummary> children(TaskId parent) {
    return index.children(parent);
  }

  @Override
  public List<TaskSummary> unfinished() {
    return index.unfinished();
  }

  @Override
  public List<TaskSummary> finishedBefore(long tick) {
    return index.finishedBefore(tick);
  }

  @Override
  public Optional<TaskId> findByIdempotencyKey(String keyHash) {
    return index.findByIdempotencyKey(keyHash);
  }

  @Override
  public TaskCounts counts() {
    return index.counts();
  }

  @Override
  public void remove(List<TaskId> ids) {
    changing(
        () -> {
          removeChecked(ids);
          return true;
        });
  }

  private void removeChecked(List<TaskId> ids) {
    List<TaskId> there = new ArrayList<>();
    for (TaskId id : ids) {
      TaskStatus status = status(id);
      if (status != null && !status.isTerminal()) {
        throw new IllegalStateException(
            "task " + id + " is " + status.word() + ": only finished tasks can be removed");
      }
      if (status != null) {
        there.add(id);
      }
    }
    List<TaskId> gone = new ArrayList<>();
    StoreException fault = null;
    for (TaskId id : there) {
      try {
        locks.run(id, () -> files.unlink(layout.record(id)));
        gone.add(id);
      } catch (StoreException e) {
        fault = e;
        break;
      }
    }
    if (!gone.isEmpty()) {
      files.syncFolder(layout.root());
      // The records come first: what is left behind by a crash from here on is an orphan.
      gone.forEach(index::remove);
      gone.forEach(this::removeBelongings);
    }
    if (fault != null) {
      throw fault;
    }
  }

  private void removeBelongings(TaskId id) {
    try {
      outputs.remove(id);
      logs.remove(id);
    } catch (StoreException e) {
      LOGGER.log(
          System.Logger.Level.WARNING,
          "what task " + id + " left could not be removed; the next start tries again",
          e);
    }
  }

  private <T> T changing(Supplier<T> change) {
    lifecycle.readLock().lock();
    try {
      if (closed) {
        throw new StoreException("The storage is closed: the server is stopping.");
      }
      return change.get();
    } finally {
      lifecycle.readLock().unlock();
    }
  }

  @Override
  public StoreHealth health() {
    return closed ? new StoreHealth(Optional.of("The storage is closed."), true) : files.health();
  }

  /** Waits for changes under way, refuses further ones, and writes the index down. */
  @Override
  public void close() {
    lifecycle.writeLock().lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      IndexSnapshot.write(files, layout.indexSnapshot(), index);
    } catch (StoreException e) {
      LOGGER.log(
          System.Logger.Level.WARNING, "no index snapshot: the next start reads every record", e);
    } finally {
      lifecycle.writeLock().unlock();
    }
  }
}
