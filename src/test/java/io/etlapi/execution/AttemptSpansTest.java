package io.etlapi.execution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.step.StepException;
import io.etlapi.task.Task;
import io.etlapi.task.TaskId;
import io.etlapi.task.TaskRequest;
import io.etlapi.task.TaskStatus;
import io.etlapi.task.TraceParent;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AttemptSpansTest {

  private static final String REQUEST = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

  @TempDir Path storage;

  /** Writes down what a span was told; its own trace parent ends in the number of the attempt. */
  private static final class Recorded implements AttemptSpans {
    private final List<String> events = new CopyOnWriteArrayList<>();

    @Override
    public Optional<String> current() {
      return Optional.of(REQUEST);
    }

    @Override
    public OpenSpan begin(Task task) {
      int attempt = task.state().attempt();
      Thread thread = Thread.currentThread();
      events.add("begin " + attempt + " " + task.status() + " " + task.spec().origin());
      return new OpenSpan() {
        @Override
        public Optional<String> traceparent() {
          return Optional.of("span-" + attempt);
        }

        @Override
        public void end(Task after, @Nullable String error) {
          events.add("end " + attempt + " " + after.status() + " " + error);
        }

        @Override
        public void close() {
          events.add("close " + attempt + " " + (Thread.currentThread() == thread));
        }
      };
    }
  }

  private final Recorded spans = new Recorded();

  @Test
  void eachAttemptHasASpanThatKnowsItsOutcomeAndIsClosedOnItsThread() {
    AtomicInteger attempts = new AtomicInteger();
    try (RuntimeHarness harness =
        new RuntimeHarness.Builder(storage)
            .spans(spans)
            .step(
                "flaky",
                true,
                context -> {
                  if (attempts.incrementAndGet() == 1) {
                    throw new StepException("not yet");
                  }
                  return Map.of("trace", context.traceparent().orElse("none"));
                })
            .start()) {
      TaskId id = harness.submit("flaky", RuntimeHarness.request(1, null, null));
      assertEquals(TaskStatus.COMPLETED, harness.awaitEnd(id).summary().status());
      RuntimeHarness.await("the last span is closed", () -> spans.events.size() == 6);

      assertEquals(
          List.of("end 1 PENDING not yet", "close 1 true", "end 2 COMPLETED null", "close 2 true"),
          spans.events.stream().filter(event -> !event.startsWith("begin")).toList());
      assertTrue(spans.events.get(0).startsWith("begin 1 RUNNING "), spans.events.toString());
      String output = String.valueOf(harness.runtime().require(id).task().orElseThrow().state());
      assertTrue(output.contains("span-2"), "the step was given the span's place: " + output);
      String log = String.join("\n", harness.runtime().storage().logs().tail(id, 100));
      assertTrue(log.contains("traceparent span-1"), log);
    }
  }

  @Test
  void aRequestWithoutATraceBelongsToTheSpanThatTheServerShowsItAs() {
    try (RuntimeHarness harness = echo()) {
      TaskId id = harness.submit("echo");

      assertEquals(Optional.of(REQUEST), harness.awaitEnd(id).traceparent());
    }
  }

  @Test
  void theTraceOfTheRequestItselfIsKept() {
    TraceParent own = new TraceParent("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7", "01");
    TaskRequest request =
        new TaskRequest(
            Map.of(),
            Map.of(),
            Map.of(),
            Map.of(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.of(own));
    try (RuntimeHarness harness = echo()) {
      TaskId id = harness.submit("echo", request);

      assertEquals(Optional.of(own.toString()), harness.awaitEnd(id).traceparent());
    }
  }

  private RuntimeHarness echo() {
    return new RuntimeHarness.Builder(storage)
        .spans(spans)
        .step("echo", false, context -> Map.of())
        .start();
  }
}
