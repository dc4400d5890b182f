package io.etlapi.telemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.etlapi.execution.AttemptSpans;
import io.etlapi.task.Task;
import io.etlapi.task.TaskId;
import io.etlapi.task.TaskSpec;
import io.opentelemetry.api.OpenTelemetry;
import jakarta.enterprise.inject.Instance;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** What arrives where spans are shown is seen from outside, in {@code SpansIT}. */
class ServerSpansTest {

  private static final Task TASK =
      Task.accepted(
          new TaskSpec(
              new TaskId(new UUID(1, 2)),
              "echo",
              Map.of(),
              TaskSpec.DEFAULT_PRIORITY,
              1,
              null,
              Instant.EPOCH,
              new TaskSpec.Origin(null, null, null, null, null, null, null)));

  @Test
  void aServerThatHasItSwitchedOffIsNotEvenAsked() {
    ServerSpans spans =
        new ServerSpans(
            offering(
                () -> {
                  throw new AssertionError("asked");
                }),
            true);

    assertShowsNothing(spans);
  }

  @Test
  void aServerThatFailsToGiveOneDoesNotFailTheTask() {
    ServerSpans spans =
        new ServerSpans(
            offering(
                () -> {
                  throw new IllegalStateException("no application is executing");
                }),
            false);

    assertShowsNothing(spans);
  }

  @Test
  void aTracerThatFailsDoesNotFailTheTask() {
    OpenTelemetry broken =
        proxy(
            OpenTelemetry.class,
            method -> {
              throw new NoSuchMethodError(method);
            });
    ServerSpans off = new ServerSpans(offering(() -> broken), false);
    assertShowsNothing(off);

    OpenTelemetry brokenLater =
        proxy(
            OpenTelemetry.class,
            method ->
                proxy(
                    io.opentelemetry.api.trace.Tracer.class,
                    call -> {
                      throw new NoSuchMethodError(call);
                    }));
    ServerSpans failing = new ServerSpans(offering(() -> brokenLater), false);
    assertShowsNothing(failing);
  }

  @Test
  void aSpanThatNobodyRecordsIsNotPassedOn() {
    ServerSpans spans = new ServerSpans(offering(OpenTelemetry::noop), false);

    assertShowsNothing(spans);
  }

  private static void assertShowsNothing(ServerSpans spans) {
    assertEquals(Optional.empty(), spans.current());
    try (AttemptSpans.OpenSpan span = spans.begin(TASK)) {
      assertEquals(Optional.empty(), span.traceparent());
      span.end(TASK, "an error");
    }
    assertSame(
        io.opentelemetry.context.Context.root(),
        io.opentelemetry.context.Context.current(),
        "the thread is left as it was");
  }

  @SuppressWarnings("unchecked")
  private static Instance<OpenTelemetry> offering(Supplier<OpenTelemetry> offered) {
    return proxy(
        Instance.class, method -> method.equals("isResolvable") ? (Object) true : offered.get());
  }

  private interface Answer {
    Object to(String method);
  }

  private static <T> T proxy(Class<T> type, Answer answer) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) -> answer.to(method.getName())));
  }
}
