package io.etlapi.faults;

/** Loss of power and kills at any step of the store, on a model of a disk. */
final class PowerLossModel implements Section {

  private static final int SCHEDULES = 100;

  @Override
  public String name() {
    return "power-loss-model";
  }

  @Override
  public String title() {
    return "store: power lost or process killed at a random step, un-fsynced work dropped in every"
        + " way that POSIX allows (model of a disk)";
  }

  @Override
  public String unit() {
    return "power losses";
  }

  @Override
  public int parts(Scale scale) {
    return scale.of(1, 30);
  }

  @Override
  public void run(Scale scale, int part, long seed, Tally tally) throws Exception {
    for (int schedule = 0; schedule < scale.of(SCHEDULES / 2, SCHEDULES); schedule++) {
      new PowerLossSchedule(seed + schedule, null, null, tally)
          .run(WorkFolder.inMemory("power-loss"));
      tally.count("schedules", 1);
    }
  }
}
