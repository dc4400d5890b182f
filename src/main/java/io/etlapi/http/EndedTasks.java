package io.etlapi.http;

import io.etlapi.execution.TaskManager;
import io.etlapi.task.TaskId;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** Answers clients that wait for the end of a task, without holding a thread for each. */
@ApplicationScoped
public class EndedTasks {

  @Inject TaskManager tasks;

  /** Answers when the task has ended or the time is up. */
  void await(TaskId id, Duration atMost, AsyncResponse response, Supplier<Response> answer) {
    CompletionStage<Void> unused =
        tasks
            .whenEnded(id, atMost)
            .whenComplete(
                (nothing, failure) -> {
                  try {
                    if (failure != null) {
                      response.resume(failure);
                    } else {
                      response.resume(answer.get());
                    }
                  } catch (RuntimeException e) {
                    response.resume(e);
                  }
                });
  }
}
