package io.etlapi.execution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.store.Storage;
import io.etlapi.task.Task;
import io.etlapi.task.TaskException;
import io.etlapi.task.TaskException.Reason;
import io.etlapi.task.TaskId;
import io.etlapi.task.TaskResult;
import io.etlapi.task.TaskSpec;
import io.etlapi.task.TaskState;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TaskCleanupTest {

  private static final Instant T0 = Instant.parse("2026-03-01T12:00:00Z");
  private static final Duration TTL = Duration.ofHours(24);
  private static final long DAY = 24 * 3600;

  @TempDir Path temp;
  private Storage storage;
  private Instant now = T0;
  private long tick = 1_000;

  @BeforeEach
  void open() {
    storage = Storage.open(temp.resolve("task_storage"), T0);
  }

  @AfterEach
  void close() {
    storage.close();
  }

  @Test
  void aFinishedTaskGoesWhenItsTimeIsOver() {
    TaskId old = finished(null, null);
    pass(Duration.ofHours(12));
    TaskId young = finished(null, null);
    pass(Duration.ofHours(12));
    assertEquals(List.of(old), cleanup().run());
    assertTrue(storage.tasks().find(young).isPresent());
    assertEquals(List.of(), cleanup().run());
  }

  @Test
  void anUnfinishedTaskStaysHoweverOldItIs() {
    TaskId waiting = accepted(null, null, Map.of());
    pass(Duration.ofDays(400));
    assertEquals(List.of(), cleanup().run());
    assertTrue(storage.tasks().find(waiting).isPresent());
  }

  @Test
  void aWallClockThatJumpsForwardDeletesNothing() {
    finished(null, null);
    now = now.plus(Duration.ofDays(40));
    tick += 60;
    assertEquals(List.of(), cleanup().run());
  }

  @Test
  void aWallClockThatJumpsBackDeletesNothingEarly() {
    finished(null, null);
    now = now.minus(Duration.ofDays(3));
    tick += 2 * DAY;
    assertEquals(List.of(), cleanup().run());
  }

  @Test
  void aPipelineRunGoesAsAWhole() {
    TaskId parent = accepted(null, null, Map.of("name", "p"));
    TaskId child = finished(parent, "a");
    pass(Duration.ofDays(2));
    assertEquals(List.of(), cleanup().run(), "an open run keeps its children");

    storage.tasks().update(parent, task -> task.failed(now, tick, "x"));
    pass(Duration.ofDays(2));
    assertEquals(Set.of(parent, child), new TreeSet<>(cleanup().run()));
  }

  @Test
  void aTaskIsRemovedOnRequestOnlyWhenItHasEnded() {
    TaskId waiting = accepted(null, null, Map.of());
    assertEquals(Reason.WRONG_STATE, refused(waiting));
    TaskId done = finished(null, null);
    cleanup().remove(done);
    assertEquals(Reason.UNKNOWN_TASK, refused(done));
  }

  @Test
  void aPartOfARunIsNotRemovedAlone() {
    TaskId parent = accepted(null, null, Map.of("name", "p"));
    assertEquals(Reason.WRONG_STATE, refused(finished(parent, "a")));
  }

  private Reason refused(TaskId id) {
    return assertThrows(TaskException.class, () -> cleanup().remove(id)).reason();
  }

  private TaskCleanup cleanup() {
    return new TaskCleanup(storage.tasks(), () -> tick, Clock.fixed(now, ZoneOffset.UTC), TTL);
  }

  private void pass(Duration time) {
    now = now.plus(time);
    tick += time.toSeconds();
  }

  private TaskId accepted(
      @Nullable TaskId parent, @Nullable String node, Map<String, Object> definition) {
    TaskId id = TaskAcceptance.newId();
    storage
        .tasks()
        .create(
            Task.accepted(
                new TaskSpec(
                    id,
                    "step",
                    Map.of(),
                    5,
                    1,
                    null,
                    now,
                    new TaskSpec.Origin(
                        null,
                        null,
                        parent,
                        node,
                        null,
                        definition.isEmpty() ? null : Map.copyOf(definition)))));
    return id;
  }

  private TaskId finished(@Nullable TaskId parent, @Nullable String node) {
    TaskId id = accepted(parent, node, Map.of());
    storage.tasks().update(id, task -> task.started(now, new TaskState.Worker(1, 1)));
    storage
        .tasks()
        .update(id, task -> task.completed(now, tick, new TaskResult.Inline("{}", List.of())));
    return id;
  }
}
