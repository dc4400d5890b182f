package io.etlapi.security;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Decides whether a request is served at all, from facts about it alone. As long as no credentials
 * are configured only requests from this machine are; whoever asks, web pages of other origins
 * change nothing. Who may do what is decided after it, see {@link RoleCheck}. Immutable.
 */
public final class RequestGuard {

  /** More than any client sends; a server's own limits are often higher. */
  private static final int MAX_HEADERS = 100;

  private static final int MAX_QUERY = 8192;
  private static final int MAX_PARAMETERS = 100;

  /**
   * Characters that servers and what lies behind them read differently: encoded slashes, path
   * parameters, control characters, percent signs that encode nothing; and segments of dots, which
   * a server resolves after the table of routes was asked.
   */
  private static final Pattern UNREADABLE =
      Pattern.compile(
          "[;\\\\\\p{Cntrl}]|%(?![0-9a-f]{2})|%(?:2f|5c|3b|[01][0-9a-f]|7f)"
              + "|/(?:\\.|%2e){1,2}(?:/|$)");

  private final Origins origins;
  private final boolean localOnly;

  /**
   * A guard for a server without credentials.
   *
   * @param corsOrigins the foreign origins that are allowed
   */
  public RequestGuard(List<String> corsOrigins) {
    this(corsOrigins, true);
  }

  /**
   * A guard.
   *
   * @param corsOrigins the foreign origins that are allowed
   * @param localOnly whether only requests from this machine are served
   */
  public RequestGuard(List<String> corsOrigins, boolean localOnly) {
    this.origins = new Origins(corsOrigins);
    this.localOnly = localOnly;
  }

  /**
   * Decides about one request.
   *
   * @param open whether its route is open to anyone, see {@link Access#PROBE}
   */
  public Verdict decide(RequestFacts request, boolean open) {
    Optional<String> refusal =
        (localOnly && !open ? LocalRequests.refusal(request) : Optional.<String>empty())
            .or(() -> origins.refusal(request))
            .or(() -> formRefusal(request));
    if (refusal.isPresent()) {
      return new Verdict.Refused(403, refusal.get());
    }
    if (!isPlain(request.rawPath())
        && UNREADABLE.matcher(request.rawPath().toLowerCase(Locale.ROOT)).find()) {
      return new Verdict.Refused(
          400,
          "The path of this request cannot be read: it holds an encoded slash, a semicolon, a"
              + " backslash, a control character or a segment of dots.");
    }
    return limits(request)
        .orElseGet(
            () ->
                request.method().equals("OPTIONS")
                        && request.preflightMethod().isPresent()
                        && !request.origins().isEmpty()
                    ? preflight(request)
                    : new Verdict.Pass(origins.allowedForeign(request)));
  }

  /**
   * Whether a path is of characters that everyone reads alike; spares nearly all of them a search.
   */
  private static boolean isPlain(String path) {
    char before = '/';
    for (int i = 0; i < path.length(); i++) {
      char next = path.charAt(i);
      boolean plain =
          (next >= 'a' && next <= 'z')
              || (next >= 'A' && next <= 'Z')
              || (next >= '0' && next <= '9')
              || next == '-'
              || next == '_'
              || next == '/'
              || (next == '.' && before != '/');
      if (!plain) {
        return false;
      }
      before = next;
    }
    return true;
  }

  /** Whether a literal address is one that no packet from elsewhere has. */
  public static boolean isLoopback(String address) {
    return address.equals("127.0.0.1") || LocalRequests.isLoopback(address);
  }

  private Verdict preflight(RequestFacts request) {
    return origins
        .allowedForeign(request)
        .<Verdict>map(Verdict.Preflight::new)
        .orElseGet(
            () ->
                new Verdict.Refused(
                    403,
                    "Web pages of this origin may not call this server. Name the origin in"
                        + " ETL_CORS_ORIGINS to allow it."));
  }

  /**
   * A form of any page can send a POST with the cookies of its reader, but neither as JSON nor with
   * a header of its own. The rules about origins refuse it too; this one needs no help of the
   * browser.
   */
  private static Optional<String> formRefusal(RequestFacts request) {
    if (!request.isStateChanging()
        || !request.isOfBrowser()
        || request.hasRequestedWith()
        || request.contentType().map(RequestGuard::isJson).orElse(false)) {
      return Optional.empty();
    }
    return Optional.of(
        "A browser's form could have sent this request. Send it with Content-Type:"
            + " application/json or with the header X-Requested-With.");
  }

  private static boolean isJson(String contentType) {
    String type = contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    return type.equals("application/json")
        || (type.startsWith("application/") && type.endsWith("+json"));
  }

  private static Optional<Verdict> limits(RequestFacts request) {
    if (request.headers() > MAX_HEADERS) {
      return Optional.of(
          new Verdict.Refused(431, "The request has more than " + MAX_HEADERS + " headers."));
    }
    String query = request.query();
    if (query.length() > MAX_QUERY) {
      return Optional.of(
          new Verdict.Refused(
              414, "The query of the request is longer than " + MAX_QUERY + " characters."));
    }
    if (query.chars().filter(character -> character == '&').count() >= MAX_PARAMETERS) {
      return Optional.of(
          new Verdict.Refused(
              400, "The query of the request has more than " + MAX_PARAMETERS + " parameters."));
    }
    return Optional.empty();
  }
}
