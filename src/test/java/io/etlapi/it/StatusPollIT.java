package io.etlapi.it;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.it.server.Answer;
import io.etlapi.it.server.Await;
import io.etlapi.it.server.EtlClient;
import io.etlapi.it.server.SharedServer;
import io.etlapi.it.server.SlowJoin;
import io.etlapi.it.server.TestFiles;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What clients that poll rely on: conditions, waiting, the same refusals as everywhere. */
@ExtendWith(SharedServer.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StatusPollIT {

  private final EtlClient client;
  private final TestFiles files;
  private final String finished;

  StatusPollIT(EtlClient client, TestFiles files) {
    this.client = client;
    this.files = files;
    String orders = files.write("polls/orders.csv", "id,amount\n007,10.50\n008,2\n");
    this.finished = client.complete("read_csv", TestFiles.reading(orders)).string("task_id");
  }

  @Test
  void aPollOfWhatHasNotChangedHasNoBody() {
    Answer first = client.status(finished);
    String tag = first.header("ETag").orElseThrow();
    assertEquals("private, no-cache, no-transform", first.header("Cache-Control").orElse(""));
    for (String list : new String[] {tag, "W/" + tag, "\"other\", " + tag, "*"}) {
      Answer again = client.get("/status/" + finished, "If-None-Match", list);
      assertAll(
          list,
          () -> assertEquals(304, again.status()),
          () -> assertEquals("", again.text()),
          () -> assertEquals(tag, again.header("ETag").orElse("")),
          () -> assertEquals("nosniff", again.header("X-Content-Type-Options").orElse("")));
    }
    Answer changed = client.get("/status/" + finished, "If-None-Match", "\"other\"");
    assertEquals(200, changed.status());
    assertEquals(first.text(), changed.text());
  }

  @Test
  void aConditionOnAnotherStateIsRefused() {
    Answer refused = client.get("/status/" + finished, "If-Match", "\"other\"");
    assertEquals(412, refused.status());
    assertEquals("application/problem+json", refused.contentType());
  }

  @Test
  void theLengthIsKnownBeforeTheBody() {
    Answer answer = client.status(finished);
    assertTrue(answer.header("Content-Length").isPresent(), () -> answer.headers().toString());
    assertTrue(answer.contentType().startsWith("application/json"), answer.contentType());
  }

  @Test
  void aClientThatWaitsHearsOfTheEndAndTheTagChanges() {
    SlowJoin slow = SlowJoin.on(client, files);
    String id = slow.run(client);
    Answer running = client.status(id);
    assertNull(running.at("output"));
    CompletableFuture<Answer> waiting =
        CompletableFuture.supplyAsync(() -> client.get("/status/" + id, "Prefer", "wait=25"));
    Await.until("it runs", Duration.ofSeconds(60), () -> client.statusWord(id).equals("running"));
    client.post("/stop/" + id);
    Answer ended = waiting.join();
    assertEquals("wait=25", ended.header("Preference-Applied").orElse(""));
    assertEquals("cancelled", ended.string("status"), ended::toString);
    assertNotEquals(running.header("ETag"), ended.header("ETag"));
  }

  @Test
  void aWaitThatIsUpAnswersWithWhatIsThen() {
    String id = SlowJoin.on(client, files).run(client);
    Answer then = client.get("/status/" + id, "Prefer", "wait=1");
    assertEquals(200, then.status());
    assertTrue(!EtlClient.isTerminal(then.string("status")), then::toString);
    client.post("/stop/" + id);
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "DELETE", "PATCH"})
  void otherMethodsAreRefusedAndTheRightOnesNamed(String method) {
    Answer refused = client.send(method, "/status/" + finished);
    assertEquals(405, refused.status());
    assertEquals("application/problem+json", refused.contentType());
    assertTrue(refused.header("Allow").orElse("").contains("GET"), refused::toString);
  }

  @Test
  void whoTakesNoJsonIsToldSo() {
    Answer refused = client.get("/status/" + finished, "Accept", "text/html");
    assertEquals(406, refused.status());
    assertEquals("application/problem+json", refused.contentType());
  }

  @ParameterizedTest
  @ValueSource(strings = {"/status", "/status/", "/status/a/b", "/status//"})
  void thereIsNothingBesideTheTasks(String path) {
    Answer refused = client.get(path);
    assertEquals(404, refused.status(), refused::toString);
    assertEquals("Not found", refused.string("title"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "01a21333-a2be-7413-9f1a-885ff6e5d401", "no-such-task"})
  void anUnknownTaskIsNotFound(String id) {
    Answer refused = client.get("/status/" + id);
    assertEquals(404, refused.status(), refused::toString);
    assertEquals("application/problem+json", refused.contentType());
  }

  @Test
  void aHeadHasTheHeadersWithoutTheBody() {
    Answer head = client.send("HEAD", "/status/" + finished);
    assertEquals(200, head.status());
    assertEquals("", head.text());
    assertEquals(client.status(finished).header("ETag"), head.header("ETag"));
  }
}
