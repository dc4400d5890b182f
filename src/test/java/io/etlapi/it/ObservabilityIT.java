package io.etlapi.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.it.server.Answer;
import io.etlapi.it.server.Await;
import io.etlapi.it.server.EtlClient;
import io.etlapi.it.server.JmxConsole;
import io.etlapi.it.server.ServerKind;
import io.etlapi.it.server.ServerProcess;
import io.etlapi.it.server.SlowJoin;
import io.etlapi.it.server.TestBuild;
import io.etlapi.it.server.TestFiles;
import io.etlapi.json.Json;
import io.etlapi.monitor.OpenMetricsParser;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import javax.management.RuntimeMBeanException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a server tells of itself, asked of a real one. */
class ObservabilityIT {

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String MANAGER = "io.etlapi:type=TaskManager";
  private static final String READ_CSV = "io.etlapi:type=Step,name=read_csv";
  private static final String SECRET = "correct-horse-battery-staple";

  private static final Path DATA = TestBuild.emptyFolder("observability-data");
  private static final TestFiles FILES = new TestFiles(DATA);

  private static final ServerProcess SERVER =
      ServerProcess.of(
          ServerKind.PAYARA_MICRO,
          "observability",
          Map.of(
              "MAX_CONCURRENT_TASKS",
              "3",
              "ETL_LOG_FORMAT",
              "json",
              "ETL_STEPS_DIR",
              DATA.resolve("steps").toString(),
              "ETL_PROCESS_STEPS",
              "true",
              "ETL_DATA_ROOTS",
              DATA.toString(),
              "ETL_PUBLIC_URL",
              "http://ada:" + SECRET + "@etl.example.org"));

  private static final EtlClient CLIENT = SERVER.client();

  @BeforeAll
  static void start() {
    FILES.traceStep();
    SERVER.start();
    CLIENT.complete("read_csv", Map.of("custom_params", Map.of("file_path", "samples/orders.csv")));
    Answer failed =
        CLIENT.awaitEnd(
            CLIENT.run(
                "read_csv", Map.of("custom_params", Map.of("file_path", "samples/missing.csv"))),
            LIMIT);
    assertEquals("failed", failed.string("status"));
  }

  @AfterAll
  static void stop() {
    SERVER.close();
  }

  @Test
  void theServerViewHoldsWhatWasMeasured() {
    Answer server = CLIENT.get("/server");

    assertEquals(200, server.status());
    assertTrue(server.string("server").contains("Payara"), server.text());
    assertTrue(server.string("engine", "version").matches("\\d+\\.\\d+.*"), server.text());
    assertEquals(3, server.number("queue", "max_concurrent"));
    assertEquals(SERVER.storage().toString(), server.string("storage", "directory"));
    assertTrue(server.number("storage", "bytes") > server.number("storage", "outputs_bytes"));
    assertTrue(server.number("memory", "rss") > server.number("memory", "heap_used"));
    assertTrue(server.number("threads", "peak") >= server.number("threads", "live"));
    assertEquals("healthy", server.string("health", "status"));
    assertTrue(server.string("last_error").contains("read_csv"), server.text());

    Map<String, @Nullable Object> step = entry(server.at("steps"), "name", "read_csv");
    assertTrue(number(step, "runs") >= 2, step.toString());
    assertEquals(1, number(step, "failed"));
    assertTrue(number(step, "p99_ms") > 0, step.toString());
  }

  @Test
  void aSettingIsShownWithItsSourceAndASecretIsNot() {
    Answer server = CLIENT.get("/server");

    Map<String, @Nullable Object> set =
        entry(server.at("configuration"), "key", "MAX_CONCURRENT_TASKS");
    assertEquals(
        Map.of(
            "key",
            "MAX_CONCURRENT_TASKS",
            "value",
            "3",
            "source",
            "system property",
            "default",
            "25"),
        set);
    assertEquals(
        "default", entry(server.at("configuration"), "key", "ETL_QUEUE_CAPACITY").get("source"));
    assertFalse(server.text().contains(SECRET), "a secret is shown");
  }

