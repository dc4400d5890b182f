package io.etlapi.http;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;

/**
 * The cookie that a browser is known by. No script sees it, no other site makes a browser send it,
 * and it belongs to this application's context root alone.
 */
final class SessionCookie {

  static final String NAME = "etl_session";

  private SessionCookie() {}

  /** The session that a request names. */
  static Optional<String> of(HttpServletRequest request) {
    Cookie[] cookies = request.getCookies();
    if (cookies != null) {
      for (Cookie cookie : cookies) {
        if (NAME.equals(cookie.getName())) {
          return Optional.ofNullable(cookie.getValue());
        }
      }
    }
    return Optional.empty();
  }

  /**
   * The value of Set-Cookie that begins a session.
   *
   * @param secure whether the browser may send it over https alone
   */
  static String begin(String session, long seconds, String contextPath, boolean secure) {
    return NAME
        + "="
        + session
        + "; Path="
        + (contextPath.isEmpty() ? "/" : contextPath.replace(" ", "%20"))
        + "; Max-Age="
        + Math.max(0, seconds)
        + "; HttpOnly; SameSite=Strict"
        + (secure ? "; Secure" : "");
  }

  /** The value of Set-Cookie that makes a browser forget its session. */
  static String end(String contextPath, boolean secure) {
    return begin("", 0, contextPath, secure);
  }
}
