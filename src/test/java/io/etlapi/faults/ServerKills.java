package io.etlapi.faults;

import io.etlapi.faults.Tally.Breach;
import io.etlapi.it.server.AckLedger;
import io.etlapi.it.server.Answer;
import io.etlapi.it.server.Await;
import io.etlapi.it.server.EtlClient;
import io.etlapi.it.server.ServerKind;
import io.etlapi.it.server.ServerProcess;
import io.etlapi.it.server.TestBuild;
import io.etlapi.it.server.TestFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * SIGKILL of the real server under load: while it accepts, runs, writes outputs, stops and cleans
 * up, and, every fourth, while it recovers from the kill before.
 */
final class ServerKills implements Section {

  private static final int KILLS = 5;
  private static final int KILLS_SHORT = 5;
  private static final int CLIENTS = 6;
  private static final Duration LIMIT = Duration.ofMinutes(10);

  @Override
  public String name() {
    return "server-kills";
  }

  @Override
  public String title() {
    return "server: SIGKILL under load of six clients, every fourth while it recovers";
  }

  @Override
  public String unit() {
    return "kills";
  }

  @Override
  public int parts(Scale scale) {
    return scale.of(0, 20);
  }

  @Override
  public void run(Scale scale, int part, long seed, Tally tally) throws Exception {
    Path folder = TestBuild.emptyFolder("faults-server-kills-data");
    TestFiles files = new TestFiles(folder);
    MarkedSteps marked = new MarkedSteps(folder);
    Map<String, String> settings = new HashMap<>(marked.settings());
    settings.put("MAX_CONCURRENT_TASKS", "4");
    settings.put("ETL_DATA_ROOTS", folder.toString());
    settings.put("ETL_ENGINE_MEMORY", "512M");
    Map<String, Object> reading = TestFiles.reading(files.numbered("load.csv", "x", 2000));
    Map<String, Function<String, Map<String, Object>>> bodies =
        Map.of("read_csv", key -> reading, MarkedSteps.STEP, MarkedSteps::body);
    AckLedger ledger = new AckLedger();
    Random random = new Random(seed);
    try (ServerProcess server =
        ServerProcess.of(ServerKind.PAYARA_MICRO, "faults-server-kills", settings)) {
      server.start();
      for (int kill = 0; kill < scale.of(KILLS_SHORT, KILLS); kill++) {
        ServerLoad load = new ServerLoad(server, ledger, bodies, tally);
        killUnderLoad(server, load, ledger, random, tally);
        if (kill % 4 == 3) {
          killDuringRecovery(server, random, tally);
          kill++;
        }
        server.start();
        check(ledger, server.client(), tally);
        load.resend(server.client());
      }
      awaitAll(ledger, server.client(), tally);
      checkFolder(server.storage(), tally);
    }
    marked
        .runs()
        .forEach(
            (mark, times) -> {
              tally.count("runs of a step that may not be run again", times);
              if (times > 1) {
                tally.broken(Breach.TWICE, mark + " was left " + times + " times");
              }
            });
  }

  private static void killUnderLoad(
      ServerProcess server, ServerLoad load, AckLedger ledger, Random random, Tally tally)
      throws InterruptedException {
    int target = ledger.size() + 10 + random.nextInt(60);
    load.begin(CLIENTS, random.nextLong());
    try {
      Await.until(
          target + " tasks are acknowledged",
          LIMIT,
          () -> ledger.size() >= target,
          server::logTail);
    } finally {
      server.kill9();
      load.end();
    }
    tally.count("kills", 1);
  }

  /** The storage is read when its lock has been taken; the kill follows within a second. */
  private static void killDuringRecovery(ServerProcess server, Random random, Tally tally) {
    server.launch();
    String pid = Long.toString(server.pid());
    Path lock = server.storage().resolve(".lock");
    Await.until("the storage is opened", LIMIT, () -> text(lock).contains(pid), server::logTail);
    long until = System.nanoTime() + random.nextInt(800) * 1_000_000L;
    Await.until("the moment of the kill", LIMIT, () -> System.nanoTime() >= until);
    server.kill9();
    tally.count("kills", 1);
    tally.count("kills during recovery", 1);
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return "";
    }
  }

  private static void check(AckLedger ledger, EtlClient client, Tally tally) {
    for (String broken : ledger.broken(client)) {
      tally.broken(
          broken.contains("was stopped") ? Breach.STOPPED_THEN_COMPLETED : Breach.LOST, broken);
    }
  }

  /** Every task comes to an end, which stays. */
  private static void awaitAll(AckLedger ledger, EtlClient client, Tally tally) {
    for (String id : ledger.ids()) {
      Answer end = client.awaitEnd(id, LIMIT);
      tally.count("ended " + end.string("status"), 1);
      if (end.string("status").equals("failed")
          && !end.string("error").equals("interrupted by a server stop")) {
        tally.broken(Breach.OTHER, end.toString());
      }
      ledger.seen(id, end.string("status"));
    }
    check(ledger, client, tally);
  }

  private static void checkFolder(Path storage, Tally tally) throws IOException {
    Path quarantine = storage.resolve("quarantine");
    if (Files.exists(quarantine)) {
      try (Stream<Path> torn = Files.list(quarantine)) {
        torn.forEach(file -> tally.broken(Breach.TORN, file.toString()));
      }
    }
    List<Path> left;
    try (Stream<Path> all = Files.walk(storage)) {
      left = all.filter(path -> path.getFileName().toString().endsWith(".tmp")).toList();
    }
    // What is being written now does not count: nothing is, all tasks have ended.
    left.forEach(file -> tally.broken(Breach.PARTIAL, file.toString()));
  }
}