  @Test
  void aFinishedTaskThatIsReadTwiceIsACacheHit() {
    String id =
        CLIENT
            .complete(
                "read_csv", Map.of("custom_params", Map.of("file_path", "samples/customers.csv")))
            .string("task_id");
    long before = CLIENT.get("/server").number("cache", "hits");

    CLIENT.status(id);
    CLIENT.status(id);

    Answer server = CLIENT.get("/server");
    assertTrue(server.number("cache", "hits") > before, server.text());
    assertTrue(server.number("cache", "entries") > 0, server.text());
  }

  @Test
  void theDiagnosticsHoldEverythingButSecrets() throws Exception {
    Map<String, String> files = unzip(bytes("/server/diagnostics"));

    assertEquals(
        Set.of("server.json", "stats.json", "history.json", "store.json", "threads.txt", "log.txt"),
        files.keySet());
    assertContains(files, "log.txt", "io.etlapi.tasks");
    assertContains(files, "threads.txt", "    at java.base");
    assertContains(files, "store.json", "\"quarantined\"");
    assertEquals(
        SERVER.storage().toString(),
        Json.parseObject(files.getOrDefault("stats.json", "")).get("storage_directory"));
    files.forEach((name, text) -> assertFalse(text.contains(SECRET), name));
  }

  @Test
  void theHistoryGrowsByAPointEveryTenSeconds() {
    Await.until(
        "two points are there",
        LIMIT,
        () -> entries(CLIENT.get("/stats/history").at("points")).size() >= 2);

    Answer history = CLIENT.get("/stats/history");
    assertEquals(10, history.number("interval_seconds"));
    double completed =
        entries(history.at("points")).stream()
            .mapToDouble(point -> number(point, "completed"))
            .sum();
    assertTrue(completed >= 1, history.text());
  }

  @Test
  void theProbesSayTheStatusAlone() {
    for (String probe : List.of("live", "ready", "started")) {
      Answer answer = CLIENT.get("/health/" + probe);
      assertEquals(200, answer.status(), probe);
      assertEquals(Map.of("status", "UP"), answer.json(), probe);
    }
  }

  @Test
  void whileTheIntakeIsPausedNothingNewIsAccepted() {
    assertEquals(Map.of("paused", true), CLIENT.post("/intake/pause").json());
    try {
      Answer refused = CLIENT.post("/run/read_csv", Map.of());
      assertEquals(503, refused.status());
      assertTrue(refused.header("Retry-After").isPresent());
      assertTrue(refused.string("detail").contains("paused"), refused.text());
      assertEquals(503, CLIENT.get("/health/ready").status());
      assertEquals(Map.of("status", "DOWN"), CLIENT.get("/health/ready").json());
      assertEquals(200, CLIENT.get("/health/live").status());
      assertEquals(503, CLIENT.get("/health").status());
      assertEquals(true, CLIENT.get("/server").at("queue", "paused"));
    } finally {
      assertEquals(Map.of("paused", false), CLIENT.post("/intake/resume").json());
    }
    CLIENT.complete("read_csv", Map.of("custom_params", Map.of("file_path", "samples/orders.csv")));
    assertEquals(200, CLIENT.get("/health/ready").status());
  }

