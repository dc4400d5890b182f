package io.etlapi.http;

import java.util.Map;

/** Sentences for refusals that no resource made: the container's and the JAX-RS runtime's. */
final class StatusProblems {

  private static final Map<Integer, String> TITLES =
      Map.ofEntries(
          Map.entry(400, "Bad request"),
          Map.entry(401, "Unauthorized"),
          Map.entry(403, "Forbidden"),
          Map.entry(404, "Not found"),
          Map.entry(405, "Method not allowed"),
          Map.entry(406, "Not acceptable"),
          Map.entry(408, "Request timeout"),
          Map.entry(413, "Content too large"),
          Map.entry(414, "URI too long"),
          Map.entry(415, "Unsupported media type"),
          Map.entry(429, "Too many requests"),
          Map.entry(431, "Request header fields too large"),
          Map.entry(500, "Internal server error"),
          Map.entry(503, "Service unavailable"));

  private StatusProblems() {}

  /**
   * The problem document of a bare status.
   *
   * @param path that was asked for
   */
  static Problem of(int status, String method, String path) {
    return of(status, "", method, path);
  }

  /**
   * The problem document of a status.
   *
   * @param detail a sentence; empty for the usual one of the status
   */
  static Problem of(int status, String detail, String method, String path) {
    return Problem.ofStatus(
        status, title(status), detail.isEmpty() ? detail(status, method) : detail, path);
  }

  private static String title(int status) {
    String title = TITLES.get(status);
    if (title != null) {
      return title;
    }
    return status < 500 ? "Request refused" : "Server error";
  }

  private static String detail(int status, String method) {
    return switch (status) {
      case 400 -> "The request cannot be read: check its path, query and headers.";
      case 401 -> "This needs credentials.";
      case 403 -> "This is not allowed.";
      case 404 -> "There is nothing at this path: GET /openapi.json lists what there is.";
      case 405 ->
          "The method "
              + ObjectReader.clip(method)
              + " is not possible here; the header Allow lists what is.";
      case 406 ->
          "The answer is JSON, which the header Accept of the request rules out: accept"
              + " application/json.";
      case 413 -> "The body is larger than is accepted.";
      case 414, 431 -> "The path or the headers are longer than is accepted.";
      case 415 ->
          "The body must be JSON in UTF-8: send it with Content-Type: application/json, or send no"
              + " body.";
      case 503 -> "The server is starting or stopping: try again.";
      default ->
          status < 500
              ? "The request is refused with status " + status + "."
              : "The server failed to answer.";
    };
  }
}
