package io.etlapi.http;

import io.etlapi.task.TaskException.Reason;

/**
 * The HTTP face of a reason: the one table from why to status code.
 *
 * @param type of the problem document
 * @param retryAfterSeconds when asking again may help; 0 where it does not
 */
record ReasonStatus(int status, String type, String title, int retryAfterSeconds) {

  /** Exhaustive: a new reason does not compile until it is mapped. */
  static ReasonStatus of(Reason reason) {
    return switch (reason) {
      case MALFORMED -> refusal(400, "malformed-request", "Malformed request");
      case UNKNOWN_STEP -> refusal(400, "unknown-step", "Unknown step");
      case FAILED_DEPENDENCY -> refusal(400, "failed-dependency", "Failed dependency");
      case UNAUTHENTICATED -> refusal(401, "unauthenticated", "Unauthenticated");
      case FORBIDDEN -> refusal(403, "forbidden", "Forbidden");
      case UNKNOWN_TASK -> refusal(404, "unknown-task", "Unknown task");
      case NOT_FOUND -> refusal(404, "not-found", "Not found");
      case GONE -> refusal(410, "gone", "Gone");
      case SLOW_BODY -> refusal(408, "slow-body", "Request timeout");
      case WRONG_STATE -> refusal(409, "wrong-state", "Wrong state");
      case TOO_LARGE -> refusal(413, "too-large", "Too large");
      case NOT_JSON -> refusal(415, "not-json", "Not JSON");
      case INVALID -> refusal(422, "invalid-values", "Invalid values");
      case TOO_MANY_FAILURES ->
          new ReasonStatus(429, urn("too-many-failures"), "Too many failures", 60);
      case QUEUE_FULL -> new ReasonStatus(429, urn("queue-full"), "Queue full", 5);
      case STORAGE_UNAVAILABLE ->
          new ReasonStatus(503, urn("storage-unavailable"), "Storage unavailable", 10);
      case BUSY -> new ReasonStatus(503, urn("busy"), "Busy", 2);
      case TOO_SLOW -> refusal(504, "too-slow", "Too slow");
      case PAUSED -> new ReasonStatus(503, urn("intake-paused"), "Intake paused", 30);
      case NOT_READY -> new ReasonStatus(503, urn("not-ready"), "Not ready", 5);
    };
  }

  private static ReasonStatus refusal(int status, String name, String title) {
    return new ReasonStatus(status, urn(name), title, 0);
  }

  private static String urn(String name) {
    return "urn:etl-api:problem:" + name;
  }
}
