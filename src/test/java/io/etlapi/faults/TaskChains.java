package io.etlapi.faults;

import io.etlapi.faults.Tally.Breach;
import io.etlapi.store.TaskChain;
import java.util.List;
import java.util.Random;
import net.jqwik.api.RandomGenerator;
import net.jqwik.api.sessions.JqwikSession;

/**
 * Chains of changes, restarts and kills, after which the store must say what a map would say.
 * {@code TaskStoreChainsTest} runs a few of them and shrinks one that fails.
 */
final class TaskChains implements Section {

  private static final int CHAINS = 1_000;

  /** What jqwik takes for the size of its distributions: the usual number of its tries. */
  private static final int GENERATOR_SIZE = 1_000;

  @Override
  public String name() {
    return "task-chains";
  }

  @Override
  public String title() {
    return "store: random chains of up to 40 changes, restarts and kills against a model of the"
        + " state machine (jqwik)";
  }

  @Override
  public String unit() {
    return "chains";
  }

  @Override
  public int parts(Scale scale) {
    return scale.of(1, 10);
  }

  @Override
  public void run(Scale scale, int part, long seed, Tally tally) throws Exception {
    // Outside of its own engine jqwik wants to be told how long it must remember things.
    JqwikSession.run(
        () -> {
          Random random = new Random(seed);
          RandomGenerator<List<TaskChain.Step>> generator =
              TaskChain.chains().generator(GENERATOR_SIZE, true);
          for (int number = 0; number < scale.of(CHAINS / 10, CHAINS); number++) {
            List<TaskChain.Step> chain = generator.next(random).value();
            try {
              TaskChain.run(chain, WorkFolder.inMemory("task-chain"));
            } catch (AssertionError e) {
              tally.broken(Breach.LOST, chain + ": " + e.getMessage());
            }
            tally.count("chains", 1);
            tally.count("changes", chain.size());
          }
        });
  }
}
