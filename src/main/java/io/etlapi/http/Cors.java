package io.etlapi.http;

import io.etlapi.security.Verdict;
import jakarta.servlet.http.HttpServletResponse;

/**
 * What pages of an allowed foreign origin are told. Never that they may send cookies: such a page
 * signs in with a token in the header Authorization.
 */
final class Cors {

  private static final String ALLOWED_METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE";
  private static final String ALLOWED_HEADERS =
      "Accept, Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match,"
          + " Last-Event-ID, Prefer, Range, X-Requested-With";
  private static final String EXPOSED_HEADERS =
      "Accept-Ranges, Content-Disposition, Content-Range, ETag, Idempotency-Replayed, Link,"
          + " Location, Preference-Applied, Retry-After, X-Next-Offset";
  private static final String PREFLIGHT_SECONDS = "600";

  private Cors() {}

  /** Lets a page read the answer. */
  static void permit(String origin, HttpServletResponse response) {
    response.setHeader("Access-Control-Allow-Origin", origin);
    response.setHeader("Access-Control-Expose-Headers", EXPOSED_HEADERS);
    // The policy for all others would keep the page from what it may read.
    response.setHeader("Cross-Origin-Resource-Policy", "cross-origin");
  }

  /** Answers the question whether a page may send a request. */
  static void answer(Verdict.Preflight preflight, HttpServletResponse response) {
    permit(preflight.corsOrigin(), response);
    response.setHeader("Access-Control-Allow-Methods", ALLOWED_METHODS);
    response.setHeader("Access-Control-Allow-Headers", ALLOWED_HEADERS);
    response.setHeader("Access-Control-Max-Age", PREFLIGHT_SECONDS);
    response.setStatus(HttpServletResponse.SC_NO_CONTENT);
  }
}
