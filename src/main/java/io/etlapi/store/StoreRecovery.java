package io.etlapi.store;

import io.etlapi.task.Task;
import io.etlapi.task.TaskId;
import io.etlapi.task.TaskStatus;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Reads a storage folder at the start and puts it in order. First it only reads: if a later release
 * left a record in it, or a record cannot be read for a fault of the disk, the start is refused and
 * the folder is as it was. Then it removes what unfinished writes left, moves what is no record
 * into quarantine, and removes outputs and logs that belong to no task. Stopped at any point, it
 * does the rest the next time.
 */
final class StoreRecovery {

  private static final int MAX_READERS = 8;

  /** A thread is not worth its start for fewer. */
  private static final int RECORDS_PER_READER = 32;

  private final StorageLayout layout;
  private final DurableFiles files;
  private final TaskIndex index = new TaskIndex();
  private final List<RecoveryReport.Quarantined> unreadable =
      Collections.synchronizedList(new ArrayList<>());
  private final AtomicInteger fromSnapshot = new AtomicInteger();
  private int leftovers;
  private int orphans;

  private StoreRecovery(StorageLayout layout, DurableFiles files) {
    this.layout = layout;
    this.files = files;
  }

  /** What the start found. */
  record Recovered(TaskIndex index, RecoveryReport report) {}

  /**
   * Recovers a storage folder.
   *
   * @throws StoreException if it must not or cannot be used
   */
  static Recovered recover(StorageLayout layout, DurableFiles files) {
    return new StoreRecovery(layout, files).run();
  }

  private Recovered run() {
    try {
      List<TaskId> records = new ArrayList<>();
      List<Path> unfinished = new ArrayList<>();
      for (Path file : entriesOf(layout.root())) {
        String name = nameOf(file);
        StorageLayout.taskOfRecord(name).ifPresent(records::add);
        if (DurableFiles.isTemporary(name)) {
          unfinished.add(file);
        }
      }
      readAll(records, IndexSnapshot.read(layout.indexSnapshot()));

      // From here on the folder is changed, and the snapshot no longer describes it.
      files.unlink(layout.indexSnapshot());
      for (Path file : unfinished) {
        removeLeftover(file);
      }
      if (!unreadable.isEmpty()) {
        Files.createDirectories(layout.quarantine());
      }
      // Also for the folder of the quarantine: before it is durable, nothing may move into it.
      files.syncFolder(layout.root());
      quarantine();
      Set<TaskId> kept = inQuarantine();
      sweepOutputs(kept);
      sweepLogs(kept);
    } catch (IOException e) {
      throw new StoreException(
          "The storage folder cannot be put in order: " + DurableFiles.reason(e) + ".", e);
    }
    unreadable.sort(Comparator.comparing(RecoveryReport.Quarantined::fileName));
    return new Recovered(
        index,
        new RecoveryReport(index.size(), fromSnapshot.get(), unreadable, leftovers, orphans));
  }

