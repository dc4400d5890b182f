package io.etlapi.faults;

import io.etlapi.store.FaultyDisk.Frequency;
import io.etlapi.store.FaultyDisk.Point;
import java.util.List;

/** Every error of the system, at every operation of the store, once, now and then and for ever. */
final class FaultMatrix implements Section {

  /** ENOSPC, EIO, EMFILE, EROFS as Java hears them. */
  private static final List<String> ERRORS =
      List.of(
          "No space left on device",
          "Input/output error",
          "Too many open files",
          "Read-only file system");

  @Override
  public String name() {
    return "matrix";
  }

  @Override
  public String title() {
    return "store: ENOSPC, EIO, EMFILE, EROFS at every operation, once, now and then, for ever";
  }

  @Override
  public String unit() {
    return "cells";
  }

  /** Each part is the whole matrix, with tasks of another seed. */
  @Override
  public int parts(Scale scale) {
    return scale.of(1, 10);
  }

  @Override
  public void run(Scale scale, int part, long seed, Tally tally) throws Exception {
    long cell = 0;
    for (String error : ERRORS) {
      for (Point point : Point.values()) {
        for (Frequency frequency : Frequency.values()) {
          new FaultCell(error, point, frequency, tally)
              .run(WorkFolder.inMemory("matrix"), seed + 10 * cell++);
        }
      }
    }
  }
}
