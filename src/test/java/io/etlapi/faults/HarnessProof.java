package io.etlapi.faults;

import io.etlapi.faults.Tally.Breach;
import io.etlapi.faults.disk.SimulatedDisk.End;
import io.etlapi.faults.disk.WrongDisk;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Stores that are wrong on purpose, which the suite must find out: else it proves nothing. */
final class HarnessProof implements Section {

  private static final int SCHEDULES_AT_MOST = 100;

  /** What the death of the process alone can show; the others need a loss of power. */
  private static final Set<WrongDisk> SHOWN_BY_KILL =
      EnumSet.of(WrongDisk.OVERWRITE_IN_PLACE, WrongDisk.ACKNOWLEDGE_BEFORE_WRITE);

  @Override
  public String name() {
    return "harness-proof";
  }

  @Override
  public String title() {
    return "harness: stores that are wrong on purpose (overwrite in place, rename without fsync of"
        + " file or folder, acknowledge before write, retry after a failed fsync) are caught";
  }

  @Override
  public String unit() {
    return "planted faults";
  }

  @Override
  public int parts(Scale scale) {
    return 1;
  }

  @Override
  public void run(Scale scale, int part, long seed, Tally tally) throws Exception {
    for (WrongDisk wrong : WrongDisk.values()) {
      mustBeCaught(wrong, End.POWER, seed, tally);
      if (SHOWN_BY_KILL.contains(wrong)) {
        mustBeCaught(wrong, End.KILL, seed, tally);
      }
    }
  }

  private static void mustBeCaught(WrongDisk wrong, @Nullable End end, long seed, Tally tally)
      throws Exception {
    tally.count("planted faults", 1);
    Tally found = new Tally();
    for (int schedule = 0; schedule < SCHEDULES_AT_MOST && found.breaches() == 0; schedule++) {
      new PowerLossSchedule(seed + schedule, wrong, end, found)
          .run(WorkFolder.inMemory("harness-proof"));
    }
    if (found.breaches() == 0) {
      tally.broken(
          Breach.OTHER,
          wrong + " was not caught by " + end + " in " + SCHEDULES_AT_MOST + " schedules");
    } else {
      tally.count("caught", 1);
    }
  }
}
