package io.etlapi.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.it.server.Answer;
import io.etlapi.it.server.EtlClient;
import io.etlapi.it.server.SharedServer;
import io.etlapi.it.server.TestFiles;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** What makes it safe to send a request again, and cheap to ask again for what has not changed. */
@ExtendWith(SharedServer.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ResendIT {

  private static final int POSTS = 50;
  private static final Duration END_LIMIT = Duration.ofMinutes(2);

  private final EtlClient client;
  private final Map<String, Object> body;

  ResendIT(EtlClient client, TestFiles files) {
    this.client = client;
    this.body = TestFiles.reading(files.numbered("resend.csv", "x", 100));
  }

  @Test
  void fiftyPostsAtOnceWithOneKeyMakeOneTask() throws Exception {
    String key = UUID.randomUUID().toString();
    List<Answer> answers = atOnce(() -> post("read_csv", body, key));
    String id = answers.get(0).string("task_id");
    for (Answer answer : answers) {
      assertEquals(200, answer.status(), answer::toString);
      assertEquals(id, answer.string("task_id"));
    }
    assertEquals(
        POSTS - 1,
        answers.stream()
            .filter(answer -> answer.header("Idempotency-Replayed").isPresent())
            .count());
  }

  @Test
  void aKeyAnswersWithItsTaskAlsoWhenThatHasEnded() {
    String key = UUID.randomUUID().toString();
    Answer first = client.awaitEnd(post("read_csv", body, key).string("task_id"), END_LIMIT);
    assertEquals("completed", first.string("status"), first::toString);
    Answer again = post("read_csv", body, key);
    assertEquals(first.string("task_id"), again.string("task_id"));
    assertEquals("true", again.header("Idempotency-Replayed").orElse(""));
  }

  @Test
  void aKeyIsOfOneRequestAlone() {
    String key = UUID.randomUUID().toString();
    Answer first = post("read_csv", body, key);
    assertTrue(first.header("Idempotency-Replayed").isEmpty(), first::toString);
    Map<String, Object> other = Map.of("custom_params", Map.of("file_path", "other.csv"));
    for (Answer refused : List.of(post("read_csv", other, key), post("filter", body, key))) {
      assertEquals(422, refused.status(), refused::toString);
      assertEquals("application/problem+json", refused.contentType());
      assertTrue(refused.text().contains(first.string("task_id")), refused::toString);
    }
    assertNotEquals(first.string("task_id"), post("read_csv", body, key + "-2").string("task_id"));
  }

  @Test
  void aRunThatWaitsIsAnsweredWithItsEnd() {
    Answer answer = client.postWith("/run/read_csv", body, "Prefer", "wait=30");
    assertEquals(200, answer.status(), answer::toString);
    assertEquals("wait=30", answer.header("Preference-Applied").orElse(""));
    assertEquals("completed", answer.string("task_status"), answer::toString);
    assertEquals(100, answer.number("output", "file_info", "rows"));
  }

  @Test
  void anOutputThatTheClientHasIsNotSentAgain() {
    String id = client.complete("read_csv", body).string("task_id");
    Answer first = client.get("/output/" + id);
    String tag = first.header("ETag").orElseThrow();
    Answer again = client.get("/output/" + id, "If-None-Match", tag);
    assertEquals(304, again.status());
    assertEquals("", again.text());
    assertEquals(tag, again.header("ETag").orElse(""));
    assertEquals(first.text(), client.get("/output/" + id, "If-None-Match", "\"other\"").text());
  }

  private Answer post(String step, Map<String, Object> json, String key) {
    return client.postWith("/run/" + step, json, "Idempotency-Key", key);
  }

  private static List<Answer> atOnce(Callable<Answer> call) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(POSTS);
    try {
      CountDownLatch together = new CountDownLatch(POSTS);
      List<Future<Answer>> calls = new ArrayList<>();
      for (int number = 0; number < POSTS; number++) {
        calls.add(
            threads.submit(
                () -> {
                  together.countDown();
                  together.await();
                  return call.call();
                }));
      }
      List<Answer> answers = new ArrayList<>();
      for (Future<Answer> answer : calls) {
        answers.add(answer.get());
      }
      return answers;
    } finally {
      threads.shutdownNow();
    }
  }
}
