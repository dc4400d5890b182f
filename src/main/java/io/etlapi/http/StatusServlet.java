package io.etlapi.http;

import io.etlapi.execution.TaskManager;
import io.etlapi.execution.TaskSnapshot;
import io.etlapi.execution.TaskStates;
import io.etlapi.task.TaskId;
import jakarta.inject.Inject;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Where a task is: {@code GET /status/{id}}, with its output once it has completed. {@code Prefer:
 * wait=N} answers as soon as it has ended, {@code If-None-Match} with 304 while nothing has
 * changed.
 *
 * <p>A servlet and no resource: nine of ten requests are polls, and a JAX-RS runtime costs ten
 * times what it takes to answer one.
 */
@WebServlet(name = "status", urlPatterns = "/status/*", asyncSupported = true)
public class StatusServlet extends HttpServlet {

  private static final long serialVersionUID = 1L;

  private static final System.Logger LOG = System.getLogger(StatusServlet.class.getName());

  @Inject private transient TaskStates states;
  @Inject private transient TaskManager tasks;
  @Inject private transient TaskOutputs outputs;

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    try {
      String segment = segment(request.getPathInfo());
      if (segment == null) {
        refuse(HttpServletResponse.SC_NOT_FOUND, request, response);
        return;
      }
      switch (request.getMethod()) {
        case "GET", "HEAD" -> {
          if (Conditions.acceptsJson(request.getHeaders("Accept"))) {
            status(TaskIds.require(segment), request, response);
          } else {
            refuse(HttpServletResponse.SC_NOT_ACCEPTABLE, request, response);
          }
        }
        case "OPTIONS" -> response.setHeader("Allow", "HEAD, GET, OPTIONS");
        default -> {
          response.setHeader("Allow", "HEAD, GET, OPTIONS");
          refuse(HttpServletResponse.SC_METHOD_NOT_ALLOWED, request, response);
        }
      }
    } catch (RuntimeException e) {
      fail(e, request, response);
    }
  }

  /** The id in the path; null if the path is another one. */
  private static @Nullable String segment(@Nullable String pathInfo) {
    if (pathInfo == null) {
      return null;
    }
    String path = pathInfo.endsWith("/") ? pathInfo.substring(0, pathInfo.length() - 1) : pathInfo;
    return path.length() < 2 || path.lastIndexOf('/') > 0 ? null : path.substring(1);
  }

  private void status(TaskId id, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    Optional<Duration> wait =
        request.getHeader(Preferences.PREFER) == null
            ? Optional.empty()
            : Preferences.waitTime(Collections.list(request.getHeaders(Preferences.PREFER)));
    if (wait.isPresent() && !states.peek(id).summary().status().isTerminal()) {
      answerLater(id, wait.get(), request, response);
      return;
    }
    Conditions conditions = Conditions.of(request);
    if (!conditions.any()) {
      answer(states.require(id), request, response);
      return;
    }
    // What has not changed need not be read.
    String seen = TaskTag.of(states.peek(id));
    if (!conditions.matches(seen)) {
      TaskTag.set(response, seen);
      refuse(HttpServletResponse.SC_PRECONDITION_FAILED, request, response);
    } else if (conditions.has(seen)) {
      TaskTag.set(response, seen);
      response.setStatus(HttpServletResponse.SC_NOT_MODIFIED);
    } else {
      answer(states.require(id), request, response);
    }
  }

  private void answer(TaskSnapshot task, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    String method = request.getMethod();
    WithOutput.Body body = new WithOutput(StatusView.of(task), outputs.of(task, method)).body();
    TaskTag.set(response, TaskTag.of(task));
    response.setContentType(MediaType.APPLICATION_JSON);
    if (!method.equals("HEAD")) {
      response.setContentLengthLong(body.bytes());
      body.writeTo(response.getOutputStream());
    }
  }

  /**
   * Answers when the task has ended or the time is up, without holding a thread. Who waits wants to
   * see the state after the wait, so no precondition holds any more.
   */
  private void answerLater(
      TaskId id, Duration wait, HttpServletRequest request, HttpServletResponse response) {
    CompletionStage<Void> end = tasks.whenEnded(id, wait);
    AsyncContext async = request.startAsync(request, response);
    async.setTimeout(0);
    CompletionStage<Void> unused =
        end.whenComplete(
            (nothing, failure) -> {
              try {
                if (failure != null) {
                  fail(failure, request, response);
                } else {
                  response.setHeader(Preferences.APPLIED, Preferences.applied(wait));
                  answer(states.require(id), request, response);
                }
              } catch (RuntimeException e) {
                failLate(e, request, response);
              } catch (IOException e) {
                LOG.log(System.Logger.Level.DEBUG, "a client that waited has gone", e);
              } finally {
                async.complete();
              }
            });
  }

  private static void failLate(
      RuntimeException failure, HttpServletRequest request, HttpServletResponse response) {
    try {
      fail(failure, request, response);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "a client that waited has gone", e);
    }
  }

  private static void fail(
      Throwable failure, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    Refusal refusal = ProblemMapper.refusal(failure, request.getMethod(), request.getRequestURI());
    if (!response.isCommitted()) {
      ProblemServlet.write(refusal, response);
    }
  }

  private static void refuse(int status, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    ProblemServlet.write(
        StatusProblems.of(status, request.getMethod(), request.getRequestURI()), response);
  }
}
