package io.etlapi.http;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * The error page of the deployment: what the container itself refuses is a problem document too,
 * not a page of HTML with its name and version.
 */
@WebServlet(name = "problems", urlPatterns = ProblemServlet.PATH)
public class ProblemServlet extends HttpServlet {

  /** Named in {@code web.xml} as the location of every error page. */
  static final String PATH = "/-/problem";

  private static final long serialVersionUID = 1L;

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    Object status = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
    Object path = request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI);
    write(
        StatusProblems.of(
            // Without an error this is a request like any other, for a path that is not there.
            status instanceof Integer code ? code : 404,
            request.getMethod(),
            path instanceof String text ? text : request.getRequestURI()),
        response);
  }

  /** Writes a refusal as the whole answer. */
  static void write(Refusal refusal, HttpServletResponse response) throws IOException {
    if (refusal.retryAfterSeconds() > 0) {
      response.setIntHeader("Retry-After", refusal.retryAfterSeconds());
    }
    write(refusal.problem(), response);
  }

  /** Writes a problem as the whole answer. */
  public static void write(Problem problem, HttpServletResponse response) throws IOException {
    byte[] body = problem.json().getBytes(StandardCharsets.UTF_8);
    response.setStatus(problem.status());
    response.setContentType(Problem.MEDIA_TYPE);
    response.setContentLength(body.length);
    response.getOutputStream().write(body);
  }
}
