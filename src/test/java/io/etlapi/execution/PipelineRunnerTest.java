package io.etlapi.execution;

import static io.etlapi.execution.RuntimeHarness.await;
import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.json.Json;
import io.etlapi.step.StepException;
import io.etlapi.step.StepInput;
import io.etlapi.task.TaskId;
import io.etlapi.task.TaskRequest;
import io.etlapi.task.TaskResult;
import io.etlapi.task.TaskStatus;
import io.etlapi.task.TaskSummary;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PipelineRunnerTest {

  private static final String DIAMOND =
      """
      {"name": "diamond",
       "parameters": {"type": "object", "required": ["n"], "properties": {"n": {"type": "integer"}}},
       "nodes": [
        {"id": "top", "step": "make"},
        {"id": "left", "step": "side", "after": ["top"]},
        {"id": "right", "step": "side", "after": ["top"]},
        {"id": "bottom", "step": "merge", "inputs": {"a": "left", "b": "right"},
         "parameters": {"from": "${steps.top.output.count}", "text": "n=${parameters.n}"}}]}
      """;

  @TempDir Path temp;

  @Test
  void branchesRunSideBySideAndTheLastNodeGivesTheOutput() {
    // Both sides wait for each other: this ends only if they run at the same time.
    CyclicBarrier sides = new CyclicBarrier(2);
    try (RuntimeHarness server =
        harness()
            .step("make", true, context -> Map.of("status", "success", "count", "7"))
            .step(
                "side",
                true,
                context -> {
                  sides.await(20, TimeUnit.SECONDS);
                  return Map.of("status", "success", "count", context.inputs().get(0).name());
                })
            .step(
                "merge",
                true,
                context ->
                    Map.of(
                        "status",
                        "success",
                        "names",
                        context.inputs().stream().map(StepInput::name).toList(),
                        "from",
                        context.parameters().text("from", "?"),
                        "text",
                        context.parameters().text("text", "?")))
            .start()) {
      TaskId id = server.submit("diamond", parameters(Map.of("n", 3L)));
      TaskSnapshot done = server.awaitEnd(id);
      assertEquals(TaskStatus.COMPLETED, done.summary().status());
      Map<String, ?> output = output(done);
      assertEquals(List.of("a", "b"), output.get("names"));
      assertEquals("7", output.get("from"));
      assertEquals("n=3", output.get("text"));
      assertTrue(output.containsKey("diamond_details"));
      assertEquals(4, done.children().size());
    }
  }

  @Test
  void aFailedStepFailsTheRunWithItsMessageAndTheRunIsResumedThere() {
    AtomicBoolean works = new AtomicBoolean();
    AtomicInteger made = new AtomicInteger();
    try (RuntimeHarness server =
        harness()
            .step(
                "make",
                true,
                context -> {
                  made.incrementAndGet();
                  return Map.of("status", "success", "count", "1");
                })
            .step("side", true, context -> Map.of("status", "success"))
            .step(
                "merge",
                true,
                context -> {
                  if (!works.get()) {
                    throw new StepException("the target is locked");
                  }
                  return Map.of("status", "success");
                })
            .start()) {
      TaskId failed = server.submit("diamond", parameters(Map.of("n", 1L)));
      assertEquals("bottom: the target is locked", server.error(failed));
      assertEquals(
          List.of(
              "run of diamond started",
              "node top (make) started",
              "node top (make) completed",
              "node bottom (merge) started",
              "node bottom (merge) failed: the target is locked",
              "run of diamond failed: bottom: the target is locked"),
          log(server, failed, "run of diamond failed"));

      works.set(true);
      TaskId resumed = server.submit("diamond", resume(failed));
      TaskSnapshot done = server.awaitEnd(resumed);
      assertEquals(TaskStatus.COMPLETED, done.summary().status());
      assertEquals(1, made.get(), "finished steps are reused");
      assertEquals(List.of("bottom"), done.children().stream().map(TaskSummary::node).toList());
      assertEquals(failed, done.task().orElseThrow().spec().origin().resumedFrom());
    }
  }

  @Test
  void stoppingARunStopsAllItsChildrenAndStartsNoMore() {
    CountDownLatch begun = new CountDownLatch(2);
    AtomicBoolean merged = new AtomicBoolean();
    try (RuntimeHarness server =
        harness()
            .step("make", true, context -> Map.of("status", "success", "count", "1"))
            .step(
                "side",
                true,
                context -> {
                  begun.countDown();
                  new CountDownLatch(1).await();
                  return Map.of();
                })
            .step(
                "merge",
                true,
                context -> {
                  merged.set(true);
                  return Map.of();
                })
            .start()) {
      TaskId id = server.submit("diamond", parameters(Map.of("n", 1L)));
      await("both sides", () -> begun.getCount() == 0);
      assertEquals(StopOutcome.CANCELLED, server.runtime().stop(id));
      TaskSnapshot end = server.runtime().require(id);
      assertEquals(TaskStatus.CANCELLED, end.summary().status());
      for (TaskSummary child : end.children()) {
        assertTrue(child.status().isTerminal(), child.toString());
      }
      assertFalse(merged.get());
    }
  }

  @Test
  void aParentHoldsNoSlotSoOneSlotIsEnough() {
    try (RuntimeHarness server =
        harness()
            .set("MAX_CONCURRENT_TASKS", "1")
            .step("make", true, context -> Map.of("status", "success", "count", "1"))
            .step("side", true, context -> Map.of("status", "success"))
            .step("merge", true, context -> Map.of("status", "success"))
            .start()) {
      TaskId id = server.submit("diamond", parameters(Map.of("n", 1L)));
      assertEquals(TaskStatus.COMPLETED, server.awaitEnd(id).summary().status());
    }
  }

  @Test
  void aReferenceWithoutAValueFailsTheNodeByName() {
    try (RuntimeHarness server =
        harness()
            .step("make", true, context -> Map.of("status", "success"))
            .step("side", true, context -> Map.of("status", "success"))
            .step("merge", true, context -> Map.of("status", "success"))
            .start()) {
      String error = server.error(server.submit("diamond", parameters(Map.of("n", 1L))));
      assertTrue(error.contains("${steps.top.output.count}"), error);
    }
  }

  /** What the log of a run says besides its two sides, without times and ids. */
  private static List<String> log(RuntimeHarness server, TaskId run, String last) {
    await(last, () -> server.runtime().storage().logs().tail(run, 1).toString().contains(last));
    return server.runtime().storage().logs().tail(run, 100).stream()
        .map(line -> line.substring(line.indexOf(' ') + 1))
        .map(line -> line.replaceAll(", task [-0-9a-f]{36}$", ""))
        .map(line -> line.replaceAll(" after [0-9.]+ s", ""))
        .filter(line -> !line.contains("(side)"))
        .toList();
  }

  private RuntimeHarness.Builder harness() {
    return new RuntimeHarness.Builder(temp.resolve("task_storage")).pipeline(DIAMOND);
  }

  private static Map<String, ?> output(TaskSnapshot done) {
    TaskResult result = done.task().orElseThrow().state().result();
    assertTrue(result instanceof TaskResult.Inline);
    return Json.parseObject(((TaskResult.Inline) requireNonNull(result)).json());
  }

  private static TaskRequest parameters(Map<String, Object> parameters) {
    return new TaskRequest(
        Map.copyOf(parameters),
        Map.of(),
        Map.of(),
        Map.of(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private static TaskRequest resume(TaskId id) {
    return new TaskRequest(
        Map.of(),
        Map.of(),
        Map.of(),
        Map.of(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(id.toString()),
        Optional.empty(),
        Optional.empty());
  }
}
