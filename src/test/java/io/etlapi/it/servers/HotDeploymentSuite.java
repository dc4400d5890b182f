package io.etlapi.it.servers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.it.server.Answer;
import io.etlapi.it.server.Await;
import io.etlapi.it.server.Deployments;
import io.etlapi.it.server.EtlClient;
import io.etlapi.it.server.ServerKind;
import io.etlapi.it.server.SlowJoin;
import io.etlapi.it.server.TestFiles;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** For servers that deploy while they run. Follows the suite, at its last context root. */
abstract class HotDeploymentSuite extends ServerSuite {

  private static final Duration DEPLOY_LIMIT = Duration.ofMinutes(5);

  HotDeploymentSuite(ServerKind kind) {
    super(kind);
  }

  @Test
  @Order(21)
  void aSecondDeploymentOnTheSameStorageIsRefusedAndSaysWhy() {
    server.deployments().deploySecond("second", "/second");
    EtlClient second = server.clientAt("/second");

    Answer health = awaitHealth(second, 503);
    assertTrue(
        health.text().contains("in use by another deployment in this same process"),
        health::toString);
    Answer run =
        second.post("/run/read_csv", TestFiles.reading(files.numbered("two.csv", "x", 10)));
    assertEquals(503, run.status(), run::toString);
    assertReads(client());

    server.deployments().undeploy("second");
    awaitHealth(second, 404);
    assertReads(client());
  }

  @Test
  @Order(22)
  void aRedeployLosesNoTask() {
    SlowJoin slow = SlowJoin.on(client(), files);
    List<String> running = List.of(slow.run(client()), slow.run(client()));
    running.forEach(id -> awaitStatus(id, "running"));
    String waiting =
        client().run("read_csv", TestFiles.reading(files.numbered("waits.csv", "x", 10)));

    server.deployments().redeploy();

    for (String id : running) {
      Answer end = awaitStatusOverRedeploy(id, "failed");
      assertEquals("interrupted by a server stop", end.string("error"));
    }
    awaitStatusOverRedeploy(waiting, "completed");
    assertReads(client());
  }

  @Test
  @Order(23)
  void anUndeployedApplicationLetsGoOfItsStorage() {
    String before = assertReads(client());

    server.deployments().undeploy(Deployments.FIRST);
    awaitHealth(client(), 404);
    server.deployments().deploySecond("third", "/third");

    EtlClient third = server.clientAt("/third");
    awaitHealth(third, 200);
    assertEquals("completed", third.statusWord(before));
    assertReads(third);
  }

  private Answer awaitHealth(EtlClient client, int status) {
    Answer[] last = new Answer[1];
    Await.until(
        "/health answers " + status,
        DEPLOY_LIMIT,
        () -> {
          Optional<Answer> answer = client.tryGet("/health");
          answer.ifPresent(given -> last[0] = given);
          // While it starts it says so with 503, too.
          return answer.isPresent()
              && answer.get().status() == status
              && !answer.get().text().contains("is starting");
        },
        () -> last[0] + "\n" + server.logTail());
    return last[0];
  }

  /** While applications change places there is nobody, another status, or the old one. */
  private Answer awaitStatusOverRedeploy(String id, String status) {
    Answer[] last = new Answer[1];
    EtlClient client = client();
    Await.until(
        "task " + id + " is " + status,
        DEPLOY_LIMIT,
        () -> {
          Optional<Answer> answer = client.tryGet("/status/" + id);
          answer.ifPresent(given -> last[0] = given);
          return answer.isPresent()
              && answer.get().status() == 200
              && status.equals(answer.get().at("status"));
        },
        () -> last[0] + "\n" + server.logTail());
    return last[0];
  }

  private String assertReads(EtlClient client) {
    Answer read =
        client.complete("read_csv", TestFiles.reading(files.numbered("reads.csv", "x", 10)));
    assertEquals("10", read.string("output", "count"));
    return read.string("task_id");
  }
}
