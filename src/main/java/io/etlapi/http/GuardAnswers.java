package io.etlapi.http;

import io.etlapi.security.Authentication;
import io.etlapi.security.RoleCheck;
import io.etlapi.security.Verdict;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** How the guard says no. */
final class GuardAnswers {

  static final String TOO_MANY_FAILURES =
      "Too many requests of this address had credentials that are not good. Wait before the next.";

  static final String BEARER = "Bearer realm=\"etl-api\"";
  private static final String BASIC = "Basic realm=\"etl-api\", charset=\"UTF-8\"";
  private static final String CHALLENGE = "WWW-Authenticate";
  private static final String RETRY_AFTER = "Retry-After";
  private static final int TOO_MANY = 429;

  private GuardAnswers() {}

  static void refuse(
      Verdict.Refused refused, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    write(refused.status(), refused.detail(), request, response);
  }

  /**
   * Refuses what the table of routes denies.
   *
   * @param authentication what came of the credentials; says more than the table where they were
   *     not good
   * @param basic whether users of the server's realm are let in
   */
  static void refuse(
      RoleCheck.Denied denied,
      Authentication authentication,
      boolean basic,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    String detail = denied.detail();
    if (authentication instanceof Authentication.TooMany many) {
      response.setHeader(RETRY_AFTER, Integer.toString(many.retryAfterSeconds()));
      write(TOO_MANY, TOO_MANY_FAILURES, request, response);
      return;
    }
    if (denied.status() == HttpServletResponse.SC_UNAUTHORIZED) {
      boolean refused = authentication instanceof Authentication.Refused;
      response.addHeader(CHALLENGE, refused ? BEARER + ", error=\"invalid_token\"" : BEARER);
      if (basic) {
        response.addHeader(CHALLENGE, BASIC);
      }
      if (authentication instanceof Authentication.Refused why) {
        detail = why.detail();
      }
    }
    if (denied.status() == HttpServletResponse.SC_METHOD_NOT_ALLOWED) {
      response.setHeader("Allow", String.join(", ", denied.allowed()));
    }
    write(denied.status(), detail, request, response);
  }

  static void tooManyRequests(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    response.setHeader(RETRY_AFTER, "1");
    write(
        TOO_MANY,
        "Too many requests of this address are under way (ETL_MAX_REQUESTS_PER_CLIENT). Wait for"
            + " their answers.",
        request,
        response);
  }

  /** Closes the connection: what still comes on it would hold a thread again. */
  static void tooManySlowBodies(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    response.setHeader(RETRY_AFTER, "2");
    response.setHeader("Connection", "close");
    write(
        HttpServletResponse.SC_SERVICE_UNAVAILABLE,
        "Too many clients are sending their bodies slowly at this moment. Send the body at once,"
            + " or try again.",
        request,
        response);
  }

  private static void write(
      int status, String detail, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    ProblemServlet.write(
        StatusProblems.of(status, detail, request.getMethod(), request.getRequestURI()), response);
  }
}
