package io.etlapi.http.live;

import io.etlapi.http.TaskIds;
import jakarta.inject.Inject;
import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * {@code GET /events} and {@code GET /events/{task_id}}. An asynchronous servlet, because the sinks
 * of JAX-RS do not notice a client that went away on every server. Its mappings are longer than the
 * one of the JAX-RS application, so they go first.
 */
@WebServlet(
    name = "events",
    urlPatterns = {"/events", "/events/*"},
    asyncSupported = true)
public class EventsServlet extends HttpServlet {

  private static final long serialVersionUID = 1L;

  private static final List<String> METHODS = List.of("GET", "HEAD", "OPTIONS");

  @Inject transient LiveEvents live;

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws ServletException, IOException {
    if (METHODS.contains(request.getMethod())) {
      super.service(request, response);
    } else {
      response.setHeader("Allow", String.join(", ", METHODS));
      response.sendError(HttpServletResponse.SC_METHOD_NOT_ALLOWED);
    }
  }

  @Override
  protected void doGet(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    new StreamRequest(live, request, response).answer(EventsServlet::wanted);
  }

  @Override
  protected void doHead(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    doGet(request, response);
  }

  private static Subscription wanted(HttpServletRequest request) {
    String path = request.getPathInfo();
    if (path == null || path.equals("/")) {
      return Subscription.all();
    }
    return new Subscription(
        Optional.of(TaskIds.require(path.substring(1))),
        Subscription.Kind.TASK,
        StreamRequest.offset(request, "log_offset"));
  }
}
