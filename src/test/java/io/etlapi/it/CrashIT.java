package io.etlapi.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.it.server.AckLedger;
import io.etlapi.it.server.Answer;
import io.etlapi.it.server.Await;
import io.etlapi.it.server.EtlClient;
import io.etlapi.it.server.ServerKind;
import io.etlapi.it.server.ServerProcess;
import io.etlapi.it.server.SlowJoin;
import io.etlapi.it.server.TestBuild;
import io.etlapi.it.server.TestFiles;
import io.etlapi.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** Processes that are killed or stopped, on one storage folder from the first to the last test. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(OrderAnnotation.class)
class CrashIT {

  private static final int KILLS = 8;
  private static final int CLIENTS = 6;
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final TestFiles files = new TestFiles(TestBuild.emptyFolder("crash-data"));
  private final ServerProcess server =
      ServerProcess.of(
          ServerKind.PAYARA_MICRO,
          "crash",
          Map.of(
              "MAX_CONCURRENT_TASKS", "4",
              "ETL_DATA_ROOTS", files.folder().toString(),
              "ETL_SHUTDOWN_GRACE", "1",
              "ETL_ENGINE_MEMORY", "512M"));
  private final EtlClient client = server.client();

  /** A test that failed half-way must not fail the next. */
  @BeforeEach
  void start() {
    if (!server.isAlive()) {
      server.start();
    }
  }

  @AfterAll
  void stop() {
    server.close();
  }

  @Test
  @Order(1)
  void nothingThatWasAcknowledgedIsLostByEightKills() throws Exception {
    AckLedger ledger = new AckLedger();
    Random random = new Random(8);
    String path = files.numbered("keyed.csv", "x", 10);
    Answer keyed =
        client.postWith("/run/read_csv", TestFiles.reading(path), "Idempotency-Key", "kept");
    for (int kill = 0; kill < KILLS; kill++) {
      int before = ledger.size();
      loadUntilKilled(ledger, kill, 10 + random.nextInt(60));
      assertTrue(ledger.size() > before, "no task was acknowledged before kill " + kill);
      server.start();
      assertEquals(List.of(), ledger.broken(client), "after kill " + kill);
    }
    Answer again =
        client.postWith("/run/read_csv", TestFiles.reading(path), "Idempotency-Key", "kept");
    assertEquals(keyed.string("task_id"), again.string("task_id"));
    assertEquals("true", again.header("Idempotency-Replayed").orElse(""));
    assertEquals(
        422, client.postWith("/run/read_csv", Map.of(), "Idempotency-Key", "kept").status());
    for (String id : ledger.ids()) {
      Answer end = client.awaitEnd(id, LIMIT);
      if (end.string("status").equals("failed")) {
        assertEquals("interrupted by a server stop", end.string("error"));
      }
      ledger.seen(id, end.string("status"));
    }
    assertEquals(List.of(), ledger.broken(client));
    assertTrue(client.get("/stats").number("total_tasks") >= ledger.size());
    assertEquals(List.of(), quarantined());
    assertEquals(List.of(), unfinishedWrites());
  }

  @Test
  @Order(2)
  void waitingTasksKeepTheirOrderOverARestart() {
    restartWithOneSlot();
    SlowJoin slow = SlowJoin.on(client, files);
    String running = slow.run(client);
    Await.until(
        "the join holds the only slot", LIMIT, () -> "running".equals(client.statusWord(running)));
    List<String> expected = new ArrayList<>();
    Map<Integer, List<String>> byPriority = new HashMap<>();
    for (int priority : List.of(5, 1, 9, 5, 9, 1)) {
      Map<String, Object> body =
          new HashMap<>(TestFiles.reading(files.numbered("order.csv", "x", 10)));
      body.put("priority", priority);
      byPriority
          .computeIfAbsent(priority, key -> new ArrayList<>())
          .add(client.run("read_csv", body));
    }
    for (int priority : List.of(9, 5, 1)) {
      expected.addAll(byPriority.getOrDefault(priority, List.of()));
    }
    String stopped = client.run("read_csv", TestFiles.reading("order.csv"));
    assertEquals("cancelled", client.post("/stop/" + stopped).string("status"));

    server.kill9();
    server.start();

    assertEquals("cancelled", client.statusWord(stopped));
    Answer interrupted = client.awaitEnd(running, LIMIT);
    assertEquals("failed", interrupted.string("status"));
    assertEquals("interrupted by a server stop", interrupted.string("error"));
    List<Answer> ended = new ArrayList<>();
    for (String id : expected) {
      Answer end = client.awaitEnd(id, LIMIT);
      assertEquals("completed", end.string("status"), end::toString);
      ended.add(end);
    }
    List<String> started =
        ended.stream()
            .sorted(Comparator.comparing(end -> Instant.parse(end.string("started_at"))))
            .map(end -> end.string("task_id"))
            .toList();
    assertEquals(expected, started);
  }

