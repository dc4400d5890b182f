package io.etlapi.faults;

import io.etlapi.execution.RacingStops;
import io.etlapi.faults.Tally.Breach;

/** Stops that race with the queue, with the start and with the end of tasks, in one process. */
final class StopRaces implements Section {

  private static final int TASKS = 2_000;

  @Override
  public String name() {
    return "stop-races";
  }

  @Override
  public String title() {
    return "runtime: eight clients submit and stop at once, four slots: each task has one end, runs"
        + " at most once, and not at all when it was stopped while it waited";
  }

  @Override
  public String unit() {
    return "tasks";
  }

  @Override
  public int parts(Scale scale) {
    return scale.of(1, 10);
  }

  @Override
  public void run(Scale scale, int part, long seed, Tally tally) throws Exception {
    RacingStops races = new RacingStops(seed, scale.of(TASKS / 10, TASKS));
    races.run(WorkFolder.inMemory("stop-races"));
    races.counts().forEach(tally::count);
    tally.highest("max running", races.mostRunning());
    if (races.mostRunning() > RacingStops.LIMIT) {
      tally.broken(Breach.ABOVE_LIMIT, races.mostRunning() + " tasks ran at the same time");
    }
    races.twice().forEach(message -> tally.broken(Breach.TWICE, message));
    races.wrongEnds().forEach(message -> tally.broken(Breach.STOPPED_THEN_COMPLETED, message));
  }
}
