package io.etlapi.faults;

import io.etlapi.faults.disk.WrongDisk;
import io.etlapi.store.Disk;
import io.etlapi.store.Storage;
import io.etlapi.store.StoreException;
import io.etlapi.store.TestStorage;
import io.etlapi.task.TaskId;
import io.etlapi.task.TaskQuery;
import io.etlapi.task.TaskSummary;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A process that lives a store's life as fast as it can, says each change before it asks for it and
 * again when it is acknowledged, and waits to be killed. Ends by itself when the store refuses for
 * good.
 */
final class StoreChild {

  /** Several at once: they share fsyncs of the folder, as clients do. */
  private static final int LIVES = 4;

  private static final int REFUSALS_AT_MOST = 30;

  private StoreChild() {}

  /**
   * Runs until it is killed.
   *
   * @param args the storage folder, a seed, and the name of a planted fault or "-"
   */
  public static void main(String[] args) throws Exception {
    long seed = Long.parseLong(args[1]);
    // Straight to the pipe, a line a write: what was said is said, whatever happens next.
    FileOutputStream out = new FileOutputStream(FileDescriptor.out);
    Storage storage = TestStorage.open(Path.of(args[0]), disk -> around(args[2], disk));
    List<TaskSummary> known = storage.tasks().list(TaskQuery.newest(1000));
    say(out, "open");
    List<Thread> threads = new ArrayList<>();
    for (int number = 0; number < LIVES; number++) {
      StoreLife life = new StoreLife(storage, account(out), seed + number);
      for (int i = number; i < known.size(); i += LIVES) {
        life.adopt(known.get(i).id());
      }
      Thread thread = new Thread(() -> live(life, storage));
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      thread.join();
    }
  }

  private static Disk around(String wrong, Disk disk) {
    return wrong.equals("-") ? disk : WrongDisk.valueOf(wrong).around(disk);
  }

  private static void live(StoreLife life, Storage storage) {
    int refused = 0;
    while (refused < REFUSALS_AT_MOST && !storage.tasks().health().needsRestart()) {
      try {
        life.step();
      } catch (StoreException e) {
        refused++;
      } catch (IOException e) {
        // The step's own files, on a file system that is gone.
        refused++;
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private static StoreLife.Account account(FileOutputStream out) {
    return new StoreLife.Account() {
      @Override
      public void attempt(TaskId id, String state) {
        say(out, "A " + id + " " + state);
      }

      @Override
      public void acknowledge(TaskId id, String state) {
        say(out, "K " + id + " " + state);
      }
    };
  }

  private static void say(FileOutputStream out, String line) {
    try {
      out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      // Nobody listens any more.
      Runtime.getRuntime().halt(1);
    }
  }
}
