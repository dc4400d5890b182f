package io.etlapi.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.it.server.Answer;
import io.etlapi.it.server.EtlClient;
import io.etlapi.it.server.ServerKind;
import io.etlapi.it.server.ServerProcess;
import io.etlapi.it.server.SlowJoin;
import io.etlapi.it.server.TestBuild;
import io.etlapi.it.server.TestFiles;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The same WAR, byte for byte, on another server: what differs between servers shows here. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WildFlyIT {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final TestFiles files = new TestFiles(TestBuild.emptyFolder("wildfly-data"));
  private final ServerProcess server =
      ServerProcess.of(
          ServerKind.WILDFLY,
          "wildfly",
          Map.of(
              "ETL_DATA_ROOTS", files.folder().toString(),
              "ETL_ENGINE_MEMORY", "512M",
              "ETL_SHUTDOWN_GRACE", "1"));
  private final EtlClient client = server.client();

  @BeforeAll
  void start() {
    server.start();
  }

  @AfterAll
  void stop() {
    server.close();
  }

  @Test
  void theWarIsTheOneThatRunsEverywhere() {
    Path deployed = Path.of("target", "it", "wildfly", "wildfly", "deployments", "etl-api.war");

    assertEquals(TestBuild.sha256(TestBuild.war()), TestBuild.sha256(deployed));
  }

  @Test
  void theInterfaceAnswersAtTheRoot() {
    assertEquals(200, client.get("/", "Accept", "application/json").status());
    assertEquals(200, client.get("/steps").status());
    assertEquals("healthy", client.get("/health").string("status"));
    assertEquals(200, client.get("/openapi.json").status());
    assertEquals(404, client.status("00000000-0000-7000-8000-000000000000").status());
    assertEquals(400, client.post("/run/no_such_step", Map.of()).status());
    assertEquals(400, client.post("/run/read_csv", "application/json", "{").status());
  }

  @Test
  void aWorkflowRunsOnRealFiles() {
    String csv = files.numbered("wf.csv", "x", 100);
    String read = client.complete("read_csv", TestFiles.reading(csv)).string("task_id");
    Answer kept =
        client.complete(
            "filter",
            Map.of(
                "inputs",
                Map.of("read_csv", read),
                "custom_params",
                Map.of("condition", "id <= 10")));
    Answer summed =
        client.complete(
            "aggregate",
            Map.of(
                "inputs",
                Map.of("filter", kept.string("task_id")),
                "custom_params",
                Map.of("group_by", "owner", "aggregations", "sum:id")));

    assertEquals("[[x, 55]]", String.valueOf(summed.at("output", "calculation_results", "table")));
  }

  @Test
  void aRunningQueryIsStopped() {
    String id = SlowJoin.on(client, files).run(client);
    Answer stop = client.post("/stop/" + id);

    assertTrue(List.of("cancelled", "stopping").contains(stop.string("status")));
    assertEquals("cancelled", client.awaitEnd(id, LIMIT).string("status"));
  }

  @Test
  void whatIsStoredOutlivesAKillAndACleanStop() {
    String csv = files.numbered("kept.csv", "x", 10);
    String id = client.complete("read_csv", TestFiles.reading(csv)).string("task_id");

    server.kill9();
    server.start();
    assertEquals("completed", client.statusWord(id));

    server.terminate();
    server.start();
    assertEquals("10", client.status(id).string("output", "count"));
  }
}
