package io.etlapi.faults;

import io.etlapi.faults.Tally.Breach;
import io.etlapi.it.server.Answer;
import io.etlapi.it.server.ServerKind;
import io.etlapi.it.server.ServerProcess;
import io.etlapi.it.server.TestBuild;
import io.etlapi.it.server.TestFiles;
import io.etlapi.store.Storage;
import io.etlapi.store.TestStorage;
import io.etlapi.task.Task;
import io.etlapi.task.TaskId;
import io.etlapi.task.TaskSpec;
import io.etlapi.task.TaskState;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;

/**
 * A start after a crash with ten thousand tasks that wait or ran: how long it takes, and that all
 * are there.
 */
final class ServerRecovery implements Section {

  private static final int TASKS = 10_000;
  private static final Duration PROMISED = Duration.ofSeconds(10);

  @Override
  public String name() {
    return "server-recovery";
  }

  @Override
  public String title() {
    return "server: start after a crash with 10,000 waiting and running tasks, 384 MB heap";
  }

  @Override
  public String unit() {
    return "tasks";
  }

  @Override
  public int parts(Scale scale) {
    return scale.of(0, 1);
  }

  @Override
  public void run(Scale scale, int part, long seed, Tally tally) throws Exception {
    Path folder = TestBuild.emptyFolder("faults-recovery");
    TestFiles files = new TestFiles(folder.resolve("data"));
    String path = files.numbered("small.csv", "x", 10);
    try (ServerProcess server =
        ServerProcess.onStorage(
            ServerKind.PAYARA_MICRO,
            "faults-recovery-server",
            folder.resolve("storage"),
            Map.of(
                "ETL_DATA_ROOTS", files.folder().toString(),
                "ETL_QUEUE_CAPACITY", "20000",
                "MAX_CONCURRENT_TASKS", "2",
                "ETL_ENGINE_MEMORY", "256M"))) {
      Start empty = start(server);
      server.kill9();
      fill(server.storage(), path);
      Start full = start(server);
      tally.count("tasks", TASKS);
      tally.highest("max ms of the start with none", empty.took().toMillis());
      tally.highest("max ms of the start with all", full.took().toMillis());
      tally.highest("max CPU ms of the start with none", empty.processors().toMillis());
      tally.highest("max CPU ms of the start with all", full.processors().toMillis());
      tally.highest("max resident MB", server.residentBytes() >> 20);
      // Where others use the processors the time that passes says nothing about this server.
      boolean quiet = empty.quiet() && full.quiet();
      Duration recovery =
          quiet ? full.took().minus(empty.took()) : full.processors().minus(empty.processors());
      tally.count(quiet ? "measured by the clock" : "measured by processor time", 1);
      if (recovery.compareTo(PROMISED) > 0) {
        tally.broken(Breach.OTHER, "recovery took " + recovery);
      }
      Answer stats = server.client().get("/stats");
      if (stats.number("total_tasks") != TASKS) {
        tally.broken(Breach.LOST, stats.toString());
      }
    }
  }

  /**
   * A start until the server is healthy.
   *
   * @param processors time that the process had of them
   * @param quiet whether the machine had a processor to spare before
   */
  private record Start(Duration took, Duration processors, boolean quiet) {}

  private static Start start(ServerProcess server) {
    boolean quiet =
        ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage()
            < Runtime.getRuntime().availableProcessors();
    long began = System.nanoTime();
    server.start();
    Duration took = Duration.ofNanos(System.nanoTime() - began);
    Duration processors =
        ProcessHandle.of(server.pid())
            .flatMap(process -> process.info().totalCpuDuration())
            .orElseThrow();
    return new Start(took, processors, quiet);
  }

  /** Nine of ten wait, one of ten was running. */
  private static void fill(Path folder, String path) {
    Instant now = Instant.now();
    try (Storage storage = TestStorage.open(folder, disk -> disk)) {
      for (int number = 0; number < TASKS; number++) {
        TaskId id = new TaskId(new UUID(0x0195_c1f0_0000_7000L + ((long) number << 16), 1L << 63));
        Map<String, Object> custom = Map.of("file_path", path);
        storage
            .tasks()
            .create(
                Task.accepted(
                    new TaskSpec(
                        id,
                        "read_csv",
                        Map.of("custom_params", custom),
                        TaskSpec.DEFAULT_PRIORITY,
                        1,
                        null,
                        now,
                        TaskSpec.Origin.NONE)));
        if (number % 10 == 0) {
          storage.tasks().update(id, task -> task.started(now, new TaskState.Worker(1, 1)));
        }
      }
    }
  }
}
