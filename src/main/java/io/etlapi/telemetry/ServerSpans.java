package io.etlapi.telemetry;

import io.etlapi.execution.AttemptSpans;
import io.etlapi.task.Task;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/**
 * Spans through the OpenTelemetry that the server gives to applications, once it is switched on:
 * {@code otel.sdk.disabled=false}, as MicroProfile Telemetry has it. While it is off Payara hands
 * out one that records and shows nobody, and a trace would lead to spans that do not exist.
 *
 * <p>It reads a {@code traceparent} for the API itself ({@link TextMapGetter}), and so cannot even
 * be loaded where the API is not there. The API's global instance is left alone: the first who asks
 * for it settles what everybody gets.
 */
@Dependent
public class ServerSpans implements AttemptSpans, TextMapGetter<String> {

  private static final System.Logger LOG = System.getLogger(ServerSpans.class.getName());

  private static final String SCOPE = "io.etlapi";
  private static final String TRACEPARENT = "traceparent";

  private final Optional<Tracer> tracer;

  /** Off where the server has nothing to offer, or has it switched off. */
  @Inject
  public ServerSpans(
      Instance<OpenTelemetry> offered,
      @ConfigProperty(name = "otel.sdk.disabled", defaultValue = "true") boolean disabled) {
    tracer =
        disabled
            ? Optional.empty()
            : safely(
                "no spans are shown",
                () ->
                    offered.isResolvable()
                        ? Optional.of(offered.get().getTracer(SCOPE))
                        : Optional.empty());
  }

  @Override
  public Optional<String> current() {
    return tracer.flatMap(
        open ->
            safely(
                "the span of a request is not known",
                () -> AttemptSpan.traceparent(Span.current())));
  }

  @Override
  public OpenSpan begin(Task task) {
    return tracer
        .flatMap(
            open ->
                safely(
                    "an attempt has no span",
                    () -> Optional.<OpenSpan>of(new AttemptSpan(start(open, task)))))
        .orElseGet(() -> NONE.begin(task));
  }

  private Span start(Tracer open, Task task) {
    // The kind is that of work which somebody ordered and did not wait for.
    return open.spanBuilder("run " + task.spec().stepName())
        .setParent(parent(task))
        .setSpanKind(SpanKind.CONSUMER)
        .setAttribute("etl.task.id", task.id().toString())
        .setAttribute("etl.step", task.spec().stepName())
        .setAttribute("etl.attempt", task.state().attempt())
        .setAttribute("etl.attempts.max", task.spec().maxAttempts())
        .startSpan();
  }

  /** Not what the thread worked on last, nor what a server carries over to it. */
  private Context parent(Task task) {
    return W3CTraceContextPropagator.getInstance()
        .extract(Context.root(), task.spec().origin().traceparent(), this);
  }

  @Override
  public Iterable<String> keys(@Nullable String traceparent) {
    return List.of(TRACEPARENT);
  }

  @Override
  public @Nullable String get(@Nullable String traceparent, String key) {
    return key.equals(TRACEPARENT) ? traceparent : null;
  }

  /** A server's tracing may be broken or of another version; a task goes on without it. */
  static <T> Optional<T> safely(String otherwise, Supplier<Optional<T>> call) {
    try {
      return call.get();
    } catch (RuntimeException | LinkageError e) {
      LOG.log(System.Logger.Level.WARNING, "OpenTelemetry fails: " + otherwise, e);
      return Optional.empty();
    }
  }
}
