package io.etlapi.it;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.it.server.Answer;
import io.etlapi.it.server.EtlClient;
import io.etlapi.it.server.ServerProcess;
import io.etlapi.it.server.SharedServer;
import io.etlapi.it.server.TestFiles;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Every endpoint, field by field. */
@ExtendWith(SharedServer.class)
class HttpInterfaceIT {

  private final EtlClient client;
  private final ServerProcess server;
  private final String orders;

  HttpInterfaceIT(EtlClient client, ServerProcess server, TestFiles files) {
    this.client = client;
    this.server = server;
    this.orders =
        files.write(
            "interface/orders.csv",
            "id,region,amount\n007,north,10.50\n008,south,2\n009,north,3\n");
  }

  @Test
  void theRootIntroducesItself() {
    Answer root = client.get("/", "Accept", "application/json");

    assertEquals(200, root.status());
    assertAll(
        () -> assertFalse(root.string("message").isBlank()),
        () -> assertTrue(root.string("version").matches("\\d+\\.\\d+\\.\\d+.*")),
        () -> assertNotNull(root.at("architecture")));
  }

  @Test
  void theStepsAreListedWithDisplayNamesAndACatalogue() {
    Answer steps = client.get("/steps");

    assertEquals(200, steps.status());
    Map<?, ?> names = assertInstanceOf(Map.class, steps.at("steps"));
    assertEquals(names.size(), steps.number("total_steps"));
    assertEquals(
        List.of(
            "reading_config_comp Reading_Config_Comp",
            "read_src_comp Read_SRC_Comp",
            "read_tgt_comp Read_TGT_Comp",
            "pre_harmonisation_src_comp Reading & Pre-Harmonisation_SRC",
            "harmonisation_src_comp Harmonisation_SRC",
            "enrichment_file_search_src_comp Enrichment File Search_SRC",
            "enrichment_src_comp Enrichment_SRC",
            "data_transform_src_comp Data Transform Post Enrichment_SRC",
            "pre_harmonisation_tgt_comp Reading & Pre-Harmonisation_TGT",
            "harmonisation_tgt_comp Harmonisation_TGT",
            "enrichment_file_search_tgt_comp Enrichment File Search_TGT",
            "enrichment_tgt_comp Enrichment_TGT",
            "data_transform_tgt_comp Data Transform Post Enrichment_TGT",
            "combine_data_comp Combine SRC and TGT Data",
            "apply_rules_comp Apply Rec Rules & Break Explain",
            "output_rules_comp Output Rules",
            "break_rolling_comp BreakRolling Details",
            "read_csv Read CSV File",
            "read_parquet Read Parquet File",
            "read_excel Read Excel File",
            "convert_parquet Convert to Parquet",
            "filter Filter Data",
            "join Join Data",
            "aggregate Aggregate Data",
            "output Data Output"),
        names.entrySet().stream()
            .limit(25)
            .map(entry -> entry.getKey() + " " + entry.getValue())
            .toList());
    for (String step : List.of("extract", "transform", "load", "validate", "enrich")) {
      assertTrue(names.containsKey(step), step);
    }
    assertNotNull(steps.at("catalogue"));
  }

  @Test
  void aRunAnswersWithTheTaskAndWhereItsStatusIs() {
    Answer run = client.post("/run/read_csv", TestFiles.reading(orders));

    assertEquals(200, run.status(), run::toString);
    String id = run.string("task_id");
    assertAll(
        () -> assertTrue(Set.of("started", "queued").contains(run.string("status"))),
        () -> assertEquals("read_csv", run.string("step_name")),
        () -> assertEquals(server.pid(), run.number("pid")),
        () -> assertTrue(run.number("thread_id") >= 0),
        () ->
            assertEquals(
                "/status/" + id,
                server.uri().resolve(run.header("Location").orElse("")).getPath()));
    client.awaitEnd(id, Duration.ofSeconds(30));
  }

