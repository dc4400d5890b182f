package io.etlapi.faults;

import io.etlapi.faults.Tally.Breach;
import io.etlapi.it.server.Answer;
import io.etlapi.it.server.Await;
import io.etlapi.it.server.EtlClient;
import io.etlapi.it.server.ServerKind;
import io.etlapi.it.server.ServerProcess;
import io.etlapi.it.server.SlowJoin;
import io.etlapi.it.server.TestBuild;
import io.etlapi.it.server.TestFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A wall clock that jumps forty days forward, over both changes of daylight saving (half a year and
 * a year, in a zone that has them) and ten minutes back, and a process that is stopped for a while:
 * nothing is removed early, no task times out early or ends before it began.
 */
final class ServerClock implements Section {

  private static final Path LIBRARY =
      Path.of("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1");
  private static final Duration LIMIT = Duration.ofMinutes(5);
  private static final List<Jump> JUMPS =
      List.of(
          new Jump("+40d", Duration.ofDays(40)),
          new Jump("-10m", Duration.ofMinutes(-10)),
          new Jump("+183d", Duration.ofDays(183)),
          new Jump("+366d", Duration.ofDays(366)),
          new Jump("+0", Duration.ZERO));

  /** What the library is told, and how far the clock then is from the true one. */
  private record Jump(String word, Duration offset) {}

  @Override
  public String name() {
    return "server-clock";
  }

  @Override
  public String title() {
    return "server: wall clock 40 days forward, over both DST changes, minutes back; process"
        + " stopped for a minute";
  }

  @Override
  public String unit() {
    return "jumps and stops";
  }

  @Override
  public int parts(Scale scale) {
    return scale.of(0, 1);
  }

  @Override
  public void run(Scale scale, int part, long seed, Tally tally) throws Exception {
    if (!Files.exists(LIBRARY)) {
      throw new Unavailable("libfaketime is not installed (Debian: faketime)");
    }
    Path folder = TestBuild.emptyFolder("faults-clock-data");
    TestFiles files = new TestFiles(folder);
    Path clock = folder.resolve("clock");
    jump(clock, "+0");
    Map<String, Object> body = TestFiles.reading(files.numbered("small.csv", "x", 100));
    try (ServerProcess server =
        ServerProcess.of(
            ServerKind.PAYARA_MICRO,
            "faults-clock",
            Map.of(
                "ETL_DATA_ROOTS",
                folder.toString(),
                "ETL_ENGINE_MEMORY",
                "512M",
                "user.timezone",
                "Europe/Berlin"))) {
      server.environment("LD_PRELOAD", LIBRARY.toString());
      server.environment("FAKETIME_TIMESTAMP_FILE", clock.toString());
      // Reading the file at each look at a clock would make the start take minutes.
      server.environment("FAKETIME_CACHE_DURATION", "1");
      server.environment("FAKETIME_DONT_FAKE_MONOTONIC", "1");
      server.environment("DONT_FAKE_MONOTONIC", "1");
      EtlClient client = server.start().client();
      List<String> ids = new ArrayList<>();
      ids.add(client.complete("read_csv", body).string("task_id"));
      Map<String, Object> slow = new HashMap<>(SlowJoin.on(client, files).body());
      slow.put("timeout_seconds", 3600);
      for (Jump to : JUMPS) {
        String by = to.word();
        String running = client.run("join", slow);
        Await.until("the join runs", LIMIT, () -> "running".equals(client.statusWord(running)));
        jump(clock, by);
        Await.until(
            "the server's clock has jumped by " + by,
            LIMIT,
            () -> near(Instant.now().plus(to.offset()), client.get("/health").string("timestamp")));
        client.post("/cleanup/now");
        if (!"running".equals(client.statusWord(running))) {
          tally.broken(Breach.OTHER, by + " ended the join: " + client.status(running));
        }
        client.post("/stop/" + running);
        client.awaitEnd(running, LIMIT);
        ids.add(client.complete("read_csv", body).string("task_id"));
        client.post("/cleanup/now");
        check(client, ids, by, tally);
        tally.count("jumps and stops", 1);
      }
      stopFor(server, Duration.ofMinutes(1));
      ids.add(client.complete("read_csv", body).string("task_id"));
      check(client, ids, "a stop", tally);
      tally.count("jumps and stops", 1);
    }
  }

  private static void check(EtlClient client, List<String> ids, String after, Tally tally) {
    for (String id : ids) {
      Answer status = client.status(id);
      if (status.status() != 200) {
        tally.broken(Breach.LOST, id + " was removed early, after " + after);
      } else if (Instant.parse(status.string("completed_at"))
          .isBefore(Instant.parse(status.string("started_at")))) {
        tally.broken(Breach.OTHER, "it ended before it began, after " + after + ": " + status);
      }
    }
  }

  private static boolean near(Instant expected, String timestamp) {
    return Duration.between(expected, Instant.parse(timestamp)).abs().toMinutes() < 5;
  }

  private static void jump(Path clock, String by) throws IOException {
    Path aside = clock.resolveSibling("clock.new");
    Files.writeString(aside, by + "\n");
    Files.move(aside, clock, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** SIGSTOP, and SIGCONT when so much time has passed. */
  private static void stopFor(ServerProcess server, Duration time) throws Exception {
    Tools.run("kill", "-STOP", Long.toString(server.pid()));
    long until = System.nanoTime() + time.toNanos();
    Await.until("the stop is over", time.plus(LIMIT), () -> System.nanoTime() >= until);
    Tools.run("kill", "-CONT", Long.toString(server.pid()));
  }
}
