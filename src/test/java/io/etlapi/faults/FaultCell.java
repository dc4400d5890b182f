package io.etlapi.faults;

import io.etlapi.faults.Tally.Breach;
import io.etlapi.store.FaultyDisk;
import io.etlapi.store.FaultyDisk.Frequency;
import io.etlapi.store.FaultyDisk.Point;
import io.etlapi.store.Storage;
import io.etlapi.store.StoreException;
import io.etlapi.store.StoreHealth;
import io.etlapi.store.TestStorage;
import io.etlapi.task.TaskId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/**
 * One cell of the fault matrix: what the system says, at which operation, how often. The fault
 * comes in the middle of a storage's life, and again at its next start. Nothing may be acknowledged
 * after a failure, what was acknowledged stays readable, the health says what is wrong, and when
 * the fault has gone the storage goes on by itself or says that it needs a restart.
 */
final class FaultCell {

  private static final int CHANGES_BEFORE = 25;
  private static final int CHANGES_AT_MOST = 600;
  private static final int CHANGES_AFTER_FAULT = 12;

  private final String words;
  private final Point point;
  private final Frequency frequency;
  private final Tally tally;
  private final Promises promises = new Promises();
  private final Set<TaskId> known = new HashSet<>();

  FaultCell(String words, Point point, Frequency frequency, Tally tally) {
    this.words = words;
    this.point = point;
    this.frequency = frequency;
    this.tally = tally;
  }

  @Override
  public String toString() {
    return words + " at " + point + " " + frequency;
  }

  /** Runs the cell in an empty folder. */
  void run(Path folder, long seed) throws IOException, InterruptedException {
    FaultyDisk[] made = new FaultyDisk[1];
    try (Storage storage = TestStorage.open(folder, real -> made[0] = new FaultyDisk(real))) {
      injureLife(storage, made[0], seed);
    }
    injureStart(folder);
    try (Storage storage = TestStorage.open(folder, real -> real)) {
      promises.check(storage, tally);
      new StoreLife(storage, account(), seed + 1).step();
    }
    tally.count("cells", 1);
  }

  private void injureLife(Storage storage, FaultyDisk disk, long seed)
      throws IOException, InterruptedException {
    StoreLife life = new StoreLife(storage, account(), seed);
    for (int change = 0; change < CHANGES_BEFORE; change++) {
      life.step();
    }
    disk.fail(point, words, frequency);
    int sinceFault = 0;
    boolean needsRestart = false;
    for (int change = 0; change < CHANGES_AT_MOST && sinceFault < CHANGES_AFTER_FAULT; change++) {
      long firedBefore = disk.fired();
      boolean refused = false;
      try {
        life.step();
      } catch (StoreException e) {
        refused = true;
        checkRefusal(storage, e);
      }
      boolean fired = disk.fired() > firedBefore;
      if (fired && !refused) {
        broken("a change was acknowledged although the disk had failed under it");
      }
      if (needsRestart && !refused && point.isFsync()) {
        broken("a change was acknowledged after a failed fsync");
      }
      needsRestart = storage.tasks().health().needsRestart();
      if (fired && point.isFsync() != needsRestart) {
        broken("needs a restart: " + needsRestart);
      }
      sinceFault += disk.fired() > 0 ? 1 : 0;
      tally.count("changes", 1);
    }
    if (disk.fired() == 0) {
      broken("the fault never came");
    }
    tally.count("faults", disk.fired());
    disk.repair();
    readsGoOn(storage);
    if (needsRestart) {
      staysRefused(storage, seed);
    } else {
      new StoreLife(storage, account(), seed + 2).step();
      if (!storage.tasks().health().isHealthy()) {
        broken("it did not recover by itself: " + storage.tasks().health());
      }
    }
  }

  private void checkRefusal(Storage storage, StoreException refused) {
    tally.count("refused", 1);
    StoreHealth health = storage.tasks().health();
    if (point != Point.READ) {
      if (health.isHealthy()) {
        broken("healthy after: " + refused.getMessage());
      } else if (!health.fault().orElse("").contains(words)) {
        broken("the health does not say why: " + health);
      }
      readsGoOn(storage);
    }
  }

  /** Every task is shown in the state that was acknowledged last. */
  private void readsGoOn(Storage storage) {
    for (TaskId id : known) {
      String acknowledged = promises.acknowledged(id);
      String now = storage.tasks().find(id).map(Promises::state).orElse(Promises.NONE);
      // A removal whose folder could not be fsynced: the file is gone, and nobody was told.
      boolean removedUnsaid = point == Point.SYNC_FOLDER && now.equals(Promises.NONE);
      if (!now.equals(acknowledged) && !removedUnsaid) {
        tally.broken(
            Breach.LOST, this + ": " + id + " was " + acknowledged + " and is shown as " + now);
      }
    }
  }

  private void staysRefused(Storage storage, long seed) throws IOException, InterruptedException {
    try {
      new StoreLife(storage, account(), seed + 3).step();
      broken("a failed fsync was forgotten");
    } catch (StoreException e) {
      tally.count("refused", 1);
    }
  }

  /** The same fault while the storage is opened: it opens or it refuses, and breaks nothing. */
  private void injureStart(Path folder) {
    try (Storage storage =
        TestStorage.open(
            folder,
            real -> {
              FaultyDisk disk = new FaultyDisk(real);
              disk.fail(point, words, frequency);
              return disk;
            })) {
      tally.count("starts with the fault", storage.tasks().counts().total() >= 0 ? 1 : 0);
    } catch (StoreException e) {
      tally.count("starts refused", 1);
    }
  }

  private StoreLife.Account account() {
    return new StoreLife.Account() {
      @Override
      public void attempt(TaskId id, String state) {
        known.add(id);
        promises.attempt(id, state);
      }

      @Override
      public void acknowledge(TaskId id, String state) {
        promises.acknowledge(id, state);
        tally.count("acknowledgements", 1);
      }
    };
  }

  private void broken(String what) {
    tally.broken(Breach.OTHER, this + ": " + what);
  }
}
