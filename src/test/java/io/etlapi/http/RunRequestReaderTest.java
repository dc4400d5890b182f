package io.etlapi.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.json.Json;
import io.etlapi.task.Fault;
import io.etlapi.task.TaskException;
import io.etlapi.task.TaskException.Reason;
import io.etlapi.task.TaskRequest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunRequestReaderTest {

  @Test
  void anEmptyBodyIsARequestWithNothingInIt() {
    assertEquals(TaskRequest.EMPTY, read("{}"));
  }

  @Test
  void nullCountsAsAbsentEverywhere() {
    assertEquals(
        TaskRequest.EMPTY,
        read(
            """
            {"parameters": null, "custom_params": null, "previous_outputs": {"a": null},
             "inputs": {"left": null}, "priority": null, "timeout_seconds": null,
             "retries": null, "resume": null}
            """));
  }

  @Test
  void everyMemberArrivesWithItsTypeAndInItsOrder() {
    TaskRequest request =
        read(
            """
            {"parameters": {"runEnv": "production", "file_info": null},
             "custom_params": {"skip_rows": 3, "ratio": 0.10},
             "previous_outputs": {"z": {"status": "success"}, "a": {"status": "success"}},
             "inputs": {"right": "2", "left": "1"},
             "priority": 9, "timeout_seconds": 60.0, "retries": 0, "resume": "r"}
            """);
    assertEquals("production", request.parameters().get("runEnv"));
    assertTrue(request.parameters().containsKey("file_info"));
    assertEquals(3L, request.customParams().get("skip_rows"));
    assertEquals("0.10", String.valueOf(request.customParams().get("ratio")));
    assertEquals(List.of("z", "a"), List.copyOf(request.previousOutputs().keySet()));
    assertEquals(List.of("right", "left"), List.copyOf(request.inputs().keySet()));
    assertEquals(Optional.of(9), request.priority());
    assertEquals(Optional.of(60), request.timeoutSeconds());
    assertEquals(Optional.of(0), request.retries());
    assertEquals(Optional.of("r"), request.resume());
  }

  @Test
  void unknownMembersAreIgnored() {
    assertEquals(TaskRequest.EMPTY, read("{\"user\": \"x\", \"steps\": [1, 2]}"));
  }

  @Test
  void everyFaultIsReportedAtOnceWithItsPointer() {
    TaskException refused =
        refusal(
            """
            {"parameters": [], "custom_params": "x", "previous_outputs": {"a/b~c": 1},
             "inputs": {"left": 5}, "priority": 10, "timeout_seconds": 0, "retries": -1,
             "resume": true}
            """);
    assertEquals(Reason.INVALID, refused.reason());
    assertEquals(
        List.of(
            "/parameters",
            "/custom_params",
            "/previous_outputs/a~1b~0c",
            "/inputs/left",
            "/priority",
            "/timeout_seconds",
            "/retries",
            "/resume"),
        refused.faults().stream().map(Fault::pointer).toList());
  }

  @Test
  void aFaultNamesTheMemberWhatWasFoundAndWhatIsAllowed() {
    assertEquals(
        "priority is 10: it must be a whole number from 0 to 9.",
        refusal("{\"priority\": 10}").getMessage());
    assertEquals(
        "priority is of type string: it must be a whole number from 0 to 9.",
        refusal("{\"priority\": \"5\"}").getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.5", "-0.1", "9.000001", "1e999999999", "-1e999999999", "1e-999999"})
  void aNumberThatIsNotWholeOrNotInRangeIsRefused(String number) {
    assertEquals("/priority", refusal("{\"priority\": " + number + "}").faults().get(0).pointer());
  }

  @Test
  void theIdempotencyKeyComesFromTheHeader() {
    assertEquals(
        Optional.of("k-1"),
        RunRequestReader.read(Map.of(), " k-1 ", null, Optional.empty()).idempotencyKey());
    assertEquals(
        Optional.empty(),
        RunRequestReader.read(Map.of(), "  ", null, Optional.empty()).idempotencyKey());
  }

  @ParameterizedTest
  @ValueSource(strings = {"two words", "caf\u00e9", "tab\tkey"})
  void anIdempotencyKeyThatIsNotPlainTextIsRefused(String key) {
    TaskException refused =
        assertThrows(
            TaskException.class,
            () -> RunRequestReader.read(Map.of(), key, null, Optional.empty()));
    assertTrue(
        String.valueOf(refused.getMessage()).contains("Idempotency-Key"), refused.getMessage());
  }

  @Test
  void anIdempotencyKeyIsAtMost255CharactersLong() {
    assertEquals(
        Optional.of("k".repeat(255)),
        RunRequestReader.read(Map.of(), "k".repeat(255), null, Optional.empty()).idempotencyKey());
    assertThrows(
        TaskException.class,
        () -> RunRequestReader.read(Map.of(), "k".repeat(256), null, Optional.empty()));
  }

  @Test
  void whoAsksIsKept() {
    assertEquals(
        Optional.of("ann"),
        RunRequestReader.read(Map.of(), null, "ann", Optional.empty()).principal());
  }

  private static TaskRequest read(String body) {
    return RunRequestReader.read(Json.parseObject(body), null, null, Optional.empty());
  }

  private static TaskException refusal(String body) {
    return assertThrows(TaskException.class, () -> read(body));
  }
}