  @Test
  @Order(3)
  void aCleanStopLeavesNothingRunningAndNothingHalfWritten() throws IOException {
    restartWithOneSlot();
    SlowJoin slow = SlowJoin.on(client, files);
    String running = slow.run(client);
    String waiting = slow.run(client);
    Await.until("the join runs", LIMIT, () -> "running".equals(client.statusWord(running)));

    List<ProcessHandle> children = server.children();
    int code = server.terminate();

    assertEquals(143, code);
    assertEquals(List.of(), children.stream().filter(ProcessHandle::isAlive).toList());
    assertFalse(client.tryGet("/health").isPresent());
    assertEquals(List.of(), unfinishedRecords());
    assertEquals("failed", recorded(running));
    assertEquals("pending", recorded(waiting));

    server.start();
    assertEquals("failed", client.awaitEnd(running, LIMIT).string("status"));
    Answer still = client.get("/status/" + waiting);
    assertTrue(
        List.of("pending", "running").contains(still.string("status")),
        () -> "the waiting task did not outlive the stop: " + still);
    assertEquals("success", client.post("/cleanup/now").string("status"));
    client.post("/stop/" + waiting);
    assertEquals("cancelled", client.awaitEnd(waiting, LIMIT).string("status"));
    assertEquals(List.of(), unfinishedWrites());
  }

  @Test
  @Order(4)
  void aSecondServerOnTheSameStorageIsRefused() {
    try (ServerProcess second =
        ServerProcess.onStorage(
            ServerKind.PAYARA_MICRO,
            "second",
            server.storage(),
            Map.of("ETL_DATA_ROOTS", files.folder().toString()))) {
      second.launch();
      String holder = Long.toString(server.pid());
      Await.until(
          "the second server says that process " + holder + " holds the storage",
          LIMIT,
          () -> second.log().contains(holder),
          second::logTail);
      Await.until(
          "the second server is not ready",
          LIMIT,
          () -> !second.isAlive() || second.client().tryGet("/health").isPresent(),
          second::logTail);
      second
          .client()
          .tryGet("/health")
          .ifPresent(health -> assertFalse(health.status() == 200, health::toString));
      second
          .client()
          .tryPost("/run/read_csv", TestFiles.reading("order.csv"))
          .ifPresent(run -> assertTrue(run.status() >= 500 || run.status() == 404, run::toString));
      String id =
          client
              .complete("read_csv", TestFiles.reading(files.numbered("after.csv", "x", 10)))
              .string("task_id");

      // A start that failed leaves nothing behind: the same server begins once it can.
      server.terminate();
      second.terminate();
      second.start();
      assertEquals("completed", second.client().statusWord(id));
    }
  }

  private void restartWithOneSlot() {
    server.terminate();
    server.set("MAX_CONCURRENT_TASKS", "1");
    server.start();
  }

  /** The status in the file of a task, read while no server runs. */
  private @Nullable Object recorded(String id) throws IOException {
    String text = Files.readString(server.storage().resolve(id + ".json"));
    return Json.parseObject(text).get("status");
  }

  /** Clients submit, stop and poll; the server is killed when the given number is acknowledged. */
  private void loadUntilKilled(AckLedger ledger, int round, int acknowledgements)
      throws InterruptedException {
    String path = files.numbered("load.csv", "x", 2000);
    int target = ledger.size() + acknowledgements;
    AtomicBoolean killed = new AtomicBoolean();
    List<Thread> clients = new ArrayList<>();
    for (int number = 0; number < CLIENTS; number++) {
      Random random = new Random(100L * round + number);
      Thread thread =
          new Thread(
              () -> {
                EtlClient own = server.client();
                List<String> mine = new ArrayList<>();
                while (!killed.get()) {
                  own.tryPost("/run/read_csv", TestFiles.reading(path))
                      .filter(answer -> answer.status() == 200)
                      .map(answer -> answer.string("task_id"))
                      .ifPresent(
                          id -> {
                            ledger.accepted(id);
                            mine.add(id);
                          });
                  if (!mine.isEmpty()) {
                    String id = mine.get(random.nextInt(mine.size()));
                    if (random.nextInt(4) == 0) {
                      own.tryPost("/stop/" + id, Map.of())
                          .filter(answer -> answer.status() == 200)
                          .map(answer -> answer.string("status"))
                          .filter(answer -> !answer.equals("not_running"))
                          .ifPresent(answer -> ledger.stopped(id));
                    } else {
                      own.tryGet("/status/" + id)
                          .ifPresent(answer -> ledger.seen(id, answer.string("status")));
                    }
                  }
                }
              });
      thread.start();
      clients.add(thread);
    }
    try {
      Await.until(
          target + " tasks are acknowledged",
          LIMIT,
          () -> ledger.size() >= target,
          server::logTail);
    } finally {
      server.kill9();
      killed.set(true);
      for (Thread thread : clients) {
        thread.join();
      }
    }
  }

  private List<Path> quarantined() throws IOException {
    Path folder = server.storage().resolve("quarantine");
    if (!Files.exists(folder)) {
      return List.of();
    }
    try (Stream<Path> paths = Files.list(folder)) {
      return paths.toList();
    }
  }

  private List<Path> unfinishedRecords() throws IOException {
    return unfinishedWrites().stream()
        .filter(path -> server.storage().equals(path.getParent()))
        .toList();
  }

  private List<Path> unfinishedWrites() throws IOException {
    try (Stream<Path> paths = Files.walk(server.storage())) {
      return paths.filter(path -> path.getFileName().toString().endsWith(".tmp")).toList();
    }
  }
}
