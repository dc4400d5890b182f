package io.etlapi.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.json.Json;
import io.etlapi.task.Fault;
import io.etlapi.task.TaskException;
import io.etlapi.task.TaskException.Reason;
import jakarta.ejb.EJBException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RefusalTest {

  @Test
  void eachReasonHasTheStatusThatTheInterfacePromises() {
    Map<Reason, Integer> promised = new EnumMap<>(Reason.class);
    promised.put(Reason.MALFORMED, 400);
    promised.put(Reason.UNKNOWN_STEP, 400);
    promised.put(Reason.FAILED_DEPENDENCY, 400);
    promised.put(Reason.UNAUTHENTICATED, 401);
    promised.put(Reason.FORBIDDEN, 403);
    promised.put(Reason.UNKNOWN_TASK, 404);
    promised.put(Reason.NOT_FOUND, 404);
    promised.put(Reason.SLOW_BODY, 408);
    promised.put(Reason.WRONG_STATE, 409);
    promised.put(Reason.GONE, 410);
    promised.put(Reason.TOO_LARGE, 413);
    promised.put(Reason.NOT_JSON, 415);
    promised.put(Reason.INVALID, 422);
    promised.put(Reason.TOO_MANY_FAILURES, 429);
    promised.put(Reason.QUEUE_FULL, 429);
    promised.put(Reason.STORAGE_UNAVAILABLE, 503);
    promised.put(Reason.NOT_READY, 503);
    promised.put(Reason.BUSY, 503);
    promised.put(Reason.PAUSED, 503);
    promised.put(Reason.TOO_SLOW, 504);
    Map<Reason, Integer> mapped = new EnumMap<>(Reason.class);
    for (Reason reason : Reason.values()) {
      mapped.put(reason, ReasonStatus.of(reason).status());
    }
    assertEquals(promised, mapped);
  }

  @ParameterizedTest
  @EnumSource(Reason.class)
  void whatMayPassByItselfSaysWhenToTryAgainAndNothingElseDoes(Reason reason) {
    ReasonStatus face = ReasonStatus.of(reason);
    assertEquals(face.status() == 429 || face.status() == 503, face.retryAfterSeconds() > 0);
  }

  @Test
  void aRefusalBecomesADocumentWithAllItsMembers() {
    TaskException refused =
        TaskException.invalid(List.of(new Fault("/a", "a is wrong."), new Fault("/b", "b too.")));
    assertEquals(
        Map.of(
            "type", "urn:etl-api:problem:invalid-values",
            "title", "Invalid values",
            "status", 422L,
            "detail", "2 values are not acceptable: a is wrong. (and more)",
            "instance", "/run/x",
            "errors",
                List.of(
                    Map.of("pointer", "/a", "detail", "a is wrong."),
                    Map.of("pointer", "/b", "detail", "b too."))),
        document(Refusal.of(refused, "/run/x")));
  }

  @Test
  void anUnknownTaskAlsoHasTheFieldThatClientsReadWhateverTheStatus() {
    Map<String, @Nullable Object> document =
        document(Refusal.of(TaskException.unknownTask("x"), "/status/x"));
    assertTrue(document.containsKey("output"));
    assertNull(document.get("output"));
    assertFalse(
        document(Refusal.of(new TaskException(Reason.NOT_FOUND, "No."), "/x"))
            .containsKey("output"));
  }

  @Test
  void aRefusalIsFoundBehindWhatTheContainerWrapsAroundIt() {
    TaskException refused = new TaskException(Reason.QUEUE_FULL, "full");
    EJBException wrapped = new EJBException(new IllegalStateException(refused));
    assertEquals(refused, Refusal.in(wrapped).orElseThrow());
    assertTrue(Refusal.in(new IllegalStateException("other")).isEmpty());
  }

  @Test
  void anEndlessChainOfCausesIsNotFollowedForEver() {
    IllegalStateException first = new IllegalStateException("first");
    IllegalStateException second = new IllegalStateException("second", first);
    first.initCause(second);
    assertTrue(Refusal.in(first).isEmpty());
  }

  @Test
  void anUnforeseenFailureNamesItsIncidentAndNothingElse() {
    Map<String, @Nullable Object> document = document(Refusal.unforeseen("i-1", "/stats"));
    assertEquals(500L, document.get("status"));
    assertEquals("i-1", document.get("incident"));
    assertTrue(String.valueOf(document.get("detail")).contains("i-1"));
  }

  @Test
  void anEndlessPathIsCutInTheDocument() {
    Map<String, @Nullable Object> document =
        document(Refusal.unforeseen("i", "/" + "x".repeat(9000)));
    assertEquals(512, String.valueOf(document.get("instance")).length());
  }

  @Test
  void whatTheContainerRefusesHasASentenceForEveryStatus() {
    for (int status : List.of(400, 401, 403, 404, 405, 406, 413, 415, 418, 431, 500, 502, 503)) {
      Problem problem = StatusProblems.of(status, "GET", "/x");
      assertEquals(status, problem.status());
      assertTrue(problem.detail().endsWith("."), problem.detail());
      assertFalse(problem.title().isEmpty());
    }
  }

  private static Map<String, @Nullable Object> document(Refusal refusal) {
    return Json.parseObject(refusal.problem().json());
  }
}