  @Test
  void aJmxConsoleSeesTheFiguresAndWorksTheSwitches() throws Exception {
    try (JmxConsole console = JmxConsole.attach(SERVER.pid())) {
      assertTrue(console.number(MANAGER, "Completed") >= 1);
      assertTrue(console.number(MANAGER, "Failed") >= 1);
      assertEquals(3, console.number(MANAGER, "MaxConcurrent"));
      assertTrue(console.number(MANAGER, "StoreWriteP95Millis") > 0);
      assertTrue(console.number(MANAGER, "SubmitP50Millis") > 0);
      assertTrue(String.valueOf(console.get(MANAGER, "LastError")).contains("read_csv"));
      assertTrue(console.number(READ_CSV, "Attempts") >= 2);
      assertTrue(console.number(READ_CSV, "P99Millis") > 0);
      assertTrue(console.shows("io.etlapi:type=Step,name=completeness_control"), "a pipeline");

      console.call(MANAGER, "pauseIntake");
      assertEquals(true, console.get(MANAGER, "IntakePaused"));
      assertEquals(503, CLIENT.post("/run/read_csv", Map.of()).status());
      assertEquals(false, console.get(MANAGER, "Healthy"));
      console.call(MANAGER, "resumeIntake");
      assertEquals(true, console.get(MANAGER, "Healthy"));

      String id = SlowJoin.on(CLIENT, FILES).run(CLIENT);
      Object stopped = console.call(MANAGER, "stop", id);
      assertTrue(Set.of("cancelled", "stopping").contains(String.valueOf(stopped)), "" + stopped);
      assertEquals("cancelled", CLIENT.awaitEnd(id, LIMIT).string("status"));
      assertThrows(RuntimeMBeanException.class, () -> console.call(MANAGER, "stop", "not an id"));
      assertEquals(0, console.call(MANAGER, "cleanUp"));
    }
  }

