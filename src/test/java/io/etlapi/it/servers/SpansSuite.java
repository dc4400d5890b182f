package io.etlapi.it.servers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.it.server.Answer;
import io.etlapi.it.server.EtlClient;
import io.etlapi.it.server.ServerKind;
import io.etlapi.it.server.ServerProcess;
import io.etlapi.it.server.SpanReceiver;
import io.etlapi.it.server.SpanReceiver.Received;
import io.etlapi.it.server.TestBuild;
import io.etlapi.it.server.TestFiles;
import io.etlapi.json.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Spans as they arrive where a server with OpenTelemetry switched on sends them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class SpansSuite {

  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String CALLER = "00f067aa0ba902b7";
  private static final String TRACEPARENT = "00-" + TRACE + "-" + CALLER + "-01";

  /** Numbers of OTLP. */
  private static final long CONSUMER = 5;

  private static final long UNSET = 0;
  private static final long ERROR = 2;

  private final SpanReceiver receiver = new SpanReceiver();
  private final TestFiles files;
  protected final ServerProcess server;

  protected SpansSuite(ServerKind kind) {
    String name = "spans-" + kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
    files = new TestFiles(TestBuild.emptyFolder(name + "-data"));
    Map<String, String> settings = new HashMap<>(receiver.settings());
    settings.put("ETL_STEPS_DIR", files.folder().resolve("steps").toString());
    settings.put("ETL_PROCESS_STEPS", "true");
    settings.put("ETL_DATA_ROOTS", files.folder().toString());
    settings.put("ETL_SHUTDOWN_GRACE", "1");
    server = ServerProcess.of(kind, name, settings);
  }

  @BeforeAll
  void start() throws IOException {
    files.traceStep();
    server.start();
  }

  @AfterAll
  void stop() {
    server.close();
    receiver.close();
  }

  private EtlClient client() {
    return server.client();
  }

  @Test
  void anAttemptIsASpanBelowTheCallersAndAboveItsProgram() throws Exception {
    String id = run("show_trace", "{}");
    Answer end = client().awaitEnd(id, LIMIT);
    Received span = spanOf(id);

    assertEquals("completed", end.string("status"), end.text());
    assertEquals(TRACEPARENT, end.string("traceparent"), "what came with the request is kept");
    assertEquals("run show_trace", span.name());
    assertEquals(TRACE, span.traceId());
    assertEquals(CALLER, span.parentId());
    assertEquals(CONSUMER, span.kind());
    assertEquals(UNSET, span.status());
    assertTrue(span.nanos() > 0, span.toString());
    assertEquals(
        Map.of(
            "etl.task.id",
            id,
            "etl.step",
            "show_trace",
            "etl.attempt",
            1L,
            "etl.attempts.max",
            1L,
            "etl.task.status",
            "completed"),
        ours(span));
    String passedOn = "00-" + TRACE + "-" + span.spanId() + "-01";
    assertEquals(passedOn, end.string("output", "trace"), "what the program saw");
    assertTrue(client().get("/logs/" + id).text().contains(passedOn), "the log names the span");
  }

  @Test
  void anAttemptThatFailsSaysWhy() throws Exception {
    String id = run("read_csv", "{\"custom_params\": {\"file_path\": \"samples/missing.csv\"}}");
    Answer end = client().awaitEnd(id, LIMIT);
    Received span = spanOf(id);

    assertEquals("failed", end.string("status"), end.text());
    assertEquals(ERROR, span.status());
    assertEquals(end.string("error").lines().findFirst().orElseThrow(), span.message());
    assertEquals("failed", ours(span).get("etl.task.status"));
    assertEquals(TRACE, span.traceId());
  }

  @Test
  void theTasksOfARunAreInItsTrace() throws Exception {
    Answer stored =
        client()
            .put(
                "/pipelines/traced",
                Map.of(
                    "name",
                    "traced",
                    "nodes",
                    List.of(
                        Map.of("id", "one", "step", "show_trace"),
                        Map.of("id", "two", "step", "show_trace", "after", List.of("one")))));
    assertEquals(2, stored.status() / 100, stored.text());
    String id = run("traced", "{}");
    assertEquals("completed", client().awaitEnd(id, LIMIT).string("status"));

    Set<String> children = children(id);
    assertEquals(2, children.size());
    for (String child : children) {
      Received span = spanOf(child);
      assertEquals(TRACE, span.traceId());
      assertEquals(CALLER, span.parentId());
    }
  }

  /** The server itself shows the request, which then is what the attempt belongs to. */
  @Test
  void whereNobodySaysWhatTraceItIsTheRequestSpanIsTheParent() {
    String id = client().complete("show_trace", Map.of()).string("task_id");
    Received span = spanOf(id);

    Received request =
        receiver.await("the parent of " + span, other -> other.spanId().equals(span.parentId()));
    assertEquals(request.traceId(), span.traceId());
  }

  private Set<String> children(String id) {
    return client().get("/tasks?parent=" + id).array().stream()
        .map(task -> String.valueOf(task.get("task_id")))
        .collect(Collectors.toSet());
  }

  private static Map<String, Object> ours(Received span) {
    return span.attributes().entrySet().stream()
        .filter(entry -> entry.getKey().startsWith("etl."))
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  private Received spanOf(String id) {
    return receiver.await(
        "the span of task " + id, span -> id.equals(span.attributes().get("etl.task.id")));
  }

  /** Starts a step within a trace; the id of its task. */
  private String run(String step, String body) throws Exception {
    HttpResponse<String> accepted =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(server.uri() + "/run/" + step))
                    .header("traceparent", TRACEPARENT)
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(body))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    assertEquals(200, accepted.statusCode(), accepted.body());
    return String.valueOf(Json.parseObject(accepted.body()).get("task_id"));
  }
}
