package io.etlapi.faults;

import io.etlapi.faults.disk.PowerLoss;
import io.etlapi.faults.disk.SimulatedDisk;
import io.etlapi.faults.disk.SimulatedDisk.End;
import io.etlapi.faults.disk.WrongDisk;
import io.etlapi.it.server.TestBuild;
import io.etlapi.store.Storage;
import io.etlapi.store.StoreException;
import io.etlapi.store.TestStorage;
import io.etlapi.task.TaskId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Some lives of one storage on a disk whose power goes, or whose process dies, at a random step: in
 * the middle of a change, of a removal, of a publication or of the recovery from the loss before.
 * After each the folder that may be left is opened and held against the promises.
 */
final class PowerLossSchedule {

  private static final int LIVES = 4;
  private static final int MAX_CHANGES = 60;

  private final Random random;
  private final @Nullable WrongDisk wrong;
  private final @Nullable End always;
  private final Tally tally;
  private final Promises promises = new Promises();
  private final Set<TaskId> known = new HashSet<>();

  /**
   * A schedule.
   *
   * @param wrong the planted fault; null for the store as it is
   * @param always how every life ends; null for either way
   */
  PowerLossSchedule(long seed, @Nullable WrongDisk wrong, @Nullable End always, Tally tally) {
    this.random = new Random(seed);
    this.wrong = wrong;
    this.always = always;
    this.tally = tally;
  }

  /** Runs all lives in folders below this one, which is emptied. */
  void run(Path work) throws IOException, InterruptedException {
    Path folder = fresh(work.resolve("life"));
    for (int life = 0; life < LIVES && tally.breaches() == 0; life++) {
      SimulatedDisk disk = new SimulatedDisk(folder);
      injure(disk);
      live(folder, disk);
      End end = always != null ? always : random.nextInt(4) == 0 ? End.KILL : End.POWER;
      Path left = fresh(work.resolve("left-" + life));
      disk.remains(end, left, random);
      tally.count(end == End.POWER ? "power losses" : "kills", 1);
      TestBuild.delete(folder);
      folder = left;
    }
    check(folder);
    TestBuild.delete(folder);
  }

  private void injure(SimulatedDisk disk) {
    // A third of the losses come while the store recovers, which takes few steps.
    disk.loseAfter(random.nextInt(random.nextInt(3) == 0 ? 8 : 400));
    if (random.nextInt(4) == 0) {
      disk.failFsyncAfter(random.nextInt(60));
    }
  }

  /** Opens, checks what the life before has left, and goes on until the power is gone. */
  private void live(Path folder, SimulatedDisk disk) throws IOException, InterruptedException {
    Storage storage;
    try {
      storage = TestStorage.open(folder, real -> wrong == null ? disk : wrong.around(disk));
    } catch (io.etlapi.faults.disk.PowerLoss | StoreException e) {
      // The power went, or an fsync failed, during recovery: what was promised before still holds.
      tally.count("losses during recovery", 1);
      disk.goDown();
      return;
    }
    try {
      check(storage);
      StoreLife life = new StoreLife(storage, account(), random.nextLong());
      known.forEach(life::adopt);
      for (int change = 0; change < MAX_CHANGES && !disk.isDown(); change++) {
        try {
          life.step();
        } catch (StoreException e) {
          tally.count("changes refused", 1);
        }
      }
      if (random.nextInt(5) == 0) {
        // A clean stop, or the loss of power in the middle of it.
        storage.close();
      }
    } catch (PowerLoss e) {
      tally.count("losses during a change", 1);
    } finally {
      disk.goDown();
      close(storage);
    }
  }

  /** The folder as it is left in the end. */
  private void check(Path folder) throws IOException {
    try (Storage storage = TestStorage.open(folder, real -> real)) {
      check(storage);
    }
  }

  private void check(Storage storage) throws IOException {
    long before = promises.acknowledgements();
    promises.check(storage, tally);
    tally.count("acknowledgements", promises.acknowledgements() - before);
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
        tally.count("acknowledgements", 1);
        promises.acknowledge(id, state);
      }
    };
  }

  /** Lets go of the lock; the disk below refuses everything. */
  private void close(Storage storage) {
    boolean closed = false;
    while (!closed) {
      try {
        storage.close();
        closed = true;
      } catch (PowerLoss e) {
        // One part had a last word to write: closing again closes the next.
        tally.count("closes without power", 1);
      }
    }
  }

  private static Path fresh(Path folder) throws IOException {
    TestBuild.delete(folder);
    return Files.createDirectories(folder);
  }
}
