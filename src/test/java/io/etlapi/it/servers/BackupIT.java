package io.etlapi.it.servers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.it.server.Answer;
import io.etlapi.it.server.Await;
import io.etlapi.it.server.Commands;
import io.etlapi.it.server.EtlClient;
import io.etlapi.it.server.ServerKind;
import io.etlapi.it.server.ServerProcess;
import io.etlapi.it.server.TestBuild;
import io.etlapi.it.server.TestFiles;
import io.etlapi.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The shipped backup script on a storage that is in use, and on one that is not; both copies serve
 * from where they are, which is not where the storage was.
 */
@Tag("servers")
class BackupIT {

  private static final Duration LIMIT = Duration.ofMinutes(4);

  private final TestFiles files = new TestFiles(TestBuild.emptyFolder("backup-data"));
  private final Path folder = TestBuild.emptyFolder("backup");

  @Test
  void whatTheCopySaysIsInTheCopyWhereverThatIs() throws Exception {
    Path whileRunning = folder.resolve("while-running");
    try (ServerProcess first = on(folder.resolve("storage")).start()) {
      backUpUnderLoad(first, whileRunning);
      AssertionError again =
          assertThrows(AssertionError.class, () -> backUp(first.storage(), whileRunning));
      assertTrue(String.valueOf(again.getMessage()).contains("is there already"), again::toString);
    }
    // Nothing that is found from now on was found in its old place.
    TestBuild.delete(folder.resolve("storage"));
    Map<String, String> copied = statuses(whileRunning);
    assertTrue(copied.containsValue("completed"), copied::toString);
    assertFalse(Files.exists(whileRunning.resolve(".lock")));

    Map<String, String> restored = new TreeMap<>();
    try (ServerProcess second = on(whileRunning).start()) {
      EtlClient client = second.client();
      copied.forEach((id, status) -> restored.put(id, assertRestored(client, id, status)));
      assertFalse(Files.exists(whileRunning.resolve("quarantine")), second::logTail);
      second.terminate();
    }

    Path whileStopped = folder.resolve("while-stopped");
    backUp(whileRunning, whileStopped);
    TestBuild.delete(whileRunning);
    try (ServerProcess third = on(whileStopped).start()) {
      EtlClient client = third.client();
      restored.forEach((id, status) -> assertEquals(status, assertRestored(client, id, status)));
      assertFalse(Files.exists(whileStopped.resolve("quarantine")), third::logTail);
    }
  }

  /** The task's status; of a completed one the output is there, for people and for tasks. */
  private static String assertRestored(EtlClient client, String id, String status) {
    Answer end = client.awaitEnd(id, LIMIT);
    if (status.equals("completed")) {
      assertEquals("completed", end.string("status"), end::toString);
      assertNotNull(end.at("output"), end::toString);
      Answer rows = client.get("/output/" + id + "/rows?limit=1");
      assertEquals(200, rows.status(), rows::toString);
      assertEquals(500, rows.number("total_rows"), rows::toString);
    }
    return end.string("status");
  }

  private void backUpUnderLoad(ServerProcess server, Path target) throws InterruptedException {
    EtlClient client = server.client();
    String csv = files.numbered("backup.csv", "x", 500);
    String input = client.complete("read_csv", TestFiles.reading(csv)).string("task_id");
    // Its input is named by a path below the storage folder.
    client.complete(
        "filter",
        Map.of(
            "inputs", Map.of("read_csv", input), "custom_params", Map.of("condition", "id > 0")));
    AtomicBoolean enough = new AtomicBoolean();
    AtomicInteger accepted = new AtomicInteger();
    Thread load =
        new Thread(
            () -> {
              while (!enough.get()) {
                client
                    .tryPost("/run/read_csv", TestFiles.reading(csv))
                    .filter(answer -> answer.status() == 200)
                    .ifPresent(answer -> accepted.incrementAndGet());
                Await.until(
                    "the queue is short",
                    LIMIT,
                    () -> client.get("/stats").number("queued_tasks") < 20 || enough.get());
              }
            });
    load.start();
    try {
      Await.until("some tasks are accepted", LIMIT, () -> accepted.get() >= 20);
      backUp(server.storage(), target);
    } finally {
      enough.set(true);
      load.join();
    }
  }

  private void backUp(Path storage, Path target) {
    Commands.run(
        folder,
        Map.of(),
        List.of(
            TestBuild.serverConfig().resolve("backup.sh").toString(),
            storage.toString(),
            target.toString()));
  }

  private ServerProcess on(Path storage) {
    return ServerProcess.onStorage(
        ServerKind.PAYARA_MICRO,
        "backup-server",
        storage,
        Map.of("ETL_DATA_ROOTS", files.folder().toString(), "ETL_ENGINE_MEMORY", "512M"));
  }

  /** By id, what the records of a folder say. */
  private static Map<String, String> statuses(Path storage) throws IOException {
    Map<String, String> statuses = new TreeMap<>();
    try (Stream<Path> entries = Files.list(storage)) {
      for (Path file : entries.toList()) {
        if (file.getFileName().toString().matches("[a-f0-9-]{36}\\.json")) {
          Map<String, ?> task = Json.parseObject(Files.readString(file));
          statuses.put(String.valueOf(task.get("task_id")), String.valueOf(task.get("status")));
        }
      }
    }
    return statuses;
  }
}
