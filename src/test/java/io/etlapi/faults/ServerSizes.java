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
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An output of 200 MB and a queue of 10,000 tasks in a server with a heap of 384 MB: all of it is
 * served, and the process does not end for want of memory.
 */
final class ServerSizes implements Section {

  private static final int ROW_BYTES = 100;
  private static final int CLIENTS = 8;
  private static final Duration LIMIT = Duration.ofMinutes(10);

  @Override
  public String name() {
    return "server-sizes";
  }

  @Override
  public String title() {
    return "server: an output of 200 MB that four clients fetch at once; 10,000 queued tasks and a"
        + " kill; 384 MB heap";
  }

  @Override
  public String unit() {
    return "sizes";
  }

  @Override
  public int parts(Scale scale) {
    return scale.of(0, 2);
  }

  @Override
  public void run(Scale scale, int part, long seed, Tally tally) throws Exception {
    if (part == 0) {
      largeOutput(scale.of(20, 200), tally);
    }
    if (part == 1 || scale == Scale.SHORT) {
      longQueue(scale.of(200, 10_000), tally);
    }
  }

  private static void largeOutput(int megabytes, Tally tally) throws Exception {
    Path folder = TestBuild.emptyFolder("faults-large-data");
    Path large = write(folder.resolve("large.csv"), megabytes * 1_000_000L / ROW_BYTES);
    try (ServerProcess server =
        ServerProcess.of(
            ServerKind.PAYARA_MICRO,
            "faults-large",
            Map.of("ETL_DATA_ROOTS", folder.toString(), "ETL_ENGINE_MEMORY", "512M"))) {
      EtlClient client = server.start().client();
      String read =
          client.complete("read_csv", TestFiles.reading(large.toString())).string("task_id");
      Answer written =
          client.complete(
              "output",
              Map.of(
                  "inputs", Map.of("rows", read), "custom_params", Map.of("output_type", "csv")));
      String id = written.string("task_id");
      long bytes = Files.size(Path.of(written.string("output", "file_info", "file_path")));
      tally.highest("max output MB", bytes / 1_000_000);
      if (bytes < Files.size(large) * 9 / 10) {
        tally.broken(Breach.TORN, "the output has " + bytes + " bytes");
      }
      Set<Long> lengths = ConcurrentHashMap.newKeySet();
      inParallel(4, () -> lengths.add(download(server, "/output/" + id + "/file?format=csv")));
      tally.highest("max downloaded MB", lengths.stream().mapToLong(n -> n).max().orElse(0) >> 20);
      if (lengths.size() != 1 || !lengths.stream().allMatch(length -> length >= bytes * 9 / 10)) {
        tally.broken(Breach.TORN, "four downloads have lengths " + lengths);
      }
      mustBeWell(server, tally);
      tally.count("sizes", 1);
    }
  }

  private static void longQueue(int tasks, Tally tally) throws Exception {
    TestFiles files = new TestFiles(TestBuild.emptyFolder("faults-queue-data"));
    Map<String, Object> body = TestFiles.reading(files.numbered("small.csv", "x", 10));
    try (ServerProcess server =
        ServerProcess.of(
            ServerKind.PAYARA_MICRO,
            "faults-queue",
            Map.of(
                "MAX_CONCURRENT_TASKS",
                "1",
                "ETL_QUEUE_CAPACITY",
                Integer.toString(tasks),
                "ETL_DATA_ROOTS",
                files.folder().toString(),
                "ETL_ENGINE_MEMORY",
                "256M"))) {
      EtlClient client = server.start().client();
      String running = SlowJoin.on(client, files).run(client);
      Await.until("the join runs", LIMIT, () -> "running".equals(client.statusWord(running)));
      Set<String> ids = ConcurrentHashMap.newKeySet();
      AtomicInteger left = new AtomicInteger(tasks);
      inParallel(
          CLIENTS,
          () -> {
            while (left.getAndDecrement() > 0) {
              ids.add(client.run("read_csv", body));
            }
          });
      tally.highest("max queued tasks", client.get("/stats").number("queued_tasks"));
      Answer full = client.post("/run/read_csv", body);
      if (full.status() != 429) {
        tally.broken(Breach.OTHER, "beyond the capacity: " + full);
      }
      mustBeWell(server, tally);
      server.kill9();
      server.start();
      for (String id : ids) {
        Answer status = client.status(id);
        if (status.status() != 200) {
          tally.broken(Breach.LOST, id + ": " + status);
        }
      }
      mustBeWell(server, tally);
      tally.count("sizes", 1);
    }
  }

  /** The lists and figures are answered, and no error of the JVM is in the log. */
  private static void mustBeWell(ServerProcess server, Tally tally) {
    EtlClient client = server.client();
    for (String path : List.of("/health", "/stats", "/tasks?limit=100", "/server")) {
      Answer answer = client.get(path);
      if (answer.status() != 200) {
        tally.broken(Breach.FAULTY_ANSWER, path + ": " + answer);
      }
    }
    if (server.log().contains("OutOfMemoryError")) {
      tally.broken(Breach.OTHER, "the log has an OutOfMemoryError");
    }
    tally.highest("max resident MB", server.residentBytes() >> 20);
  }

  /** How many bytes come, without keeping them. */
  private static long download(ServerProcess server, String path) {
    try (InputStream in = server.uri().resolve(path).toURL().openStream()) {
      return in.transferTo(java.io.OutputStream.nullOutputStream());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void inParallel(int threads, Runnable work) throws InterruptedException {
    List<Throwable> failed = new ArrayList<>();
    List<Thread> all = new ArrayList<>();
    for (int number = 0; number < threads; number++) {
      Thread thread = new Thread(work);
      thread.setUncaughtExceptionHandler(
          (which, failure) -> {
            synchronized (failed) {
              failed.add(failure);
            }
          });
      thread.start();
      all.add(thread);
    }
    for (Thread thread : all) {
      thread.join();
    }
    synchronized (failed) {
      if (!failed.isEmpty()) {
        throw new AssertionError("a client failed", failed.get(0));
      }
    }
  }

  private static Path write(Path file, long rows) throws IOException {
    String filler = "abcdefghijklmnopqrstuvwxyz".repeat(4);
    try (Writer out = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
      out.write("id,amount,text\n");
      for (long row = 0; row < rows; row++) {
        String start = row + "," + row % 1000 + ".25,";
        out.write(start + filler.substring(0, ROW_BYTES - 1 - start.length()) + "\n");
      }
    }
    return file;
  }
}