  private void readAll(List<TaskId> records, IndexSnapshot snapshot) {
    int useful = 1 + records.size() / RECORDS_PER_READER;
    int readers =
        Math.min(useful, Math.min(MAX_READERS, 2 * Runtime.getRuntime().availableProcessors()));
    AtomicInteger next = new AtomicInteger();
    Callable<Boolean> reader =
        () -> {
          int at = next.getAndIncrement();
          while (at < records.size()) {
            readOne(records.get(at), snapshot);
            at = next.getAndIncrement();
          }
          return true;
        };
    ExecutorService threads = Executors.newFixedThreadPool(readers);
    try {
      for (Future<Boolean> done : threads.invokeAll(Collections.nCopies(readers, reader))) {
        done.get();
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof StoreException refused) {
        throw refused;
      }
      throw new StoreException("The storage folder could not be read.", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreException("The start was interrupted while it read the storage folder.", e);
    } finally {
      threads.shutdownNow();
    }
  }

  private void readOne(TaskId id, IndexSnapshot snapshot) {
    Path file = layout.record(id);
    try {
      FileStamp stamp = FileStamp.of(file);
      IndexEntry known = snapshot.find(id, stamp);
      if (known != null) {
        fromSnapshot.incrementAndGet();
        index.add(known);
        return;
      }
      Task task = TaskJson.decode(id, files.read(file));
      index.add(IndexEntry.of(task, stamp));
    } catch (NewerFormatException e) {
      throw new StoreException(
          "A later release has used this storage folder: of "
              + nameOf(file)
              + ", "
              + e.getMessage()
              + ". Nothing was changed; start that release, or use another TASK_STORAGE_DIR.",
          e);
    } catch (UnreadableRecordException e) {
      unreadable.add(new RecoveryReport.Quarantined(nameOf(file), String.valueOf(e.getMessage())));
    } catch (ArithmeticException e) {
      unreadable.add(
          new RecoveryReport.Quarantined(nameOf(file), "it holds a time that is out of range"));
    } catch (NoSuchFileException e) {
      unreadable.add(new RecoveryReport.Quarantined(nameOf(file), "it is not a regular file"));
    } catch (IOException e) {
      // Not the file's fault, perhaps: a disk that cannot be read must not cost the task.
      throw new StoreException(
          "The record "
              + nameOf(file)
              + " cannot be read ("
              + DurableFiles.reason(e)
              + "): repair the disk or the file's permissions, or move the file away.",
          e);
    }
  }

  private void quarantine() throws IOException {
    if (unreadable.isEmpty()) {
      return;
    }
    for (RecoveryReport.Quarantined found : unreadable) {
      Path free = layout.quarantine().resolve(found.fileName());
      for (int n = 1; Files.exists(free, LinkOption.NOFOLLOW_LINKS); n++) {
        free = layout.quarantine().resolve(found.fileName() + "." + n);
      }
      files.rename(layout.root().resolve(found.fileName()), free);
    }
    // The new name first: at no moment may a loss of power leave the file without any.
    files.syncFolder(layout.quarantine());
    files.syncFolder(layout.root());
  }

  /** Tasks with a file in quarantine, from this start or earlier: their outputs are not orphans. */
  private Set<TaskId> inQuarantine() throws IOException {
    Set<TaskId> found = new HashSet<>();
    if (Files.isDirectory(layout.quarantine())) {
      for (Path file : entriesOf(layout.quarantine())) {
        String name = nameOf(file);
        int end = name.indexOf(".json");
        if (end > 0) {
          TaskId.parse(name.substring(0, end)).ifPresent(found::add);
        }
      }
    }
    return found;
  }

  /** A published folder belongs to a completed task; all others were never acknowledged. */
  private void sweepOutputs(Set<TaskId> kept) throws IOException {
    for (Path folder : entriesOf(layout.outputs())) {
      String name = nameOf(folder);
      Optional<TaskId> task = TaskId.parse(name);
      if (DurableFiles.isTemporary(name)) {
        removeLeftover(folder);
      } else if (task.isPresent() && !kept.contains(task.get()) && !isCompleted(task.get())) {
        FolderTree.delete(folder);
        orphans++;
      }
    }
  }

  private boolean isCompleted(TaskId id) {
    IndexEntry entry = index.entry(id);
    return entry != null && entry.progress().status() == TaskStatus.COMPLETED;
  }

  private void sweepLogs(Set<TaskId> kept) throws IOException {
    for (Path log : entriesOf(layout.logs())) {
      Optional<TaskId> task = StorageLayout.taskOfLog(nameOf(log));
      if (task.isPresent() && !kept.contains(task.get()) && index.entry(task.get()) == null) {
        FolderTree.delete(log);
        orphans++;
      }
    }
  }

  private void removeLeftover(Path file) throws IOException {
    FolderTree.delete(file);
    leftovers++;
  }

  private static List<Path> entriesOf(Path folder) throws IOException {
    List<Path> entries = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
      stream.forEach(entries::add);
    }
    return entries;
  }

  private static String nameOf(Path file) {
    return String.valueOf(file.getFileName());
  }
}