  @Test
  void aTraceFollowsTheTaskToItsRecordItsLogAndItsProgram() throws Exception {
    String trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    HttpResponse<String> accepted =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(SERVER.uri() + "/run/show_trace"))
                    .header("traceparent", trace)
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString("{}"))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    String id = String.valueOf(Json.parseObject(accepted.body()).get("task_id"));
    Answer end = CLIENT.awaitEnd(id, LIMIT);

    assertEquals("completed", end.string("status"), end.text());
    assertEquals(trace, end.string("traceparent"));
    assertEquals(trace, end.string("output", "trace"), "what the program saw");
    assertTrue(CLIENT.get("/logs/" + id).text().contains(trace));
    String recorded = Files.readString(SERVER.storage().resolve(id + ".json"));
    assertEquals(trace, Json.parseObject(recorded).get("traceparent"));
  }

  @Test
  void everyLogLineOfATaskIsJsonWithItsId() {
    String id =
        CLIENT
            .complete(
                "read_csv", Map.of("custom_params", Map.of("file_path", "samples/orders.csv")))
            .string("task_id");

    Await.until("the end is logged", LIMIT, () -> lines(id).stream().anyMatch(this::isAboutTheEnd));
    List<Map<String, @Nullable Object>> lines = lines(id);
    assertTrue(lines.size() >= 3, "accepted, started, completed: " + lines);
    lines.forEach(
        line -> {
          assertEquals(id, line.get("task_id"));
          assertEquals("read_csv", line.get("step"));
        });
  }

  private boolean isAboutTheEnd(Map<String, @Nullable Object> line) {
    return String.valueOf(line.get("message")).contains("completed successfully");
  }

  private static List<Map<String, @Nullable Object>> lines(String id) {
    return SERVER
        .log()
        .lines()
        .filter(line -> line.contains(id))
        .filter(line -> line.endsWith("}"))
        .map(Json::parseObject)
        .toList();
  }

  @Test
  void theMetricsAreStrictOpenMetrics() {
    assertEquals(404, CLIENT.status("00000000-0000-7000-8000-000000000000").status());
    assertEquals(200, CLIENT.get("/console/main.js").status());
    assertEquals(404, CLIENT.get("/events/none").status());
    assertEquals(404, CLIENT.get("/no/such/path").status());
    Answer answer = CLIENT.get("/etl-metrics");

    assertEquals(200, answer.status());
    assertEquals(
        Set.of("application/openmetrics-text", "version=1.0.0", "charset=utf-8"),
        Set.of(answer.contentType().replace(" ", "").split(";", -1)));
    Map<String, OpenMetricsParser.Family> families = OpenMetricsParser.parse(answer.text());
    assertEquals("histogram", family(families, "etl_attempt_duration_seconds").type());
    assertTrue(total(families, "etl_task_ends", Map.of("step", "read_csv")) >= 2, answer.text());
    assertTrue(
        total(families, "etl_http_responses", Map.of("route", "/run/{step}", "status", "2xx")) >= 2,
        "requests are counted by route");
    for (Map<String, String> labels :
        List.of(
            Map.of("route", "/status/{id}", "status", "2xx"),
            Map.of("route", "/console/**", "status", "2xx"),
            Map.of("route", "/events/{id}", "status", "4xx"),
            Map.of("method", "any", "route", "other", "status", "4xx"))) {
      assertTrue(total(families, "etl_http_responses", labels) >= 1, labels + "\n" + answer.text());
    }
    assertTrue(total(families, "etl_tasks_max_concurrent", Map.of()) == 3);
  }

  @Test
  void everyMetricOfTheDashboardIsExported() throws IOException {
    Set<String> exported =
        OpenMetricsParser.parse(CLIENT.get("/etl-metrics").text()).values().stream()
            .flatMap(family -> family.samples().stream())
            .map(OpenMetricsParser.Sample::name)
            .collect(Collectors.toSet());
    String dashboard = Files.readString(Path.of("server-config/grafana/etl-api.json"));
    Set<String> used = new TreeSet<>();
    expressions(Json.parse(dashboard), used);

    assertTrue(used.size() > 15, "the metrics are found: " + used);
    used.removeAll(exported);
    assertEquals(Set.of(), used, "shown on the dashboard, but not exported");
  }

  private static void expressions(@Nullable Object json, Set<String> metrics) {
    if (json instanceof Map<?, ?> map) {
      for (String member : List.of("expr", "query")) {
        if (map.get(member) instanceof String expression) {
          Matcher metric = Pattern.compile("\\betl_\\w+").matcher(expression);
          while (metric.find()) {
            metrics.add(metric.group());
          }
        }
      }
      map.values().forEach(value -> expressions(value, metrics));
    } else if (json instanceof List<?> list) {
      list.forEach(value -> expressions(value, metrics));
    }
  }

  private static OpenMetricsParser.Family family(
      Map<String, OpenMetricsParser.Family> families, String name) {
    return Objects.requireNonNull(families.get(name), name);
  }

  private static double total(
      Map<String, OpenMetricsParser.Family> families, String family, Map<String, String> labels) {
    return family(families, family).samples().stream()
        .filter(sample -> sample.labels().entrySet().containsAll(labels.entrySet()))
        .mapToDouble(OpenMetricsParser.Sample::value)
        .sum();
  }

  private static Map<String, @Nullable Object> entry(
      @Nullable Object list, String key, String value) {
    return entries(list).stream()
        .filter(entry -> value.equals(entry.get(key)))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + value + " in " + list));
  }

  @SuppressWarnings("unchecked")
  private static List<Map<String, @Nullable Object>> entries(@Nullable Object list) {
    if (list instanceof List<?> entries) {
      return (List<Map<String, @Nullable Object>>) entries;
    }
    throw new AssertionError("no list: " + list);
  }

  private static double number(Map<String, @Nullable Object> entry, String key) {
    if (entry.get(key) instanceof Number number) {
      return number.doubleValue();
    }
    throw new AssertionError("no number " + key + " in " + entry);
  }

  private static void assertContains(Map<String, String> files, String name, String part) {
    String text = files.getOrDefault(name, "");
    assertTrue(text.contains(part), name + ": " + text);
  }

  private static byte[] bytes(String path) throws IOException, InterruptedException {
    HttpResponse<byte[]> response =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(SERVER.uri() + path)).build(),
                HttpResponse.BodyHandlers.ofByteArray());
    assertEquals(200, response.statusCode());
    assertEquals("application/zip", response.headers().firstValue("Content-Type").orElse(""));
    return response.body();
  }

  private static Map<String, String> unzip(byte[] archive) throws IOException {
    Map<String, String> files = new HashMap<>();
    try (ZipInputStream zip = new ZipInputStream(new java.io.ByteArrayInputStream(archive))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        files.put(entry.getName(), new String(zip.readAllBytes(), StandardCharsets.UTF_8));
      }
    }
    return files;
  }
}
