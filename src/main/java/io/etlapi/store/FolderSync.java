package io.etlapi.store;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * Fsyncs folders for many writers at once: all who ask while one fsync runs share the next. It runs
 * on a thread of its own, because an interrupt during a folder's fsync would close the channel and
 * hide whether it succeeded, and writers are interrupted when their task is stopped. Thread-safe.
 */
final class FolderSync implements AutoCloseable {

  private final Disk disk;
  private final Thread leader;
  private final Object monitor = new Object();
  private List<Request> waiting = new ArrayList<>();
  private boolean closed;

  /** What a writer waits for by itself: who came for the next fsync must not wake the others. */
  private static final class Request {
    final Path folder;
    private final CountDownLatch done = new CountDownLatch(1);
    private @Nullable IOException failure;

    Request(Path folder) {
      this.folder = folder;
    }

    void end(@Nullable IOException how) {
      failure = how;
      done.countDown();
    }

    /** Waits for the end, whatever interrupts come meanwhile; why it failed, null if it did not. */
    @Nullable IOException await() {
      boolean interrupted = false;
      while (true) {
        try {
          done.await();
          break;
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      return failure;
    }
  }

  FolderSync(Disk disk) {
    this.disk = disk;
    this.leader = new Thread(this::lead, "etl-folder-sync");
    leader.setDaemon(true);
    leader.start();
  }

  /**
   * Returns when an fsync of the folder that began after this call has succeeded. Does not react to
   * interrupts; the flag is kept.
   *
   * @throws IOException as {@link Disk#syncFolder}
   */
  void sync(Path folder) throws IOException {
    Request request = new Request(folder);
    synchronized (monitor) {
      if (closed) {
        throw new IOException("the storage is closed");
      }
      waiting.add(request);
      // The leader alone waits on it.
      monitor.notifyAll();
    }
    IOException failure = request.await();
    if (failure instanceof FsyncException) {
      throw new FsyncException(DurableFiles.reason(failure), failure);
    }
    if (failure != null) {
      throw new IOException(DurableFiles.reason(failure), failure);
    }
  }

  /** How many wait for an fsync that has not begun. */
  int waiting() {
    synchronized (monitor) {
      return waiting.size();
    }
  }

  private void lead() {
    while (true) {
      List<Request> batch;
      synchronized (monitor) {
        while (waiting.isEmpty() && !closed) {
          try {
            monitor.wait();
          } catch (InterruptedException e) {
            // Nobody owns this thread but this class: a stray interrupt means nothing.
          }
        }
        if (waiting.isEmpty()) {
          return;
        }
        batch = waiting;
        waiting = new ArrayList<>();
      }
      // Asked for before this fsync begins, so each one's rename came before it too.
      Map<Path, List<Request>> byFolder = new LinkedHashMap<>();
      for (Request request : batch) {
        byFolder.computeIfAbsent(request.folder, folder -> new ArrayList<>()).add(request);
      }
      byFolder.forEach(this::syncFor);
    }
  }

  private void syncFor(Path folder, List<Request> requests) {
    IOException failure = null;
    try {
      disk.syncFolder(folder);
    } catch (IOException e) {
      failure = e;
    } catch (RuntimeException | Error e) {
      failure = new FsyncException("fsync of a folder failed", e);
    }
    for (Request request : requests) {
      request.end(failure);
    }
  }

  /** Serves those who wait, then ends the thread. */
  @Override
  public void close() {
    boolean interrupted = false;
    synchronized (monitor) {
      closed = true;
      monitor.notifyAll();
    }
    while (leader.isAlive()) {
      try {
        leader.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
