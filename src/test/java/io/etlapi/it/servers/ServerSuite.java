package io.etlapi.it.servers;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.it.server.AckLedger;
import io.etlapi.it.server.Answer;
import io.etlapi.it.server.Await;
import io.etlapi.it.server.EtlClient;
import io.etlapi.it.server.EventClient;
import io.etlapi.it.server.EventClient.Event;
import io.etlapi.it.server.RawHttp;
import io.etlapi.it.server.ServerKind;
import io.etlapi.it.server.ServerProcess;
import io.etlapi.it.server.SlowJoin;
import io.etlapi.it.server.TestBuild;
import io.etlapi.it.server.TestFiles;
import io.etlapi.json.Json;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * What every server must do with the WAR, seen from outside: one server and one storage folder from
 * the first to the last test. Starts cost most of the time, so the order saves them.
 */
@Tag("servers")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(OrderAnnotation.class)
abstract class ServerSuite {

  /** For what takes seconds: the machine may be a slow one, and do other things besides. */
  static final Duration LIMIT = Duration.ofMinutes(4);

  /** A process that was killed is still listed until its new parent has noticed. */
  private static final Duration LEFT_LIMIT = Duration.ofSeconds(5);

  /** A name with a space, as people give folders: clients send it escaped. */
  static final String OTHER_ROOT = "/etl api";

  final TestFiles files;
  final ServerProcess server;

  ServerSuite(ServerKind kind) {
    String name = "suite-" + kind.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    files = new TestFiles(TestBuild.emptyFolder(name + "-data"));
    server =
        ServerProcess.of(
            kind,
            name,
            Map.of(
                "MAX_CONCURRENT_TASKS", "2",
                "ETL_DATA_ROOTS", files.folder().toString(),
                "ETL_ENGINE_MEMORY", "512M",
                "ETL_SHUTDOWN_GRACE", "1"));
  }

  EtlClient client() {
    return server.client();
  }

  @BeforeAll
  void start() {
    server.start();
  }

