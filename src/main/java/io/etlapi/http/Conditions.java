package io.etlapi.http;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a request makes its answer depend on (RFC 9110): the states that its client has or wants,
 * and the media types that it takes. For servlets; a JAX-RS runtime knows this by itself.
 *
 * @param ifMatch the lists of all headers {@code If-Match}; null if there is none
 * @param ifNoneMatch the same of {@code If-None-Match}
 */
record Conditions(@Nullable String ifMatch, @Nullable String ifNoneMatch) {

  static Conditions of(HttpServletRequest request) {
    return new Conditions(all(request, "If-Match"), all(request, "If-None-Match"));
  }

  private static @Nullable String all(HttpServletRequest request, String name) {
    String first = request.getHeader(name);
    return first == null ? null : String.join(",", Collections.list(request.getHeaders(name)));
  }

  boolean any() {
    return ifMatch != null || ifNoneMatch != null;
  }

  /**
   * Whether the state is one that the client wants.
   *
   * @param tag a strong entity tag in quotes
   */
  boolean matches(String tag) {
    return ifMatch == null || lists(ifMatch, tag, false);
  }

  /** Whether the client has this state already. */
  boolean has(String tag) {
    return ifNoneMatch != null && lists(ifNoneMatch, tag, true);
  }

  /** Our tags are hexadecimal digits and hyphens: no comma is part of one. */
  private static boolean lists(String list, String tag, boolean weakly) {
    if (list.equals(tag)) {
      return true;
    }
    for (String item : list.split(",", -1)) {
      String listed = item.strip();
      if (listed.equals("*")
          || listed.equals(tag)
          || (weakly && listed.startsWith("W/") && listed.substring(2).equals(tag))) {
        return true;
      }
    }
    return false;
  }

  /** Whether one of the media ranges takes {@code application/json}; no header takes all. */
  static boolean acceptsJson(@Nullable Enumeration<String> headers) {
    if (headers == null || !headers.hasMoreElements()) {
      return true;
    }
    List<String> values = Collections.list(headers);
    for (String value : values) {
      if (value.equals("*/*") || value.equals("application/json")) {
        return true;
      }
    }
    return values.stream()
        .flatMap(value -> List.of(value.split(",", -1)).stream())
        .anyMatch(Conditions::takesJson);
  }

  private static boolean takesJson(String range) {
    String[] parts = range.toLowerCase(Locale.ROOT).replaceAll("\\s", "").split(";", -1);
    for (int i = 1; i < parts.length; i++) {
      if (parts[i].matches("q=0(\\.0*)?")) {
        return false;
      }
    }
    return parts[0].equals("*/*")
        || parts[0].equals("application/*")
        || parts[0].equals("application/json");
  }
}
