package io.etlapi.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.it.server.Answer;
import io.etlapi.it.server.EtlClient;
import io.etlapi.it.server.RawHttp;
import io.etlapi.it.server.ServerProcess;
import io.etlapi.it.server.SharedServer;
import io.etlapi.it.server.TestFiles;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The right status and one clear sentence; nothing lost, nothing leaked. */
@ExtendWith(SharedServer.class)
class BadInputIT {

  private static final int HUNDRED_MEGABYTES = 100 << 20;

  private final EtlClient client;
  private final ServerProcess server;
  private final TestFiles files;

  BadInputIT(EtlClient client, ServerProcess server, TestFiles files) {
    this.client = client;
    this.server = server;
    this.files = files;
  }

  @Test
  void anUnknownStepIsRefusedWithTheNearestName() {
    Answer answer = client.post("/run/reed_csv", Map.of());

    assertProblem(400, answer);
    assertTrue(answer.string("detail").contains("Invalid step name: reed_csv"), answer::toString);
    assertTrue(answer.string("detail").contains("read_csv"), answer::toString);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{",
        "{\"a\":}",
        "[1,2",
        "nul",
        "{\"a\":1}{",
        "\"text",
        "{'a':1}",
        "\u0000",
        "{}x"
      })
  void malformedJsonIsRefused(String body) {
    assertProblem(400, client.post("/run/read_csv", "application/json", body));
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "3", "\"text\"", "true"})
  void aBodyThatIsNoObjectIsRefused(String body) {
    Answer answer = client.post("/run/read_csv", "application/json", body);

    assertTrue(answer.status() == 400 || answer.status() == 422, answer::toString);
    assertFalse(answer.string("detail").isBlank());
  }

  @Test
  void jsonAThousandDeepIsRefused() {
    String deep = "{\"a\":".repeat(1000) + "1" + "}".repeat(1000);

    assertProblem(400, client.post("/run/read_csv", "application/json", deep));
    assertProblem(
        400, client.post("/run/read_csv", "application/json", "[".repeat(1000) + "]".repeat(1000)));
  }

  @Test
  void aBodyThatIsNotJsonIsRefused() {
    assertProblem(415, client.post("/run/read_csv", "text/csv", "a,b"));
    assertProblem(415, client.post("/run/read_csv", "application/x-www-form-urlencoded", "a=b"));
  }

  @Test
  void aHundredMegabytesWithALengthAreRefused() {
    String answer =
        RawHttp.send(
            server.port(),
            BadInputIT::writeHundredMegabytes,
            "POST /run/read_csv HTTP/1.1",
            "Host: 127.0.0.1:" + server.port(),
            "Content-Type: application/json",
            "Content-Length: " + HUNDRED_MEGABYTES);

    assertEquals(413, RawHttp.status(answer), answer);
    assertHealthy();
  }

  @Test
  void aHundredMegabytesInChunksAreRefused() {
    String answer =
        RawHttp.send(
            server.port(),
            out -> {
              byte[] megabyte = " ".repeat(1 << 20).getBytes(StandardCharsets.US_ASCII);
              for (int i = 0; i < 100; i++) {
                out.write("100000\r\n".getBytes(StandardCharsets.US_ASCII));
                out.write(megabyte);
                out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
              }
              out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            },
            "POST /run/read_csv HTTP/1.1",
            "Host: 127.0.0.1:" + server.port(),
            "Content-Type: application/json",
            "Transfer-Encoding: chunked");

    assertEquals(413, RawHttp.status(answer), answer);
    assertHealthy();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"parameters\": 3}|/parameters",
        "{\"custom_params\": [1]}|/custom_params",
        "{\"previous_outputs\": \"x\"}|/previous_outputs",
        "{\"inputs\": {\"a\": 3}}|/inputs/a",
        "{\"priority\": 10}|/priority",
        "{\"priority\": \"high\"}|/priority",
        "{\"timeout_seconds\": 0}|/timeout_seconds",
        "{\"timeout_seconds\": -1}|/timeout_seconds",
        "{\"retries\": -1}|/retries",
        "{\"retries\": 1.5}|/retries",
        "{\"custom_params\": {\"file_path\": 3}}|/custom_params/file_path",
        "{\"custom_params\": {\"file_path\": \"x.csv\", \"skip_rows\":"
            + " -1}}|/custom_params/skip_rows",
      })
  void aValueOfTheWrongTypeIsRefusedByName(String body, String pointer) {
    Answer answer = client.post("/run/read_csv", "application/json", body);

    assertProblem(422, answer);
    assertTrue(answer.text().contains(pointer), answer::toString);
  }

  @Test
  void everyFaultIsNamedAtOnce() {
    Answer answer =
        client.post(
            "/run/read_csv",
            Map.of("priority", 99, "retries", "many", "custom_params", Map.of("file_path", 3)));

    assertProblem(422, answer);
    for (String pointer : List.of("/priority", "/retries")) {
      assertTrue(answer.text().contains(pointer), answer::toString);
    }
  }

  @Test
  void aMissingRequiredParameterIsNamed() {
    Answer answer = client.post("/run/read_csv");

    assertProblem(422, answer);
    assertTrue(answer.text().contains("file_path"), answer::toString);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/etc/passwd",
        "../../../../etc/passwd",
        "file:///etc/passwd",
        "http://127.0.0.1/x.csv",
        "s3://bucket/x.csv",
        "/proc/self/environ",
        "x\u0000.csv"
      })
  void aPathOutsideTheRootsIsRefused(String path) {
    Answer answer = client.post("/run/read_csv", TestFiles.reading(path));

    assertProblem(422, answer);
    assertFalse(answer.text().contains(files.folder().toString()), answer::toString);
    assertFalse(answer.text().contains(server.storage().toString()), answer::toString);
  }

  @Test
  void aLinkThatLeadsOutOfTheRootsIsRefused() throws IOException {
    Path link = files.folder().resolve("leads-out.csv");
    Files.deleteIfExists(link);
    Files.createSymbolicLink(link, Path.of("/etc/passwd"));

    assertProblem(422, client.post("/run/read_csv", TestFiles.reading(link.toString())));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "abc",
        "00000000-0000-0000-0000-00000000000G",
        "..%2f..%2fetc%2fpasswd",
        "00000000-0000-7000-8000-000000000000",
        "0%00",
        "%20",
        "null"
      })
  void anIdThatIsNoIdIsNotFound(String id) {
    for (Answer answer :
        List.of(
            client.get("/status/" + id), client.get("/output/" + id), client.post("/stop/" + id))) {
      assertTrue(answer.status() == 404 || answer.status() == 400, answer::toString);
      assertFalse(answer.text().contains("<html"), answer::toString);
    }
  }

  @Test
  void anUnknownTaskCarriesTheFieldsOfAStatus() {
    Answer answer = client.status("00000000-0000-7000-8000-000000000000");

    assertProblem(404, answer);
    assertNull(answer.json().getOrDefault("output", "no such member"));
  }

  @Test
  void inputsThatAreNoTasksAreRefused() {
    Answer answer =
        client.post(
            "/run/filter",
            Map.of(
                "inputs",
                Map.of("read_csv", "00000000-0000-7000-8000-000000000000"),
                "custom_params",
                Map.of("condition", "a > 1")));

    assertProblem(422, answer);
    assertTrue(answer.text().contains("/inputs/read_csv"), answer::toString);
  }

  @Test
  void aJoinOfOneIsRefused() {
    String csv = files.write("bad/one.csv", "k\n1\n");
    String id = client.complete("read_csv", TestFiles.reading(csv)).string("task_id");

    assertProblem(
        422,
        client.post(
            "/run/join",
            Map.of(
                "inputs", Map.of("left", id),
                "custom_params", Map.of("left_key", "k", "right_key", "k"))));
  }

  @Test
  void anInputThatVanishedFailsTheTaskByName() throws IOException {
    String csv = files.write("bad/vanishes.csv", "k\n1\n");
    String id = client.complete("read_csv", TestFiles.reading(csv)).string("task_id");
    String published = client.status(id).string("output", "file_info", "file_path");
    Files.delete(Path.of(csv));
    assertEquals(204, client.delete("/tasks/" + id).status());

    Answer again = client.post("/run/read_csv", TestFiles.reading(csv));
    assertEquals(200, again.status(), again::toString);
    Answer end = client.awaitEnd(again.string("task_id"), Duration.ofSeconds(30));
    assertEquals("failed", end.string("status"));
    assertTrue(end.string("error").contains("vanishes.csv"), end::toString);

    Answer gone = client.post("/run/read_parquet", TestFiles.reading(published));
    assertTrue(gone.status() == 422 || failed(gone), gone::toString);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1=1; DROP TABLE x",
        "1=1) --",
        "(SELECT count(*) FROM read_text('/etc/passwd')) > 0",
        "getenv('HOME') = 'x'",
        "current_setting('memory_limit') = 'x'",
        "a = (SELECT 1)"
      })
  void aConditionCannotLeaveTheExpression(String condition) {
    String csv = files.write("bad/condition.csv", "a\n1\n");
    String id = client.complete("read_csv", TestFiles.reading(csv)).string("task_id");

    Answer run =
        client.post(
            "/run/filter",
            Map.of("inputs", Map.of("x", id), "custom_params", Map.of("condition", condition)));

    assertTrue(run.status() == 422 || failed(run), run::toString);
  }

  @Test
  void aMethodThatIsNotThereIsRefused() {
    Answer answer = client.send("PUT", "/run/read_csv");

    assertProblem(405, answer);
    assertTrue(answer.header("Allow").orElse("").contains("POST"), answer::toString);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/tasks?limit=0",
        "/tasks?limit=1001",
        "/tasks?limit=x",
        "/tasks?status=sleeping",
        "/tasks?since=yesterday"
      })
  void aFilterThatIsNoneIsRefused(String path) {
    assertProblem(422, client.get(path));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"hour\": 24}",
        "{\"minute\": -1}",
        "{\"hour\": \"x\"}",
        "{\"timezone\": \"Mars/Base\"}"
      })
  void aScheduleThatIsNoneIsRefused(String body) {
    assertProblem(422, client.post("/cleanup/schedule", "application/json", body));
  }

  @Test
  void controlCharactersDoNotForgeLogLines() {
    Answer answer = client.post("/run/x%0a2026-01-01%20forged", Map.of());

    assertEquals(400, answer.status(), answer::toString);
    assertFalse(server.log().contains("\n2026-01-01 forged"), server::logTail);
  }

  private boolean failed(Answer run) {
    return run.status() == 200
        && "failed"
            .equals(
                client.awaitEnd(run.string("task_id"), Duration.ofSeconds(30)).string("status"));
  }

  private void assertHealthy() {
    assertEquals(200, client.get("/health").status());
  }

  private static void assertProblem(int status, Answer answer) {
    assertEquals(status, answer.status(), answer::toString);
    assertTrue(answer.contentType().startsWith("application/problem+json"), answer::contentType);
    assertEquals(status, answer.number("status"));
    assertFalse(answer.string("title").isBlank());
    assertFalse(answer.string("detail").isBlank());
    assertFalse(answer.text().contains("\tat "), answer::toString);
  }

  private static void writeHundredMegabytes(OutputStream out) throws IOException {
    byte[] megabyte = " ".repeat(1 << 20).getBytes(StandardCharsets.US_ASCII);
    for (int i = 0; i < 100; i++) {
      out.write(megabyte);
    }
  }
}
