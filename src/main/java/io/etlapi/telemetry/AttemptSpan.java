package io.etlapi.telemetry;

import io.etlapi.execution.AttemptSpans;
import io.etlapi.task.Task;
import io.etlapi.task.TaskStatus;
import io.etlapi.task.TraceParent;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Scope;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The span of one attempt, which what its step calls on the same thread finds as the current. */
final class AttemptSpan implements AttemptSpans.OpenSpan {

  private static final String STATUS = "etl.task.status";

  private final Span span;
  private final Scope scope;
  private boolean told;

  /** Of a span that has begun, on the thread of the attempt. */
  @SuppressWarnings("MustBeClosedChecker") // closed with this span
  AttemptSpan(Span span) {
    this.span = span;
    this.scope = span.makeCurrent();
  }

  /** Empty for a span that is not recorded: nobody could find what names it as its parent. */
  static Optional<String> traceparent(Span span) {
    SpanContext context = span.getSpanContext();
    return span.isRecording() && context.isValid()
        ? Optional.of(
            new TraceParent(
                    context.getTraceId(), context.getSpanId(), context.getTraceFlags().asHex())
                .toString())
        : Optional.empty();
  }

  @Override
  public Optional<String> traceparent() {
    return ServerSpans.safely("a span is not passed on", () -> traceparent(span));
  }

  @Override
  public void end(Task after, @Nullable String error) {
    told = true;
    tell(
        () -> {
          span.setAttribute(STATUS, after.status().word());
          if (error != null && after.status() != TaskStatus.CANCELLED) {
            span.setStatus(StatusCode.ERROR, firstLine(error));
          }
        });
  }

  @Override
  public void close() {
    if (!told) {
      tell(() -> span.setStatus(StatusCode.ERROR, "the end of the attempt is not recorded"));
    }
    // The thread goes back to a pool: nothing of ours may stay in it.
    tell(scope::close);
    tell(span::end);
  }

  private static String firstLine(String error) {
    return error.lines().findFirst().orElse("");
  }

  private static void tell(Runnable call) {
    Optional<Object> unused =
        ServerSpans.safely(
            "a span is not complete",
            () -> {
              call.run();
              return Optional.empty();
            });
  }
}
