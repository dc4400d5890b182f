package io.etlapi.execution;

import static io.etlapi.execution.RuntimeHarness.await;
import static io.etlapi.execution.RuntimeHarness.request;
import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.step.StepException;
import io.etlapi.store.Storage;
import io.etlapi.task.Task;
import io.etlapi.task.TaskException;
import io.etlapi.task.TaskException.Reason;
import io.etlapi.task.TaskId;
import io.etlapi.task.TaskResult;
import io.etlapi.task.TaskSpec;
import io.etlapi.task.TaskState;
import io.etlapi.task.TaskStatus;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EtlRuntimeTest {

  @TempDir Path temp;

  @Test
  void aTaskRunsAndPublishesItsFiles() throws Exception {
    try (RuntimeHarness server =
        harness()
            .step(
                "hello",
                true,
                context -> {
                  Files.writeString(context.folder().resolve("hello.txt"), "hi");
                  return Map.of("status", "success", "file", "hello.txt");
                })
            .start()) {
      TaskId id = server.submit("hello");
      TaskSnapshot done = server.awaitEnd(id);
      assertEquals(TaskStatus.COMPLETED, done.summary().status());
      TaskResult result = requireNonNull(done.task().orElseThrow().state().result());
      assertEquals("hello.txt", result.files().get(0).name());
      assertEquals(
          "hi",
          Files.readString(
              server.runtime().storage().outputs().published(id).resolve("hello.txt"),
              StandardCharsets.UTF_8));
    }
  }

  @Test
  void aLargeResultLiesInAFileOfItsOwnAndIsReadAsAWhole() throws Exception {
    String large = "x".repeat(TaskResult.MAX_INLINE_BYTES);
    try (RuntimeHarness server =
        harness().step("large", true, context -> Map.of("text", large)).start()) {
      Task task = server.awaitEnd(server.submit("large")).task().orElseThrow();
      assertTrue(task.state().result() instanceof TaskResult.InFile);
      String json =
          new String(server.runtime().openResult(task).readAllBytes(), StandardCharsets.UTF_8);
      assertEquals("{\"text\":\"" + large + "\"}", json);
    }
  }

  @Test
  void aStepThatFailsSaysWhyAndLeavesNothing() {
    try (RuntimeHarness server =
        harness()
            .step(
                "bad",
                true,
                context -> {
                  Files.writeString(context.folder().resolve("half.txt"), "half");
                  throw new StepException("Column 'x' is not there.");
                })
            .step(
                "broken",
                true,
                context -> {
                  throw new IllegalStateException("/secret/server/path");
                })
            .start()) {
      TaskId bad = server.submit("bad");
      assertEquals("Column 'x' is not there.", server.error(bad));
      assertFalse(Files.exists(server.runtime().storage().outputs().published(bad)));
      String error = server.error(server.submit("broken"));
      assertFalse(error.contains("secret"), error);
      assertTrue(error.contains("incident"), error);
    }
  }

  @Test
  void aStoppedTaskIsCancelledAndItsFilesAreRemoved() {
    CountDownLatch begun = new CountDownLatch(1);
    try (RuntimeHarness server = blocking(begun).start()) {
      TaskId id = server.submit("block");
      await("the step", () -> begun.getCount() == 0);
      assertEquals(StopOutcome.CANCELLED, server.runtime().stop(id));
      assertEquals(TaskStatus.CANCELLED, server.status(id));
      assertEquals(StopOutcome.NOT_RUNNING, server.runtime().stop(id));
      assertFalse(Files.exists(server.runtime().storage().outputs().published(id)));
    }
  }

  @Test
  void aWaitingTaskThatIsStoppedNeverStarts() {
    CountDownLatch begun = new CountDownLatch(1);
    AtomicInteger ran = new AtomicInteger();
    try (RuntimeHarness server =
        blocking(begun)
            .set("MAX_CONCURRENT_TASKS", "1")
            .step(
                "count",
                true,
                context -> {
                  ran.incrementAndGet();
                  return Map.of();
                })
            .start()) {
      TaskId first = server.submit("block");
      TaskId waiting = server.submit("count");
      assertEquals(1, server.runtime().require(waiting).queuePosition().orElseThrow());
      assertEquals(StopOutcome.CANCELLED, server.runtime().stop(waiting));
      server.runtime().stop(first);
      TaskId last = server.submit("count");
      server.awaitEnd(last);
      assertEquals(1, ran.get());
      assertEquals(TaskStatus.CANCELLED, server.status(waiting));
    }
  }

  @Test
  void fiveHundredStopsThatRaceWithTheEndEachHaveOneOutcome() {
    try (RuntimeHarness server =
        harness().step("quick", true, context -> Map.of("status", "success")).start()) {
      Set<TaskStatus> seen = new HashSet<>();
      for (int i = 0; i < 500; i++) {
        TaskId id = server.submit("quick");
        StopOutcome outcome = server.runtime().stop(id);
        TaskStatus end = server.awaitEnd(id).summary().status();
        TaskStatus expected =
            outcome == StopOutcome.NOT_RUNNING ? TaskStatus.COMPLETED : TaskStatus.CANCELLED;
        assertEquals(expected, end, "answered " + outcome);
        seen.add(end);
      }
      assertTrue(seen.contains(TaskStatus.CANCELLED), "no stop ever came in time");
    }
  }

  @Test
  void aTaskThatTakesTooLongFailsAndItsWorkEnds() {
    CountDownLatch begun = new CountDownLatch(1);
    try (RuntimeHarness server = blocking(begun).start()) {
      TaskId id = server.submit("block", request(0, 1, null));
      assertEquals("timed out after 1 s", server.error(id));
      await("the thread", () -> server.runtime().monitor().stats().running() == 0);
    }
  }

  @Test
  void aFailedAttemptIsFollowedByAnotherAndBothAreRemembered() {
    AtomicInteger attempts = new AtomicInteger();
    try (RuntimeHarness server =
        harness()
            .step(
                "flaky",
                true,
                context -> {
                  if (attempts.incrementAndGet() == 1) {
                    throw new StepException("not yet");
                  }
                  return Map.of("attempt", context.attempt());
                })
            .start()) {
      TaskState end =
          server
              .awaitEnd(server.submit("flaky", request(2, null, null)))
              .task()
              .orElseThrow()
              .state();
      assertEquals(TaskStatus.COMPLETED, end.status());
      assertEquals(2, end.attempt());
      assertEquals("not yet", end.attempts().get(0).error());
    }
  }

  @Test
  void aStepWhoseClassesAreMissingFailsAndHoldsNoSlot() {
    try (RuntimeHarness server =
        new RuntimeHarness.Builder(temp)
            .set("MAX_CONCURRENT_TASKS", "1")
            .step(
                "broken",
                false,
                context -> {
                  throw new NoClassDefFoundError("some/native/Library");
                })
            .step("fine", false, context -> Map.of("status", "success"))
            .start()) {
      TaskId broken = server.submit("broken");
      TaskId fine = server.submit("fine");
      assertEquals(TaskStatus.COMPLETED, server.awaitEnd(fine).summary().status());
      assertEquals(TaskStatus.FAILED, server.awaitEnd(broken).summary().status());
      assertTrue(server.error(broken).contains("NoClassDefFoundError"), server.error(broken));
    }
  }

  @Test
  void memoryThatRanOutIsFoundBehindOtherFailures() {
    OutOfMemoryError deep = new OutOfMemoryError("planted");
    assertTrue(OutOfMemory.isCauseOf(deep));
    assertTrue(OutOfMemory.isCauseOf(new IllegalStateException(new RuntimeException(deep))));
    assertFalse(OutOfMemory.isCauseOf(new IllegalStateException("Out of memory")));
  }

  @Test
  void aStepThatMayNotBeRetriedIsNeverAskedTo() {
    try (RuntimeHarness server = harness().step("once", false, context -> Map.of()).start()) {
      TaskException refused =
          assertThrows(TaskException.class, () -> server.submit("once", request(1, null, null)));
      assertEquals(Reason.INVALID, refused.reason());
      assertEquals("/retries", refused.faults().get(0).pointer());
    }
  }

  @Test
  void fiftyRequestsWithOneKeyMakeOneTask() throws Exception {
    AtomicInteger ran = new AtomicInteger();
    ExecutorService clients = Executors.newFixedThreadPool(16);
    try (RuntimeHarness server =
        harness()
            .step(
                "count",
                true,
                context -> {
                  ran.incrementAndGet();
                  return Map.of();
                })
            .start()) {
      List<Callable<TaskId>> posts = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        posts.add(() -> server.submit("count", request(0, null, "key-1")));
      }
      Set<TaskId> ids = new HashSet<>();
      for (Future<TaskId> answer : clients.invokeAll(posts)) {
        ids.add(answer.get());
      }
      assertEquals(1, ids.size());
      server.awaitEnd(ids.iterator().next());
      assertEquals(1, ran.get());
      TaskException refused =
          assertThrows(
              TaskException.class, () -> server.submit("count", request(3, null, "key-1")));
      assertEquals(Reason.INVALID, refused.reason());
    } finally {
      clients.shutdownNow();
    }
  }

  @Test
  void anUnknownStepIsRefusedWithTheNearestName() {
    try (RuntimeHarness server = harness().step("read_csv", true, context -> Map.of()).start()) {
      TaskException refused = assertThrows(TaskException.class, () -> server.submit("raed_csv"));
      assertEquals(Reason.UNKNOWN_STEP, refused.reason());
      assertTrue(String.valueOf(refused.getMessage()).contains("read_csv"), refused.getMessage());
    }
  }

  @Test
  void aRestartAccountsForEveryUnfinishedTask() {
    TaskId waited = record(1, 1, "count", task -> task);
    TaskId ran = record(2, 1, "count", EtlRuntimeTest::started);
    TaskId mayGoOn = record(3, 2, "count", EtlRuntimeTest::started);
    TaskId mayNotGoOn = record(4, 2, "once", EtlRuntimeTest::started);
    TaskId stopping = record(5, 2, "count", task -> started(task).stopRequested(Instant.now()));
    try (RuntimeHarness server =
        harness()
            .step("count", true, context -> Map.of())
            .step("once", false, context -> Map.of())
            .start()) {
      assertEquals(TaskStatus.COMPLETED, server.awaitEnd(waited).summary().status());
      assertEquals(Task.INTERRUPTED, server.error(ran));
      TaskSnapshot again = server.awaitEnd(mayGoOn);
      assertEquals(TaskStatus.COMPLETED, again.summary().status());
      assertEquals(2, again.summary().attempt());
      assertEquals(Task.INTERRUPTED, server.error(mayNotGoOn));
      assertEquals(TaskStatus.CANCELLED, server.awaitEnd(stopping).summary().status());
    }
  }

  @Test
  void aServerThatStopsLeavesNothingRunning() {
    CountDownLatch begun = new CountDownLatch(1);
    TaskId running;
    TaskId waiting;
    try (RuntimeHarness server = blocking(begun).set("MAX_CONCURRENT_TASKS", "1").start()) {
      running = server.submit("block");
      waiting = server.submit("block");
      await("the step", () -> begun.getCount() == 0);
    }
    try (Storage storage = Storage.open(storage(), Instant.now())) {
      assertEquals(Task.INTERRUPTED, storage.tasks().find(running).orElseThrow().state().error());
      assertEquals(TaskStatus.PENDING, storage.tasks().summary(waiting).orElseThrow().status());
    }
  }

  private RuntimeHarness.Builder harness() {
    return new RuntimeHarness.Builder(storage());
  }

  private RuntimeHarness.Builder blocking(CountDownLatch begun) {
    return harness()
        .step(
            "block",
            false,
            context -> {
              Files.writeString(context.folder().resolve("half.txt"), "half");
              begun.countDown();
              new CountDownLatch(1).await();
              return Map.of();
            });
  }

  private Path storage() {
    return temp.resolve("task_storage");
  }

  private static Task started(Task task) {
    return task.started(Instant.now(), new TaskState.Worker(1, 1));
  }

  /** Leaves a task in the storage as a server that died would. */
  private TaskId record(
      int number, int maxAttempts, String step, java.util.function.UnaryOperator<Task> change) {
    TaskId id = TaskAcceptance.newId();
    try (Storage storage = Storage.open(storage(), Instant.now())) {
      Map<String, Object> none = Map.of();
      storage
          .tasks()
          .create(
              Task.accepted(
                  new TaskSpec(
                      id,
                      step,
                      Map.of("parameters", none, "number", (long) number),
                      5,
                      maxAttempts,
                      null,
                      Instant.now(),
                      TaskSpec.Origin.NONE)));
      storage.tasks().update(id, change);
    }
    return id;
  }
}
