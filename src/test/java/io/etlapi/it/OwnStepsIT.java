package io.etlapi.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.it.server.Answer;
import io.etlapi.it.server.Await;
import io.etlapi.it.server.EtlClient;
import io.etlapi.it.server.ServerKind;
import io.etlapi.it.server.ServerProcess;
import io.etlapi.it.server.TestBuild;
import io.etlapi.step.jar.JarBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The operator's own ETL on a real server: the shipped examples, and steps that misbehave. */
@EnabledOnOs(OS.LINUX)
class OwnStepsIT {

  private static final Duration LIMIT = Duration.ofSeconds(90);
  private static final Path EXAMPLES = Path.of("server-config").toAbsolutePath();

  private static final Map<String, String> MISBEHAVING =
      Map.of(
          "printer", "exec yes",
          "endless", "sleep 600 & sleep 600",
          "forker", "setsid sleep 600 & echo '{}'",
          "no_json", "echo hello",
          "nan", "echo '{\\\"mean\\\": NaN}'",
          "signalled", "kill -SEGV $$",
          "echo_all", "cat");

  private static Path steps;
  private static ServerProcess server;
  private static EtlClient client;

  @BeforeAll
  static void start() throws IOException {
    Path root = TestBuild.emptyFolder("own-steps-data");
    steps = Files.createDirectories(root.resolve("own-steps"));
    copy(EXAMPLES.resolve("own-steps"), steps);
    copy(EXAMPLES.resolve("python"), Files.createDirectories(root.resolve("python")));
    assertTrue(steps.resolve("checksum.sh").toFile().setExecutable(true));
    new JarBuilder()
        .source(
            "example.GreetStep",
            Files.readString(EXAMPLES.resolve("own-steps/java/src/example/GreetStep.java")))
        .provider("example.GreetStep")
        .build(root.resolve("work"), steps.resolve("greet.jar"));
    for (Map.Entry<String, String> bad : MISBEHAVING.entrySet()) {
      Files.writeString(
          steps.resolve(bad.getKey() + ".step.json"),
          """
          {"name": "%s", "kind": "process",
           "parameters": {"properties": {"text": {"type": "string"}, "pw": {"x-etl-secret": true}}},
           "process": {"command": ["sh", "-c", "%s"], "limits": {"output_mb": 2},
                       "environment": {"PATH": "/usr/bin:/bin"}}}
          """
              .formatted(bad.getKey(), bad.getValue()));
    }
    Path secrets = Files.createDirectories(root.resolve("secrets"));
    Files.writeString(secrets.resolve("db"), "correct horse battery\n");
    server =
        ServerProcess.of(
            ServerKind.PAYARA_MICRO,
            "own-steps",
            Map.of(
                "ETL_STEPS_DIR", steps.toString(),
                "ETL_PROCESS_STEPS", "true",
                "ETL_SECRETS_DIR", secrets.toString(),
                "ETL_DATA_ROOTS", root.toString(),
                "ETL_ENGINE_MEMORY", "512M"));
    server.start();
    client = server.client();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void pythonShellSqlAndJavaRunAsOnePipeline() {
    Answer catalogue = client.get("/steps");
    assertEquals("process", catalogue.string("catalogue", "clean_orders", "kind"));
    assertEquals("sql", catalogue.string("catalogue", "orders_by_customer", "kind"));
    assertEquals("java", catalogue.string("catalogue", "greet", "kind"));
    assertEquals("folder", client.get("/pipelines").string("pipelines", "own_steps", "source"));

    Answer end =
        client.complete(
            "own_steps",
            Map.of("parameters", Map.of("file_path", steps.resolve("orders.csv").toString())));

    assertEquals("2", end.string("output", "count"));
    assertEquals(
        "completed", end.string("output", "own_steps_details", "nodes", "greet", "status"));
    Answer greet =
        client.status(end.string("output", "own_steps_details", "nodes", "greet", "task_id"));
    assertEquals("Hello, the owner of 5 lines!", greet.string("output", "greeting"));
    String clean = end.string("output", "own_steps_details", "nodes", "clean", "task_id");
    Answer log = client.get("/logs/" + clean);
    assertTrue(log.contentType().startsWith("text/plain"), log.contentType());
    assertTrue(log.text().contains("kept 4, dropped 1"), log.text());
    assertEquals(
        "",
        client.get("/logs/" + clean + "?offset=" + log.header("X-Next-Offset").orElse("")).text());
    assertTrue(client.get("/logs/" + clean + "?tail=1").text().strip().endsWith("completed"));
    assertEquals(422, client.get("/logs/" + clean + "?tail=x").status());
    assertEquals(404, client.get("/logs/none").status());
  }

  @Test
  void eachMisbehaviourEndsInAClearError() {
    assertError("printer", "printed more than 2 MB");
    assertError("forker", "left 1 process (sleep) running");
    assertError("no_json", "printed no result");
    assertError("nan", "not a JSON object");
    assertError("signalled", "signal 11 (SEGV)");
    assertEquals(200, client.get("/health").status());
  }

  @Test
  void anEndlessProgramIsStoppedWithAllItStartedWithinTwoSeconds() {
    String id = client.run("endless", Map.of());
    Await.until("both sleep", LIMIT, () -> marked(id).size() >= 2);

    long asked = System.nanoTime();
    assertEquals("cancelled", client.post("/stop/" + id).string("status"));
    assertEquals(List.of(), marked(id));
    Duration took = Duration.ofNanos(System.nanoTime() - asked);
    assertTrue(took.compareTo(Duration.ofSeconds(4)) < 0, took.toString());
    assertEquals("cancelled", client.statusWord(id));
  }

  @Test
  void anEndlessProgramTimesOut() {
    String id = client.run("endless", Map.of("timeout_seconds", 1));
    Answer end = client.awaitEnd(id, LIMIT);

    assertEquals("timed out after 1 s", end.string("error"));
    assertEquals(List.of(), marked(id));
  }

  @Test
  void aKilledServerLeavesNoProcessBehindOnceItIsBack() {
    String id = client.run("endless", Map.of());
    Await.until("both sleep", LIMIT, () -> marked(id).size() >= 2);

    server.kill9();
    assertFalse(marked(id).isEmpty(), "they outlive the server");
    server.start();

    assertEquals(List.of(), marked(id));
    assertEquals("failed", client.statusWord(id));
  }

  @Test
  void hostileParametersArriveAsTheyAre() {
    String hostile = "\"'\\ \n\r\t\0 $(touch x) `id` ; & | > é漢";
    Answer end = client.complete("echo_all", Map.of("custom_params", Map.of("text", hostile)));

    assertEquals(hostile, end.string("output", "text"));
  }

  @Test
  void aSecretIsNeverStoredAndALiteralIsRefused() throws IOException {
    Answer refused =
        client.post("/run/echo_all", Map.of("custom_params", Map.of("pw", "hunter2-literal")));
    assertEquals(422, refused.status());
    assertFalse(refused.text().contains("hunter2"), refused.text());

    Answer end = client.complete("echo_all", Map.of("custom_params", Map.of("pw", "${secret:db}")));
    assertEquals("***", end.string("output", "pw"));
    assertEquals("${secret:db}", end.string("output", "run_parameters", "pw"));
    try (Stream<Path> files = Files.walk(server.storage())) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = String.valueOf(file.getFileName());
        if (name.endsWith(".json") || name.endsWith(".log")) {
          assertFalse(Files.readString(file).contains("battery"), name);
        }
      }
    }
    assertFalse(server.log().contains("battery"));
  }

  @Test
  void reloadTakesWhatIsNewAndReportsWhatIsFaulty() throws IOException {
    Path good = steps.resolve("later.step.json");
    Path bad = steps.resolve("worse.step.json");
    Path jar = steps.resolve("broken.jar");
    Files.writeString(
        good,
        "{\"name\": \"later\", \"kind\": \"sql\", \"sql\": {\"statements\": [\"SELECT 1 AS n\"]}}");
    Files.writeString(bad, "{\"name\": \"filter\", \"kind\": \"sql\"}");
    Files.writeString(jar, "PK but no jar");
    try {
      Answer reload = client.post("/steps/reload");
      assertEquals(200, reload.status());
      assertEquals("faults", reload.string("status"));
      List<?> faults = assertInstanceOf(List.class, reload.at("faults"));
      assertEquals(
          List.of("broken.jar", "worse.step.json"),
          faults.stream().map(fault -> ((Map<?, ?>) fault).get("file")).toList());
      assertFalse(reload.text().contains(steps.toString()), "no server path");
      assertEquals("1", client.complete("later", Map.of()).string("output", "count"));
    } finally {
      Files.delete(good);
      Files.delete(bad);
      Files.delete(jar);
    }
    assertEquals("success", client.post("/steps/reload").string("status"));
    assertEquals(400, client.post("/run/later").status());
  }

  @Test
  void aPipelineIsStoredRunAndRemoved() {
    Map<String, Object> document =
        Map.of(
            "nodes",
            List.of(Map.of("id", "a", "step", "greet", "parameters", Map.of("name", "x"))));
    Answer created = client.put("/pipelines/mine", document);
    assertEquals(201, created.status(), created.toString());
    assertEquals(200, client.put("/pipelines/mine", document).status());
    assertEquals("stored", client.get("/pipelines/mine").string("source"));
    assertEquals("Hello, x!", client.complete("mine", Map.of()).string("output", "greeting"));
    assertTrue(Files.exists(server.storage().resolve("pipelines/mine.json")));

    assertEquals(204, client.delete("/pipelines/mine").status());
    assertEquals(404, client.get("/pipelines/mine").status());
    assertEquals(404, client.delete("/pipelines/mine").status());
    assertEquals(400, client.post("/run/mine").status());
    assertFalse(Files.exists(server.storage().resolve("pipelines/mine.json")));
    assertEquals(409, client.delete("/pipelines/own_steps").status());
    assertEquals(409, client.put("/pipelines/own_steps", document).status());
    assertEquals(409, client.put("/pipelines/greet", document).status());
  }

  @Test
  void aHostilePipelineIsRefusedAtOnce() {
    List<Object> nodes = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      nodes.add(
          Map.of(
              "id",
              "n" + i,
              "step",
              "greet",
              "after",
              i == 0 ? List.of() : List.of("n" + (i - 1))));
    }
    Answer large = client.put("/pipelines/large", Map.of("nodes", nodes));
    assertEquals(422, large.status());
    assertTrue(large.text().contains("10000 nodes"), large.toString());

    Answer circle =
        client.put(
            "/pipelines/circle",
            Map.of(
                "nodes",
                List.of(
                    Map.of("id", "a", "step", "greet", "after", List.of("b")),
                    Map.of("id", "b", "step", "greet", "after", List.of("a")))));
    assertEquals(422, circle.status());
    assertTrue(circle.text().contains("circle"), circle.toString());
    Answer unknown =
        client.put("/pipelines/Strange", Map.of("nodes", List.of(Map.of("step", "nothing"))));
    assertEquals(422, unknown.status());
    assertTrue(unknown.text().contains("no step named 'nothing'"), unknown.toString());
    assertTrue(unknown.text().contains("/name"), unknown.toString());
  }

  private static void assertError(String step, String part) {
    Answer end = client.awaitEnd(client.run(step, Map.of()), LIMIT);

    assertEquals("failed", end.string("status"), end.toString());
    assertTrue(end.string("error").contains(part), end.string("error"));
  }

  /** Pids of live processes that bear a task's mark. */
  private static List<String> marked(String task) {
    try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
      return processes
          .filter(process -> String.valueOf(process.getFileName()).matches("\\d+"))
          .filter(process -> contains(process.resolve("environ"), "ETL_TASK_ID=" + task))
          .filter(process -> !contains(process.resolve("stat"), ") Z "))
          .map(process -> String.valueOf(process.getFileName()))
          .toList();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static boolean contains(Path file, String text) {
    try {
      return new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.ISO_8859_1)
          .contains(text);
    } catch (IOException e) {
      return false;
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(file, to.resolve(String.valueOf(file.getFileName())));
      }
    }
  }
}