  @Test
  void aFinishedTaskHasItsWholeStatus() {
    Instant before = Instant.now().minusSeconds(1);
    Answer status = client.complete("read_csv", TestFiles.reading(orders));

    assertAll(
        () -> assertEquals("completed", status.string("status")),
        () -> assertEquals("read_csv", status.string("step_name")),
        () -> assertNull(status.at("error")),
        () -> assertTrue(Instant.parse(status.string("created_at")).isAfter(before)),
        () -> assertNotNull(Instant.parse(status.string("started_at"))),
        () -> assertNotNull(Instant.parse(status.string("completed_at"))),
        () -> assertTrue(status.string("completed_at").endsWith("Z")),
        () -> assertEquals(1, status.number("attempt")),
        () -> assertTrue(status.json().containsKey("progress")),
        () -> assertTrue(status.json().containsKey("queue_position")),
        () -> assertTrue(status.json().containsKey("parent_id")),
        () -> assertTrue(status.json().containsKey("children")));
  }

  @Test
  void theOutputOfAStepHasMeasuredFigures() {
    Answer status = client.complete("read_csv", TestFiles.reading(orders));
    Answer output = client.get("/output/" + status.string("task_id"));

    assertEquals(200, output.status());
    assertEquals(status.at("output"), output.at("output"));
    assertAll(
        () -> assertEquals("success", output.string("output", "status")),
        () -> assertEquals("3", output.string("output", "count")),
        () -> assertNull(output.at("output", "fail_message")),
        () ->
            assertEquals(
                List.of("id", "region", "amount"),
                output.at("output", "calculation_results", "headers")),
        () -> assertEquals(3, output.number("output", "calculation_results", "total_rows")),
        () -> assertEquals("3x3", output.string("output", "calculation_results", "table_size")),
        () -> assertEquals(3, output.number("output", "file_info", "rows")),
        () ->
            assertTrue(
                output.string("output", "file_info", "sha256").matches("[0-9a-f]{64}"),
                output::toString));
    List<?> table =
        assertInstanceOf(List.class, output.at("output", "calculation_results", "table"));
    assertEquals("007", assertInstanceOf(List.class, table.get(0)).get(0));
    List<?> profiles = assertInstanceOf(List.class, output.at("output", "histogram_data"));
    assertEquals(3, profiles.size());
  }

  @Test
  void aFailedTaskSaysWhyInStatusAndOutput() {
    String path = orders.replace("orders.csv", "not-there.csv");
    Answer run = client.post("/run/read_csv", TestFiles.reading(path));
    assertEquals(200, run.status(), run::toString);
    String id = run.string("task_id");

    Answer status = client.awaitEnd(id, Duration.ofSeconds(30));
    Answer output = client.get("/output/" + id);

    assertEquals("failed", status.string("status"));
    assertNull(status.at("output"));
    assertTrue(status.string("error").contains("not-there.csv"), status::toString);
    assertEquals(200, output.status());
    assertEquals("Task failed: " + status.string("error"), output.string("output"));
    assertEquals("failed", output.string("status"));
    assertEquals(status.string("error"), output.string("error"));
  }

  @Test
  void aFinishedTaskIsNotRunningAndCanBeDeleted() {
    String id = client.complete("read_csv", TestFiles.reading(orders)).string("task_id");

    Answer stop = client.post("/stop/" + id);
    assertEquals(200, stop.status());
    assertEquals("not_running", stop.string("status"));
    assertEquals(id, stop.string("task_id"));
    assertEquals("completed", client.statusWord(id));

    assertEquals(204, client.delete("/tasks/" + id).status());
    Answer gone = client.status(id);
    assertEquals(404, gone.status());
    assertNull(gone.json().getOrDefault("output", "no such member"));
    assertEquals(404, client.delete("/tasks/" + id).status());
  }

  @Test
  void healthAndStatsShowTheServer() {
    Answer health = client.get("/health");
    Answer stats = client.get("/stats");

    assertEquals("healthy", health.string("status"));
    assertNotNull(Instant.parse(health.string("timestamp")));
    for (Answer answer : List.of(stats)) {
      assertAll(
          () -> assertTrue(answer.number("total_tasks") >= 0),
          () -> assertTrue(answer.number("running_tasks") >= 0),
          () -> assertTrue(answer.number("completed_tasks") >= 0),
          () -> assertTrue(answer.number("failed_tasks") >= 0),
          () -> assertEquals(SharedServer.MAX_CONCURRENT, answer.number("max_concurrent_tasks")),
          () -> assertEquals(24, answer.number("task_ttl_hours")),
          () -> assertEquals(server.storage().toString(), answer.string("storage_directory")));
    }
    assertEquals(
        stats.json().keySet(), assertInstanceOf(Map.class, health.at("system_stats")).keySet());
  }