  /** A test that failed half-way must not fail the next. */
  @BeforeEach
  void running() {
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
  void theWarIsTheOneThatRunsEverywhere() {
    assertEquals(TestBuild.sha256(TestBuild.war()), TestBuild.sha256(server.deployed()));
  }

  @Test
  @Order(2)
  void theInterfaceAnswersAtTheRoot() {
    EtlClient client = client();
    Answer root = client.get("/", "Accept", "application/json");
    assertEquals("ETL API is running", root.string("message"));
    assertTrue(client.get("/steps").number("total_steps") >= 30);
    assertEquals("3.1.0", client.get("/openapi.json").string("openapi"));
    assertEquals("success", client.get("/cleanup/schedule").string("status"));
    assertEquals(200, client.get("/tasks?limit=5").status());
    assertEquals(200, client.send("HEAD", "/health").status());
  }

  @Test
  @Order(3)
  void healthAndItsNeighboursAreOurs() {
    EtlClient client = client();
    Answer health = client.get("/health");
    assertEquals("healthy", health.string("status"));
    assertEquals(server.storage().toString(), health.string("system_stats", "storage_directory"));
    // Nobody sees the server's own figures and consoles here.
    for (String path : List.of("/metrics", "/admin", "/console", "/console/", "/manager")) {
      Answer answer = client.get(path);
      assertTrue(Set.of(403, 404).contains(answer.status()), () -> path + ": " + answer);
      assertProblem(answer.status(), answer);
    }
  }

  @Test
  @Order(4)
  void whatIsRefusedIsAProblemDocument() {
    EtlClient client = client();
    assertProblem(404, client.get("/no/such/path"));
    assertEquals(404, client.get("/WEB-INF/web.xml").status());
    assertProblem(404, client.status("00000000-0000-7000-8000-000000000000"));
    assertProblem(400, client.post("/run/no_such_step", Map.of()));
    assertProblem(400, client.post("/run/read_csv", "application/json", "{"));
    assertProblem(405, client.send("DELETE", "/steps"));
    assertProblem(415, client.post("/run/read_csv", "text/plain", "hello"));
    assertProblem(
        422, client.post("/run/read_csv", Map.of("custom_params", Map.of("skip_rows", "many"))));
    String foreign = RawHttp.send(server.port(), "GET /tasks HTTP/1.1", "Host: evil.example");
    assertTrue(Set.of(400, 403).contains(RawHttp.status(foreign)), foreign);
    String large = largeBody();
    assertEquals(413, RawHttp.status(large), large);
    assertEquals(200, client.get("/health").status());
  }

  /** 18 MB in pieces: their size is not known before they have come. */
  private String largeBody() {
    return RawHttp.send(
        server.port(),
        out -> {
          byte[] piece = "100000\r\n".getBytes(StandardCharsets.US_ASCII);
          byte[] spaces = new byte[0x100000];
          java.util.Arrays.fill(spaces, (byte) ' ');
          for (int megabyte = 0; megabyte < 18; megabyte++) {
            out.write(piece);
            out.write(spaces);
            out.write('\r');
            out.write('\n');
          }
          out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        },
        "POST /run/read_csv HTTP/1.1",
        "Host: 127.0.0.1:" + server.port(),
        "Content-Type: application/json",
        "Transfer-Encoding: chunked");
  }

  @Test
  @Order(5)
  void aWorkflowRunsOnRealFiles() throws IOException {
    EtlClient client = client();
    String csv = files.numbered("wf.csv", "Zoë", 100);
    String read = client.complete("read_csv", TestFiles.reading(csv)).string("task_id");
    Answer kept =
        client.complete(
            "filter",
            Map.of(
                "inputs",
                Map.of("read_csv", read),
                "custom_params",
                Map.of("condition", "id <= 10 and owner = 'Zoë'")));
    Answer summed =
        client.complete(
            "aggregate",
            Map.of(
                "inputs",
                Map.of("filter", kept.string("task_id")),
                "custom_params",
                Map.of("group_by", "owner", "aggregations", "sum:id")));
    Answer written =
        client.complete(
            "output",
            Map.of(
                "inputs",
                Map.of("aggregate", summed.string("task_id")),
                "custom_params",
                Map.of("output_type", "xlsx")));

    assertEquals(
        "[[Zoë, 55]]", String.valueOf(summed.at("output", "calculation_results", "table")));
    Path sheet = Path.of(written.string("output", "file_info", "file_path"));
    assertEquals(written.string("output", "file_info", "sha256"), TestBuild.sha256(sheet));
    assertEquals(
        "[[Zoë, 55]]",
        String.valueOf(
            client
                .complete("read_excel", TestFiles.reading(sheet.toString()))
                .at("output", "calculation_results", "table")));
  }

  @Test
  @Order(6)
  void theCompletenessControlProvesItsAccounts() {
    Answer run =
        client()
            .complete(
                "completeness_control",
                Map.of(
                    "parameters",
                    Map.of(
                        "expectedRunDate", "2024-01-15",
                        "rootFileDir", "samples/control",
                        "inputConfigFilePath", "samples/control",
                        "inputConfigFilePattern", "payments.json")));

    assertEquals("BREAKS", run.string("output", "verdict"));
    assertEquals("7", run.string("output", "count"));
  }

  @Test
  @Order(7)
  void aRequestThatIsResentIsOneTask() {
    Map<String, Object> body = TestFiles.reading(files.numbered("once.csv", "x", 10));
    Answer first = client().postWith("/run/read_csv", body, "Idempotency-Key", "suite-1");
    Answer again = client().postWith("/run/read_csv", body, "Idempotency-Key", "suite-1");

    assertEquals(first.string("task_id"), again.string("task_id"));
    assertEquals("true", again.header("Idempotency-Replayed").orElse(""));
    Answer waited = client().postWith("/run/read_csv", body, "Prefer", "wait=60");
    assertEquals("completed", waited.string("task_status"), waited::toString);
  }

  @Test
  @Order(7)
  void whatHappensIsToldLiveAndRowsAreShown() {
    try (EventClient events = EventClient.open(server.port(), "/events")) {
      assertEquals(200, events.status());
      Event hello = events.await("hello", event -> event.name().equals("hello"));
      String csv = files.numbered("live.csv", "x", 10);
      String id = client().complete("read_csv", TestFiles.reading(csv)).string("task_id");
      Event end = events.awaitTask(id, "completed");
      try (EventClient resumed =
          EventClient.open(server.port(), "/events", "Last-Event-ID: " + hello.id())) {
        resumed.awaitTask(id, "pending");
        assertEquals(end.id(), resumed.awaitTask(id, "completed").id());
      }
      assertEquals(
          "[[10], [9]]",
          String.valueOf(
              client().get("/output/" + id + "/rows?columns=id&sort=id:desc&limit=2").at("rows")));
      assertEquals(
          "id,owner", client().get("/output/" + id + "/file", "Range", "bytes=0-7").text());
      String foreign =
          RawHttp.send(
              server.port(), "GET /logs/" + id + "?follow=true HTTP/1.1", "Host: evil.example");
      assertTrue(Set.of(400, 403).contains(RawHttp.status(foreign)), foreign);
    }
    assertProblem(404, client().get("/events/none"));
    assertProblem(405, client().send("DELETE", "/events"));
  }

  @Test
  @Order(8)
  void aRunningQueryIsFollowedAndStopped() {
    String id = SlowJoin.on(client(), files).run(client());
    awaitStatus(id, "running");
    try (EventClient log = EventClient.open(server.port(), "/logs/" + id + "?follow=true")) {
      assertEquals(200, log.status());
      assertTrue(log.hasHeader("Content-Type: text/event-stream;charset=UTF-8"));
      log.await("a line while it runs", event -> event.name().equals("log"));
      Answer stop = client().post("/stop/" + id);

      assertTrue(List.of("cancelled", "stopping").contains(stop.string("status")), stop::toString);
      assertEquals("cancelled", client().awaitEnd(id, LIMIT).string("status"));
      Event end = log.await("the end", event -> event.name().equals("end"));
      assertEquals("cancelled", end.text("status"));
      assertEquals(client().get("/logs/" + id).text(), log.logText());
      Await.until("the server closes the stream", LIMIT, log::hasEnded);
    }
  }

  @Test
  @Order(9)
  void aKillLosesNothingThatWasAcknowledged() throws IOException {
    EtlClient client = client();
    AckLedger ledger = new AckLedger();
    SlowJoin slow = SlowJoin.on(client, files);
    String interrupted = slow.run(client);
    ledger.accepted(interrupted);
    awaitStatus(interrupted, "running");
    String csv = files.numbered("load.csv", "x", 500);
    String stopped = "";
    for (int number = 0; number < 30; number++) {
      String id = client.run("read_csv", TestFiles.reading(csv));
      ledger.accepted(id);
      if (number == 20) {
        stopped = id;
        Answer stop = client.post("/stop/" + id);
        if (!stop.string("status").equals("not_running")) {
          ledger.stopped(id);
        }
      }
      ledger.seen(id, client.statusWord(id));
    }
    assertFalse(stopped.isEmpty());

    server.kill9();
    server.start();

    assertEquals(List.of(), ledger.broken(client));
    Answer end = client.awaitEnd(interrupted, LIMIT);
    assertEquals("failed", end.string("status"));
    assertEquals("interrupted by a server stop", end.string("error"));
    for (String id : ledger.ids()) {
      ledger.seen(id, client.awaitEnd(id, LIMIT).string("status"));
    }
    assertEquals(List.of(), ledger.broken(client));
    assertFalse(Files.exists(server.storage().resolve("quarantine")));
    assertEquals(List.of(), unfinishedWrites());
  }

  @Test
  @Order(10)
  void aCleanStopEndsWhatRunsAndKeepsWhatWaits() throws IOException {
    SlowJoin slow = SlowJoin.on(client(), files);
    List<String> running = List.of(slow.run(client()), slow.run(client()));
    running.forEach(id -> awaitStatus(id, "running"));
    String waiting =
        client().run("read_csv", TestFiles.reading(files.numbered("waits.csv", "x", 10)));
    List<ProcessHandle> children = server.children();

    server.terminate();

    Await.until(
        "what it had started ends with it",
        LEFT_LIMIT,
        () -> children.stream().noneMatch(ProcessHandle::isAlive),
        children::toString);
    for (String id : running) {
      assertEquals("failed", recorded(id).get("status"));
      assertEquals("interrupted by a server stop", recorded(id).get("error"));
    }
    assertEquals("pending", recorded(waiting).get("status"));
    assertTrue(Files.exists(server.storage().resolve("index.snapshot")), server::logTail);
    assertEquals(List.of(), unfinishedWrites());

    server.start();
    assertEquals("completed", client().awaitEnd(waiting, LIMIT).string("status"));
    assertEquals("failed", client().statusWord(running.get(0)));
  }

  @Test
  @Order(11)
  void anotherContextRootChangesNothingElse() {
    server.moveTo(OTHER_ROOT);
    EtlClient client = client();
    Answer run =
        client.post("/run/read_csv", TestFiles.reading(files.numbered("root.csv", "x", 10)));
    URI location = server.uri().resolve(run.header("Location").orElse("none"));

    assertAll(
        () -> assertEquals(200, client.get("/", "Accept", "application/json").status()),
        () -> assertEquals("healthy", client.get("/health").string("status")),
        () ->
            assertEquals(
                server.uri().getRawPath() + "/status/" + run.string("task_id"),
                location.getRawPath()),
        () -> assertProblem(404, client.get("/no/such/path")),
        () -> assertProblem(400, client.post("/run/no_such_step", Map.of())),
        () -> assertNotNull(client.get("/openapi.json").at("paths")),
        () -> assertEquals(404, server.clientAt("/").get("/health").status()));
    assertEquals("10", client.awaitEnd(run.string("task_id"), LIMIT).string("output", "count"));
  }

  void awaitStatus(String id, String status) {
    EtlClient client = client();
    Await.until(
        "task " + id + " is " + status,
        LIMIT,
        () -> status.equals(client.statusWord(id)),
        server::logTail);
  }

  static void assertProblem(int status, Answer answer) {
    assertEquals(status, answer.status(), answer::toString);
    assertTrue(
        answer.contentType().startsWith("application/problem+json"),
        () -> answer.contentType() + " " + answer);
  }

  /** A task's file, read while no server runs. */
  Map<String, @Nullable Object> recorded(String id) throws IOException {
    return Json.parseObject(Files.readString(server.storage().resolve(id + ".json")));
  }

  private List<Path> unfinishedWrites() throws IOException {
    try (Stream<Path> paths = Files.walk(server.storage())) {
      // What the engine works in is emptied when it is used again.
      Path scratch = server.storage().resolve("engine_temp");
      return paths
          .filter(path -> path.getFileName().toString().endsWith(".tmp"))
          .filter(path -> !path.startsWith(scratch))
          .toList();
    }
  }
}
