package io.etlapi.execution;

import io.etlapi.task.Task;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Shows the attempts of tasks as spans of a distributed trace. A CDI bean, where the server offers
 * something to show them with. Thread-safe; what goes wrong in there never reaches the caller, for
 * whom a task is worth more than its trace.
 */
public interface AttemptSpans {

  /** Shows nothing: the way of a server that offers nothing for it. */
  AttemptSpans NONE =
      new AttemptSpans() {
        private final OpenSpan nothing =
            new OpenSpan() {
              @Override
              public Optional<String> traceparent() {
                return Optional.empty();
              }

              @Override
              public void end(Task after, @Nullable String error) {}

              @Override
              public void close() {}
            };

        @Override
        public Optional<String> current() {
          return Optional.empty();
        }

        @Override
        public OpenSpan begin(Task task) {
          return nothing;
        }
      };

  /**
   * Where in a trace the calling thread works, as a W3C {@code traceparent}; for a request that
   * brought none and that the server itself shows as a span.
   */
  Optional<String> current();

  /**
   * Begins the span of an attempt that starts now on the calling thread, which closes it.
   *
   * @param task as it is after the start
   */
  OpenSpan begin(Task task);

  /** The span of one attempt; used by one thread. */
  interface OpenSpan extends AutoCloseable {

    /**
     * What is done for the attempt elsewhere names as its parent, as a W3C {@code traceparent};
     * empty if this span will not be seen by anyone.
     */
    Optional<String> traceparent();

    /**
     * Says what came of the attempt.
     *
     * @param after the task as it is after the end
     * @param error why the attempt failed, null if it did not
     */
    void end(Task after, @Nullable String error);

    /** Ends the span, as a failure if nobody said what came of the attempt. */
    @Override
    void close();
  }
}
