package io.etlapi.http;

import io.etlapi.security.Proxies;
import io.etlapi.security.RequestFacts;
import io.etlapi.security.RequestGuard;
import io.etlapi.security.Routes;
import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the guard has to know, taken out of a servlet request.
 *
 * @param path below the context root, as it was sent
 * @param client where the request really comes from
 */
record HttpFacts(RequestFacts facts, String path, String client) {

  static final String REQUESTED_WITH = "X-Requested-With";

  private static final String HOST = "host";
  private static final Set<String> FORWARDING = Set.of("forwarded", "via", "x-real-ip");
  private static final String FORWARDING_PREFIX = "x-forwarded-";

  static HttpFacts of(HttpServletRequest request, Proxies proxies) {
    List<String> forwarding = new ArrayList<>(0);
    int headers = 0;
    boolean cookies = false;
    boolean requestedWith = false;
    Enumeration<String> names = request.getHeaderNames();
    while (names != null && names.hasMoreElements()) {
      String name = names.nextElement();
      headers++;
      switch (name.length()) {
        case 6 -> cookies |= name.equalsIgnoreCase("Cookie");
        case 16 -> requestedWith |= name.equalsIgnoreCase(REQUESTED_WITH);
        default -> {}
      }
      if (isForwarding(name)) {
        forwarding.add(name);
      }
    }
    String peer = request.getRemoteAddr();
    String rawPath = request.getRequestURI();
    String query = request.getQueryString();
    return new HttpFacts(
        new RequestFacts(
            request.getMethod(),
            forwarding.isEmpty()
                ? request.getScheme()
                : proxies.scheme(
                    peer, request.getScheme(), all(request.getHeaders("X-Forwarded-Proto"))),
            rawPath,
            peer,
            all(request.getHeaders(HOST)),
            forwarding,
            all(request.getHeaders("Origin")),
            Optional.ofNullable(request.getHeader("Sec-Fetch-Site")),
            Optional.ofNullable(request.getHeader("Access-Control-Request-Method")),
            Optional.ofNullable(request.getContentType()),
            cookies,
            requestedWith,
            headers,
            query == null ? "" : query),
        below(request.getContextPath(), rawPath),
        forwarding.isEmpty()
            ? peer
            : proxies.client(peer, all(request.getHeaders("X-Forwarded-For"))));
  }

  /** Whether it comes from this machine itself, by whatever means. */
  boolean isOfThisMachine() {
    return RequestGuard.isLoopback(client);
  }

  /** Whether it asks for an answer that has no end. */
  boolean isStream() {
    return Routes.isStream(path, facts.query());
  }

  /**
   * The path without the context root. That one is taken off by its number of segments: servers
   * give it decoded or not, and the container has found it equal already.
   */
  static String below(String contextPath, String rawPath) {
    int at = 0;
    for (int i = 0; i < contextPath.length(); i++) {
      if (contextPath.charAt(i) == '/') {
        at = rawPath.indexOf('/', at + 1);
        if (at < 0) {
          return "/";
        }
      }
    }
    return rawPath.substring(at);
  }

  private static boolean isForwarding(String header) {
    char first = header.isEmpty() ? ' ' : header.charAt(0);
    if (first != 'x'
        && first != 'X'
        && first != 'f'
        && first != 'F'
        && first != 'v'
        && first != 'V') {
      return false;
    }
    String name = header.toLowerCase(Locale.ROOT);
    return FORWARDING.contains(name) || name.startsWith(FORWARDING_PREFIX);
  }

  private static List<String> all(@Nullable Enumeration<String> values) {
    return values == null || !values.hasMoreElements() ? List.of() : Collections.list(values);
  }
}
