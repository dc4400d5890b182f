package io.etlapi.store;

import io.etlapi.monitor.DurationHistogram;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;

/**
 * Durable changes of files, and whether they are possible. A file is written aside, fsynced,
 * renamed, and its folder fsynced; concurrent writers share the folder's fsync.
 *
 * <p>A fault before any fsync leaves everything as it was: the storage is <em>degraded</em> until a
 * write succeeds, tried by {@link #health} about once a second. A failed fsync leaves files in an
 * unknown state: the storage has <em>failed</em>, and refuses every change until a restart reads
 * the files again. Thread-safe.
 */
public final class DurableFiles implements AutoCloseable {

  private static final Pattern TEMPORARY = Pattern.compile("\\..+\\.\\d+\\.tmp");
  private static final long PROBE_INTERVAL_NANOS = 1_000_000_000L;

  /** Large enough that a disk with room for it has room for the next records. */
  private static final int PROBE_BYTES = 64 * 1024;

  private final Disk disk;
  private final Path root;
  private final LongSupplier nanoTime;
  private final FolderSync folderSync;
  private final AtomicLong counter = new AtomicLong();
  private volatile StoreHealth health = StoreHealth.HEALTHY;
  private final ReentrantLock probing = new ReentrantLock();
  private volatile long lastFaultNanos;
  private final DurationHistogram writeTimes = new DurationHistogram();

  /**
   * Opens a folder for durable changes.
   *
   * @param root where the probe of a degraded storage is written
   */
  public DurableFiles(Disk disk, Path root) {
    this(disk, root, System::nanoTime);
  }

  DurableFiles(Disk disk, Path root, LongSupplier nanoTime) {
    this.disk = disk;
    this.root = root;
    this.nanoTime = nanoTime;
    this.folderSync = new FolderSync(disk);
  }

  /** Whether a name is that of an unfinished write. */
  static boolean isTemporary(String name) {
    return TEMPORARY.matcher(name).matches();
  }

  /**
   * Replaces a file, durably.
   *
   * @throws StoreException if that failed: after a failed fsync the new content may be there after
   *     a restart, else the old content stays
   */
  public void write(Path file, byte[] content) {
    write(file, out -> out.write(content));
  }

  /** As {@link #write(Path, byte[])}, for content that is too large to hold. */
  public void write(Path file, Disk.Content content) {
    long start = nanoTime.getAsLong();
    Path folder = folderOf(file);
    Path aside =
        folder.resolve("." + file.getFileName() + "." + counter.incrementAndGet() + ".tmp");
    refuseIfFailed();
    try {
      disk.writeNew(aside, content);
      // Another writer's fsync may have failed meanwhile: nothing may be acknowledged after it.
      refuseIfFailed();
      disk.rename(aside, file);
    } catch (IOException e) {
      removeQuietly(aside);
      throw fault("The change could not be stored", e);
    } catch (RuntimeException e) {
      removeQuietly(aside);
      throw e;
    }
    syncFolder(folder);
    recovered();
    writeTimes.record(nanoTime.getAsLong() - start);
  }

  /** How long successful replacements of files took, from the call to durable. */
  public DurationHistogram writeTimes() {
    return writeTimes;
  }

  /** Removes a file; nothing happens if there is none. Durable only after {@link #syncFolder}. */
  public void unlink(Path file) {
    refuseIfFailed();
    try {
      disk.delete(file);
    } catch (NoSuchFileException e) {
      // Removed by an earlier attempt whose folder fsync did not come: wanted all the same.
      return;
    } catch (IOException e) {
      throw fault("A file could not be removed", e);
    }
  }

  /** Renames a file or folder in one step. Durable only after {@link #syncFolder}. */
  public void rename(Path from, Path to) {
    refuseIfFailed();
    try {
      disk.rename(from, to);
    } catch (IOException e) {
      throw fault("A file could not be renamed", e);
    }
  }

  /** Makes the content of a file durable that something else wrote. */
  public void syncFile(Path file) {
    refuseIfFailed();
    try {
      disk.syncFile(file);
    } catch (IOException e) {
      throw fault("A file could not be made durable", e);
    }
  }

