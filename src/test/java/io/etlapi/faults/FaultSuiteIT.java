package io.etlapi.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.opentest4j.TestAbortedException;

/**
 * Runs the suite: the short one with {@code mvn verify}, the full one with {@code mvn verify
 * -Pfaults}. The full one goes on where an earlier run stopped (target/faults/results.json); {@code
 * -Dfaults.sections="matrix store-kills"} picks sections, {@code -Dfaults.seed} another seed.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FaultSuiteIT {

  private static final long SEED = Long.getLong("etl.faults.seed", 20260301L);
  private static final Scale SCALE = Scale.current();
  private static final Path FOLDER = Path.of("target", "faults");

  private static final List<Section> SECTIONS =
      List.of(
          new HarnessProof(),
          new PowerLossModel(),
          new FaultMatrix(),
          new StoreKills(),
          new StoreSystemCalls(),
          new FileSystemPowerLoss(),
          new ServerKills(),
          new ServerMemory(),
          new ServerDisk(),
          new ServerClients(),
          new ServerClock(),
          new ServerRecovery(),
          new ServerStarts(),
          new ServerSizes(),
          new HttpFuzz(),
          new RecordFuzz(),
          new TaskChains(),
          new StopRaces());

  private final Results results;

  FaultSuiteIT() throws IOException {
    Path file =
        FOLDER
            .resolve(SCALE == Scale.FULL ? "results.json" : "results-short.json")
            .toAbsolutePath();
    if (SCALE == Scale.SHORT) {
      Files.deleteIfExists(file);
    }
    results = new Results(file, SEED);
  }

  @TestFactory
  Stream<DynamicTest> everySection() {
    Set<String> wanted =
        Set.of(System.getProperty("etl.faults.sections", "").strip().split("[ ,]+"));
    return SECTIONS.stream()
        .filter(section -> wanted.contains("") || wanted.contains(section.name()))
        .flatMap(
            section ->
                IntStream.range(0, parts(section, wanted))
                    .mapToObj(
                        part ->
                            DynamicTest.dynamicTest(
                                section.name() + " " + (part + 1) + "/" + parts(section, wanted),
                                () -> run(section, part))));
  }

  /** A section that is asked for by name is run, also where the short suite leaves it out. */
  private static int parts(Section section, Set<String> wanted) {
    return Math.max(section.parts(SCALE), wanted.contains(section.name()) ? 1 : 0);
  }

  private void run(Section section, int part) throws Exception {
    if (results.isDone(section, part)) {
      return;
    }
    Tally tally = new Tally();
    long began = System.nanoTime();
    try {
      // Each part has numbers of its own, whatever ran before it.
      section.run(SCALE, part, SEED + 1_000_003L * part + section.name().hashCode(), tally);
    } catch (Unavailable e) {
      String line = "SKIPPED: " + section.title() + ": " + e.getMessage();
      System.err.println("\n*** " + line + " ***\n");
      results.skipped(section, part, String.valueOf(e.getMessage()));
      throw new TestAbortedException(line);
    }
    results.record(section, part, tally, Duration.ofNanos(System.nanoTime() - began));
    assertEquals(List.of(), tally.messages(), () -> "counts " + tally.counts());
    assertEquals(0, tally.breaches());
  }

  /** The table, on the console and beside the results. */
  @AfterAll
  void report() {
    String table = ResultsTable.of(SECTIONS, results, SCALE, SEED);
    System.out.println("\n" + table);
    try {
      Files.createDirectories(FOLDER);
      Files.writeString(
          FOLDER.resolve("table-" + SCALE.name().toLowerCase(Locale.ROOT) + ".md"), table);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    WorkFolder.removeAll();
  }
}
