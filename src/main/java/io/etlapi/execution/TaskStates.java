package io.etlapi.execution;

import io.etlapi.task.TaskException;
import io.etlapi.task.TaskException.Reason;
import io.etlapi.task.TaskId;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where tasks are now: what polls ask, which are nine of ten requests. A plain bean that {@link
 * TaskManager} opens and closes, because the interceptors around an enterprise bean cost several
 * times what the answer does.
 */
@ApplicationScoped
public class TaskStates {

  private volatile @Nullable EtlRuntime runtime;
  private volatile String notReady = "The server is starting. Try again.";

  /**
   * The task now; for a finished one with its whole record.
   *
   * @throws TaskException if there is none, or the server is not ready
   */
  public TaskSnapshot require(TaskId id) {
    return runtime().require(id);
  }

  /** The same without the record, which is all that tells whether something has changed. */
  public TaskSnapshot peek(TaskId id) {
    return runtime().peek(id);
  }

  void open(EtlRuntime opened) {
    runtime = opened;
  }

  /** From now on every question is refused, with this reason. */
  void close(String why) {
    notReady = why;
    runtime = null;
  }

  /** Why no question is answered yet or any more; empty when they are. */
  Optional<String> notReady() {
    return runtime == null ? Optional.of(notReady) : Optional.empty();
  }

  EtlRuntime runtime() {
    EtlRuntime open = runtime;
    if (open == null) {
      throw new TaskException(Reason.NOT_READY, notReady);
    }
    return open;
  }
}