  /**
   * Makes renames and removals in a folder durable. Any failure is final, because they are already
   * visible under their names.
   */
  public void syncFolder(Path folder) {
    try {
      folderSync.sync(folder);
    } catch (IOException e) {
      throw failed(e);
    }
    refuseIfFailed();
  }

  /** Makes the entries of a folder durable that has not got its final name yet. */
  public void syncFolderAside(Path folder) {
    refuseIfFailed();
    try {
      folderSync.sync(folder);
    } catch (IOException e) {
      throw fault("A folder could not be made durable", e);
    }
  }

  /** Reads a whole file. */
  public byte[] read(Path file) throws IOException {
    return disk.read(file);
  }

  /** Whether an fsync has failed, so that no change is accepted any more. */
  boolean hasFailed() {
    return health.needsRestart();
  }

  /** How many writers wait for an fsync of a folder that has not begun. */
  int waitingForFolderSync() {
    return folderSync.waiting();
  }

  /** Whether changes can be made durable now; tries to write when the last attempt failed. */
  public StoreHealth health() {
    StoreHealth now = health;
    if (now.isHealthy() || now.needsRestart() || !probing.tryLock()) {
      return now;
    }
    try {
      if (nanoTime.getAsLong() - lastFaultNanos >= PROBE_INTERVAL_NANOS) {
        probe();
      }
    } finally {
      probing.unlock();
    }
    return health;
  }

  private void probe() {
    Path file = root.resolve(".probe." + counter.incrementAndGet() + ".tmp");
    try {
      disk.writeNew(file, out -> out.write(new byte[PROBE_BYTES]));
      disk.delete(file);
      recovered();
    } catch (IOException e) {
      removeQuietly(file);
      // Only its effect on the health is wanted here.
      StoreException unused = fault("The storage cannot be written", e);
      assert unused != null;
    }
  }

  private synchronized void recovered() {
    // A failed fsync is never forgotten.
    if (!health.isHealthy() && !health.needsRestart()) {
      health = StoreHealth.HEALTHY;
    }
  }

  private synchronized void turn(StoreHealth worse) {
    if (!health.needsRestart()) {
      health = worse;
    }
  }

  private StoreException fault(String what, IOException e) {
    if (e instanceof FsyncException) {
      return failed(e);
    }
    lastFaultNanos = nanoTime.getAsLong();
    StoreHealth degraded = new StoreHealth(Optional.of(what + ": " + reason(e) + "."), false);
    turn(degraded);
    return new StoreException(what + ": " + reason(e) + ".", e);
  }

  private StoreException failed(IOException e) {
    String fault =
        "The disk failed to keep what was written ("
            + reason(e)
            + "): no change is accepted until the server is restarted.";
    turn(new StoreHealth(Optional.of(fault), true));
    return new StoreException(fault, e);
  }

  private void refuseIfFailed() {
    StoreHealth now = health;
    if (now.needsRestart()) {
      throw new StoreException(now.fault().orElse("The storage needs a restart."));
    }
  }

  private void removeQuietly(Path file) {
    try {
      disk.delete(file);
    } catch (IOException e) {
      // It is a leftover now; the next start removes it.
      return;
    }
  }

  private static Path folderOf(Path file) {
    Path folder = file.getParent();
    if (folder == null) {
      throw new IllegalArgumentException("a file without a folder: " + file);
    }
    return folder;
  }

  /** What the system said, without the path: the sentence may reach a client. */
  static String reason(IOException e) {
    if (e instanceof FileSystemException failed) {
      String reason = failed.getReason();
      return reason == null ? e.getClass().getSimpleName() : reason;
    }
    String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    if (e instanceof FileNotFoundException) {
      // "/path/of/file (No space left on device)"
      int open = message.lastIndexOf('(');
      int close = message.lastIndexOf(')');
      return open >= 0 && close > open ? message.substring(open + 1, close) : "cannot be opened";
    }
    return message;
  }

  /** Ends the thread that fsyncs folders. Changes fail from now on. */
  @Override
  public void close() {
    folderSync.close();
  }
}
