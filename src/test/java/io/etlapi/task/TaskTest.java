package io.etlapi.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TaskTest {

  private static final Instant T0 = Instant.parse("2026-01-15T10:00:00Z");
  private static final TaskState.Worker WORKER = new TaskState.Worker(1, 2);
  private static final TaskResult RESULT = new TaskResult.Inline("{}", List.of());

  @ParameterizedTest
  @EnumSource(TaskStatus.class)
  void nothingFollowsATerminalState(TaskStatus next) {
    for (TaskStatus status : TaskStatus.values()) {
      if (status.isTerminal()) {
        assertFalse(status.canBecome(next), status + " -> " + next);
      }
    }
  }

  @Test
  void aTaskThatWasAskedToStopNeverCompletes() {
    Task stopped = running(1).stopRequested(T0.plusSeconds(1));
    assertEquals(TaskStatus.CANCELLED, stopped.completed(T0.plusSeconds(2), 2, RESULT).status());
    assertNull(stopped.completed(T0.plusSeconds(2), 2, RESULT).state().result());
    assertEquals(TaskStatus.CANCELLED, stopped.failed(T0.plusSeconds(2), 2, "x").status());
    assertThrows(IllegalStateException.class, () -> stopped.retryAt(T0, T0, "another attempt"));
  }

  @Test
  void aStoppedPendingTaskNeverStarts() {
    Task stopped = accepted(1).stopRequested(T0);
    assertThrows(IllegalStateException.class, () -> stopped.started(T0, WORKER));
  }

  @Test
  void stoppingAFinishedTaskChangesNothing() {
    Task done = running(1).completed(T0.plusSeconds(1), 1, RESULT);
    assertSame(done, done.stopRequested(T0.plusSeconds(2)));
    assertThrows(IllegalStateException.class, () -> done.cancelled(T0, 1, "late"));
  }

  @Test
  void everyAttemptIsRemembered() {
    Task second = running(3).retryAt(T0.plusSeconds(5), T0.plusSeconds(9), "disk was full");
    assertEquals(2, second.state().attempt());
    assertEquals(T0.plusSeconds(9), second.state().nextAttemptAt());
    assertEquals("disk was full", second.state().attempts().get(0).error());
    Task third = second.started(T0, WORKER).retryAt(T0, T0, "again");
    assertThrows(
        IllegalStateException.class, () -> third.started(T0, WORKER).retryAt(T0, T0, "too often"));
  }

  @Test
  void aTaskNeverEndsBeforeItBegan() {
    Task done = running(1).completed(T0.minusSeconds(3600), 1, RESULT);
    assertEquals(T0, done.state().completedAt());
  }

  @Test
  void idsAreOnlyWhatAFileNameMayBe() {
    String good = "018f0000-0000-7000-8000-00000000abcd";
    assertEquals(good, TaskId.of(good).toString());
    for (String bad :
        List.of("", "x", good + "0", good.toUpperCase(java.util.Locale.ROOT), "../" + good)) {
      assertTrue(TaskId.parse(bad).isEmpty(), bad);
    }
    assertTrue(TaskId.parse("..%2f..%2f..%2f..%2f..%2f..%2f..%2fpass").isEmpty());
  }

  private static Task accepted(int maxAttempts) {
    return Task.accepted(
        new TaskSpec(
            new TaskId(new UUID(1, 2)),
            "read_csv",
            Map.of(),
            5,
            maxAttempts,
            null,
            T0,
            TaskSpec.Origin.NONE));
  }

  private static Task running(int maxAttempts) {
    return accepted(maxAttempts).started(T0, WORKER);
  }
}
