package io.etlapi.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * A storage folder, held by this process alone from {@link #open} to {@link #close}: the tasks,
 * their outputs and logs, and the folder's clock.
 */
public final class Storage implements AutoCloseable {

  /** What was opened, the latest first; closed in this order. */
  private final Deque<Runnable> closers = new ArrayDeque<>();

  private final StorageLayout layout;
  private final DurableFiles files;
  private final OutputFolders outputs;
  private final TaskLogs logs;
  private final JsonFileTaskStore records;
  private final CachedTaskStore tasks;
  private final StorageClock clock;
  private final List<Path> formerLocations;

  /** Stands between the storage and the file system of this machine; tests inject faults here. */
  @FunctionalInterface
  interface DiskFactory {
    Disk around(Disk real);
  }

  /**
   * Opens a storage folder, made if there is none, and puts it in order.
   *
   * @param root the storage folder, absolute
   * @param now for the lock's text, which tells people since when it is held
   * @throws StoreException if another process uses it, a later release wrote it, or it cannot be
   *     read and written
   */
  public static Storage open(Path root, Instant now) {
    return open(root, now, real -> real, new SystemUptime());
  }

  static Storage open(Path root, Instant now, DiskFactory disks, Uptime uptime) {
    return new Storage(new StorageLayout(root), now, disks, uptime);
  }

  private Storage(StorageLayout layout, Instant now, DiskFactory disks, Uptime uptime) {
    this.layout = layout;
    boolean opened = false;
    try {
      List<Path> changed = FolderTree.create(layout.root());
      StorageLock lock = StorageLock.acquire(layout, now);
      closers.push(lock::close);
      Files.createDirectories(layout.outputs());
      Files.createDirectories(layout.logs());
      RealDisk real = new RealDisk(List.of(layout.root(), layout.outputs()));
      closers.push(real::close);
      this.files = new DurableFiles(disks.around(real), layout.root());
      closers.push(files::close);
      // A folder that a loss of power takes away takes every task with it.
      changed.forEach(files::syncFolder);
      this.outputs = new OutputFolders(layout.outputs(), files);
      this.logs = new TaskLogs(layout);
      this.records = JsonFileTaskStore.open(layout, files, outputs, logs);
      this.formerLocations = StorageLocations.follow(layout, files);
      this.clock = StorageClock.open(layout, files, uptime, records.latestTick());
      closers.push(clock::close);
      this.tasks = new CachedTaskStore(records, RecordCache.open(layout.cache()));
      closers.push(tasks::close);
      opened = true;
    } catch (IOException e) {
      throw new StoreException(
          "The storage folder cannot be opened: " + DurableFiles.reason(e) + ".", e);
    } finally {
      if (!opened) {
        close();
      }
    }
  }

  /** The tasks. */
  public TaskStore tasks() {
    return tasks;
  }

  /** The tasks without the cache. */
  JsonFileTaskStore records() {
    return records;
  }

  /** The folders in which tasks leave files. */
  public OutputFolders outputs() {
    return outputs;
  }

  /** The tasks' logs. */
  public TaskLogs logs() {
    return logs;
  }

  /** Counts the seconds this storage has been alive. */
  public StorageClock clock() {
    return clock;
  }

  /** Durable changes of other files below the folder. */
  public DurableFiles files() {
    return files;
  }

  /** The names below the folder. */
  public StorageLayout layout() {
    return layout;
  }

  /** Where this folder was before it was moved or restored here; empty if it was not. */
  public List<Path> formerLocations() {
    return formerLocations;
  }

  /** What the start found. */
  public RecoveryReport report() {
    return records.report();
  }

  /** Size of all records together, known without reading the disk. */
  public long recordBytes() {
    return records.recordBytes();
  }

  /** The cache in front of the records. */
  public CacheFigures cache() {
    return tasks.figures();
  }

  /** Size of all published outputs together, known without reading the disk. */
  public long outputBytes() {
    return records.outputBytes();
  }

  /** Makes the next start quick, and lets go of the folder. Closing twice does nothing more. */
  @Override
  public void close() {
    while (!closers.isEmpty()) {
      closers.pop().run();
    }
  }
}
