package io.etlapi.bench;

import io.etlapi.it.server.TestBuild;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The server under test and the bare servlet beside it, started when a section first asks for them,
 * and the tasks that sections need in them or in servers of their own.
 */
final class Servers implements AutoCloseable {

  static final String ENGINE_MEMORY = "2G";

  private static final Duration LIMIT = Duration.ofMinutes(5);
  private static final Path RECORDINGS = Path.of("target", "bench").toAbsolutePath();
  private static final int COLUMNS = 14;
  private static final int ROWS = 400;

  private final Options options;
  private final Path folder;
  private final Path data;
  private @Nullable BenchServer bare;
  private @Nullable BenchServer etl;
  private @Nullable String finished;

  Servers(Options options) throws IOException {
    this.options = options;
    this.folder = Files.createDirectories(options.folder().resolve("servers"));
    this.data = Files.createDirectories(folder.resolve("data"));
  }

  /** A folder that steps may read. */
  Path data() {
    return data;
  }

  /** Figures of a smoke run mean nothing, so its servers need no good code, only little time. */
  private List<String> jvm() {
    if (options.smoke()) {
      return List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");
    }
    return options.profile()
        ? List.of(
            "-XX:StartFlightRecording=settings=profile,dumponexit=true,filename=" + RECORDINGS)
        : List.of();
  }

  /** Not started. */
  BenchServer newBare(String name) throws IOException {
    return new BenchServer(
        OwnArchives.bareWar(folder),
        Files.createDirectories(folder.resolve(name)),
        Map.of(),
        jvm());
  }

  /** Not started. */
  BenchServer newBareApplication(String name) throws IOException {
    return new BenchServer(
        OwnArchives.bareApplicationWar(folder),
        Files.createDirectories(folder.resolve(name)),
        Map.of(),
        jvm());
  }

  /** Not started. */
  BenchServer newEtl(String name) throws IOException {
    Path steps = Files.createDirectories(folder.resolve("steps"));
    OwnArchives.steps(steps);
    return new BenchServer(
        TestBuild.war(),
        Files.createDirectories(folder.resolve(name)),
        Map.of(
            "ETL_DATA_ROOTS",
            options.folder().toString(),
            "ETL_STEPS_DIR",
            steps.toString(),
            "ETL_ENGINE_MEMORY",
            ENGINE_MEMORY,
            "ETL_QUEUE_CAPACITY",
            "1000000"),
        jvm());
  }

  BenchServer bare() throws Exception {
    BenchServer known = bare;
    if (known == null) {
      known = newBare("bare");
      known.start("/bare/1");
      bare = known;
    }
    return known;
  }

  BenchServer etl() throws Exception {
    BenchServer known = etl;
    if (known == null) {
      known = newEtl("etl");
      known.start("/health");
      etl = known;
    }
    return known;
  }

  /** A completed task with an output of about 18 kB. */
  String finished() throws Exception {
    String known = finished;
    if (known == null) {
      known = finishedIn(etl());
      finished = known;
    }
    return known;
  }

  /** Runs such a task in another server. */
  String finishedIn(BenchServer server) throws Exception {
    String id =
        server.run("read_csv", Map.of("custom_params", Map.of("file_path", wide().toString())));
    Object status = server.awaitEnd(id, LIMIT).get("status");
    if (!"completed".equals(status)) {
      throw new IllegalStateException("the sample step ended " + status);
    }
    return id;
  }

  private Path wide() throws IOException {
    StringBuilder csv = new StringBuilder("id");
    for (int column = 1; column < COLUMNS; column++) {
      csv.append(",column_").append(column);
    }
    for (int row = 0; row < ROWS; row++) {
      csv.append('\n').append(String.format("%06d", row));
      for (int column = 1; column < COLUMNS; column++) {
        csv.append(',').append(column % 2 == 0 ? "word" + row % 13 : row * column + ".50");
      }
    }
    return Files.writeString(data.resolve("wide.csv"), csv.append('\n'));
  }

  /** Tasks that run and cost nothing; {@link #end} ends them. */
  static List<String> sleepers(BenchServer server, int count) throws Exception {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ids.add(server.run(SleepStep.NAME, Map.of()));
    }
    for (String id : ids) {
      await("a sleeper runs", () -> "running".equals(server.get("/status/" + id).get("status")));
    }
    return ids;
  }

  static void end(BenchServer server, List<String> sleepers) throws Exception {
    for (String id : sleepers) {
      server.post("/stop/" + id);
    }
    for (String id : sleepers) {
      server.awaitEnd(id, LIMIT);
    }
  }

  /**
   * The body of a submit that goes all the way through acceptance, queue and three durable changes,
   * and leaves the engine alone: it asks for a file that is not there.
   */
  Map<String, ?> noOp() {
    return Map.of("custom_params", Map.of("file_path", data.resolve("missing.csv").toString()));
  }

  /** Runs it and waits for its end; the id of its task. */
  String runNoOp(BenchServer server) throws Exception {
    String id = server.run("read_csv", noOp());
    server.awaitEnd(id, LIMIT);
    return id;
  }

  /** Seconds until nothing waits or runs. */
  static double awaitDrained(BenchServer server) throws Exception {
    long began = System.nanoTime();
    await(
        "all tasks are worked off",
        () -> {
          Map<?, ?> stats = server.get("/stats");
          return figure(stats, "pending_tasks") == 0 && figure(stats, "running_tasks") == 0;
        });
    return (System.nanoTime() - began) / 1e9;
  }

  static long figure(Map<?, ?> stats, String name) {
    if (stats.get(name) instanceof Number number) {
      return number.longValue();
    }
    throw new IllegalStateException("/stats has no " + name);
  }

  private interface Condition {
    boolean holds() throws Exception;
  }

  private static void await(String what, Condition condition) throws Exception {
    long began = System.nanoTime();
    while (!condition.holds()) {
      if (System.nanoTime() - began > LIMIT.toNanos()) {
        throw new IllegalStateException("not within " + LIMIT + ": " + what);
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
  }

  /** Ends them and forgets them: whoever asks next gets new ones on new storages. */
  @Override
  public void close() {
    for (BenchServer server : new BenchServer[] {bare, etl}) {
      if (server != null) {
        end(server);
        TestBuild.delete(server.folder());
      }
    }
    bare = null;
    etl = null;
    finished = null;
  }

  /** Cleanly where that leaves a recording. */
  private void end(BenchServer server) {
    if (options.profile() && server.isRunning()) {
      try {
        server.stop();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    server.close();
  }
}