  @Test
  void tasksAreListedNewestFirstAndPageByPage() {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      ids.add(0, client.complete("read_csv", TestFiles.reading(orders)).string("task_id"));
    }
    List<String> listed = new ArrayList<>();
    @Nullable String page = "/tasks?limit=2&step=read_csv";
    for (int pages = 0; page != null && pages < 3; pages++) {
      Answer answer = client.get(page);
      assertEquals(200, answer.status(), answer::toString);
      assertEquals(2, answer.array().size());
      for (Map<String, @Nullable Object> task : answer.array()) {
        assertTrue(
            task.keySet()
                .containsAll(
                    Set.of("task_id", "step_name", "status", "created_at", "completed_at")),
            answer::toString);
        listed.add(String.valueOf(task.get("task_id")));
      }
      page =
          answer
              .header("Link")
              .map(link -> link.replaceAll("^<([^>]*)>;\\s*rel=\"next\".*$", "$1"))
              .orElse(null);
    }
    assertEquals(ids, listed.subList(0, 5));
  }

  @Test
  void tasksAreFilteredByStatus() {
    client.complete("read_csv", TestFiles.reading(orders));

    Answer completed = client.get("/tasks?status=completed&limit=1000");
    assertFalse(completed.array().isEmpty());
    completed.array().forEach(task -> assertEquals("completed", task.get("status")));
    assertTrue(client.get("/tasks?since=2999-01-01T00:00:00Z").array().isEmpty());
    assertTrue(client.get("/tasks?q=no-such-thing").array().isEmpty());
  }

  @Test
  void cleanUpRunsNowAndKeepsWhatIsYoung() {
    String id = client.complete("read_csv", TestFiles.reading(orders)).string("task_id");

    Answer cleanup = client.post("/cleanup/now");

    assertEquals(200, cleanup.status());
    assertEquals("success", cleanup.string("status"));
    assertEquals(
        "Manual cleanup completed: 0 tasks cleaned", cleanup.string("message"), cleanup::toString);
    assertEquals(0, cleanup.number("details", "tasks_cleaned"));
    assertEquals(List.of(), cleanup.at("details", "cleaned_task_ids"));
    assertEquals("completed", client.statusWord(id));
  }

  @Test
  void theCleanUpScheduleCanBeChanged() {
    Answer changed =
        client.post("/cleanup/schedule", Map.of("hour", 3, "minute", 30, "timezone", "UTC"));
    Answer now = client.get("/cleanup/schedule");

    assertEquals(200, changed.status(), changed::toString);
    assertEquals("success", changed.string("status"));
    assertEquals("Cleanup scheduled for 03:30 UTC daily", changed.string("message"));
    assertTrue(now.string("schedule", "next_run").contains("T03:30"), now::toString);
    assertNotNull(now.at("schedule", "trigger"));

    assertEquals(
        "Cleanup scheduled for 23:00 UTC daily",
        client.post("/cleanup/schedule", Map.of()).string("message"));
  }

  @Test
  void theInterfaceDescribesItself() {
    Answer openapi = client.get("/openapi.json");

    assertEquals(200, openapi.status());
    assertTrue(
        assertInstanceOf(Map.class, openapi.at("paths")).containsKey("/run/{step}"),
        openapi::toString);
    assertEquals(200, client.get("/openapi").status());
  }

  @Test
  void noServerPathLeaksIntoAnUnknownAddress() {
    Answer nowhere = client.get("/no/such/thing");

    assertEquals(404, nowhere.status());
    assertTrue(nowhere.contentType().startsWith("application/problem+json"), nowhere::toString);
    assertNotEquals("", nowhere.string("detail"));
  }
}
