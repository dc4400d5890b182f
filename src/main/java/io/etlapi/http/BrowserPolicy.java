package io.etlapi.http;

import jakarta.servlet.http.HttpServletResponse;

/** The response headers that tell a browser what it may do with an answer. */
public final class BrowserPolicy {

  private static final String CSP = "Content-Security-Policy";
  private static final String CACHE_CONTROL = "Cache-Control";

  /** Nothing may come of a document that is data. */
  private static final String DATA_POLICY = "default-src 'none'; frame-ancestors 'none'";

  /** The console: own scripts only, and no text that becomes markup but its own templates. */
  private static final String CONSOLE_POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src"
          + " 'self'; require-trusted-types-for 'script'; trusted-types lit-html; base-uri 'none';"
          + " form-action 'none'; frame-ancestors 'none'";

  private BrowserPolicy() {}

  /** For every answer, before it is known to be more than data. */
  public static void apply(HttpServletResponse response) {
    response.setHeader("X-Content-Type-Options", "nosniff");
    response.setHeader("Referrer-Policy", "no-referrer");
    response.setHeader("Cross-Origin-Resource-Policy", "same-origin");
    response.setHeader("X-Frame-Options", "DENY");
    response.setHeader(CSP, DATA_POLICY);
    response.setHeader(CACHE_CONTROL, "no-store");
  }

  /** For a file of the console: may be kept, and is asked about before each use. */
  static void applyToFile(HttpServletResponse response) {
    response.setHeader(CSP, CONSOLE_POLICY);
    response.setHeader(CACHE_CONTROL, "no-cache");
  }
}
