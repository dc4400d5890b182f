package io.etlapi.faults;

import io.etlapi.it.server.TestBuild;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** SIGKILL for a process that works on a store, at any moment from its start on. */
final class StoreKills implements Section {

  private static final int KILLS = 50;
  private static final int KILLS_SHORT = 8;

  /** A start takes about this long; kills are spread over it. */
  private static final int START_MILLIS = 700;

  @Override
  public String name() {
    return "store-kills";
  }

  @Override
  public String title() {
    return "store: SIGKILL of a small JVM with four writers, every fifth while it starts and"
        + " recovers";
  }

  @Override
  public String unit() {
    return "kills";
  }

  @Override
  public int parts(Scale scale) {
    return scale.of(1, 20);
  }

  @Override
  public void run(Scale scale, int part, long seed, Tally tally) throws Exception {
    Random random = new Random(seed);
    ChildStore store = new ChildStore(TestBuild.emptyFolder("faults-store-kills"), "-", tally);
    for (int kill = 0; kill < scale.of(KILLS_SHORT, KILLS); kill++) {
      boolean starting = kill % 5 == 4;
      store.live(
          List.of(),
          random.nextLong(),
          starting ? 0 : 2 + random.nextInt(300),
          child -> {
            if (starting) {
              // Not a wait for anything: the moment of the kill is what is tried.
              boolean unused = child.waitFor(random.nextInt(START_MILLIS), TimeUnit.MILLISECONDS);
            }
            ChildStore.kill(child);
          });
      tally.count("kills", 1);
      store.check();
    }
  }
}
