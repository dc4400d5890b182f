package io.etlapi.http;

import io.etlapi.config.EtlConfig;
import io.etlapi.security.Access;
import io.etlapi.security.AuditLog;
import io.etlapi.security.Authentication;
import io.etlapi.security.Caller;
import io.etlapi.security.ClientRequests;
import io.etlapi.security.Credentials;
import io.etlapi.security.Presented;
import io.etlapi.security.Proxies;
import io.etlapi.security.RealmLogin;
import io.etlapi.security.RequestGuard;
import io.etlapi.security.RoleCheck;
import io.etlapi.security.Routes;
import io.etlapi.security.Verdict;
import jakarta.inject.Inject;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Stands in front of everything, static files and event streams included: asks the guard whether
 * the request is served at all, the credentials who sent it and the table of routes whether that
 * one may; answers where one of them refuses, and puts the security headers on every answer.
 * Declared in {@code web.xml}, before all other filters.
 */
public class GuardFilter extends HttpFilter {

  private static final long serialVersionUID = 1L;

  private static final String CLIENT = "io.etlapi.client";
  private static final String SCHEME = "io.etlapi.scheme";

  private transient RequestGuard guard = new RequestGuard(List.of());
  private transient Proxies proxies = new Proxies(List.of());
  private transient ClientRequests clients = new ClientRequests(1);
  private transient SlowBodies bodies = new SlowBodies();
  private transient @Nullable Credentials credentials;
  private transient @Nullable AuditLog audit;
  private transient @Nullable RequestTimes times;

  /** Takes what the rules depend on from the settings. */
  @Inject
  void configure(EtlConfig config, Credentials credentials, AuditLog audit, RequestTimes times) {
    this.times = times;
    this.credentials = credentials;
    this.audit = audit;
    guard = new RequestGuard(config.http().corsOrigins(), !credentials.areConfigured());
    proxies = new Proxies(config.security().trustedProxies());
    clients = new ClientRequests(config.security().requestsPerClient());
  }

  /** Where a request really comes from. */
  static String client(HttpServletRequest request) {
    return request.getAttribute(CLIENT) instanceof String client ? client : request.getRemoteAddr();
  }

  /** Whether the client used https, as far as a trusted proxy says so. */
  static boolean isHttps(HttpServletRequest request) {
    return request.isSecure() || "https".equals(request.getAttribute(SCHEME));
  }

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    BrowserPolicy.apply(response);
    if (request.getDispatcherType() == DispatcherType.ERROR) {
      // The guard has decided about this request before; the container may have lost the headers.
      chain.doFilter(request, response);
      return;
    }
    long start = System.nanoTime();
    HttpFacts http = HttpFacts.of(request, proxies);
    Routes.Match match = Routes.find(request.getMethod(), http.path());
    boolean broken = true;
    try {
      decide(request, response, chain, http, match);
      broken = false;
    } finally {
      RequestTimes measuring = times;
      if (measuring != null) {
        measuring.measure(request, response, http, match, start, broken);
      }
    }
  }

  private void decide(
      HttpServletRequest request,
      HttpServletResponse response,
      FilterChain chain,
      HttpFacts http,
      Routes.Match match)
      throws IOException, ServletException {
    response.addHeader("Vary", "Origin");
    request.setAttribute(CLIENT, http.client());
    request.setAttribute(SCHEME, http.facts().scheme());
    Access access = match instanceof Routes.Match.Found found ? found.route().access() : null;
    Verdict verdict = guard.decide(http.facts(), access == Access.PROBE);
    if (verdict instanceof Verdict.Refused refused) {
      GuardAnswers.refuse(refused, request, response);
      record(request, response, http, null, true);
    } else if (verdict instanceof Verdict.Preflight preflight) {
      Cors.answer(preflight, response);
    } else if (verdict instanceof Verdict.Pass pass) {
      pass.corsOrigin().ifPresent(origin -> Cors.permit(origin, response));
      pass(request, response, chain, new Passing(http, match, access));
    }
  }

  /** A request that the guard let pass, and what the table has for it. */
  private record Passing(HttpFacts http, Routes.Match match, @Nullable Access access) {}

  private void pass(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain, Passing passing)
      throws IOException, ServletException {
    HttpFacts http = passing.http();
    Authentication authentication =
        passing.access() == Access.PROBE
            ? new Authentication.Missing()
            : authenticate(request, http);
    Caller caller = authentication instanceof Authentication.Known known ? known.caller() : null;
    Optional<RoleCheck.Denied> denied =
        RoleCheck.check(request.getMethod(), passing.match(), caller);
    if (denied.isPresent()) {
      GuardAnswers.refuse(denied.get(), authentication, challengesBasic(http), request, response);
      record(request, response, http, caller, true);
      return;
    }
    HttpServletRequest known = caller == null ? request : CallerRequest.of(request, caller);
    Credentials asked = credentials;
    if (asked != null && caller != null && caller.kind() != Caller.Kind.LOCAL) {
      CallerRequest.setStillGood(request, () -> asked.isStillGood(caller));
    }
    serve(known, response, chain, http, caller);
  }

  private void serve(
      HttpServletRequest request,
      HttpServletResponse response,
      FilterChain chain,
      HttpFacts http,
      @Nullable Caller caller)
      throws IOException, ServletException {
    boolean counted = !http.isOfThisMachine() && !http.isStream();
    if (counted && !clients.begin(http.client())) {
      GuardAnswers.tooManyRequests(request, response);
      return;
    }
    try {
      serveInTurn(request, response, chain);
    } finally {
      boolean changing = http.facts().isStateChanging();
      if (counted || changing) {
        RequestEnd.run(
            request,
            () -> {
              if (counted) {
                clients.end(http.client());
              }
              if (changing) {
                record(request, response, http, caller, false);
              }
            });
      }
    }
  }

  private void serveInTurn(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    if (!SlowBodies.isComing(request)) {
      chain.doFilter(request, response);
      return;
    }
    Optional<PacedRequest> turn = bodies.begin(request);
    if (turn.isEmpty()) {
      GuardAnswers.tooManySlowBodies(request, response);
      return;
    }
    try (PacedRequest paced = turn.get()) {
      chain.doFilter(paced, response);
    }
  }

  private Authentication authenticate(HttpServletRequest request, HttpFacts http) {
    Credentials asked = credentials;
    if (asked == null) {
      return new Authentication.Missing();
    }
    if (!asked.areConfigured()) {
      return new Authentication.Known(Caller.LOCAL);
    }
    return asked.authenticate(
        new Presented(
            Optional.ofNullable(request.getHeader("Authorization")),
            http.facts().hasCookies() ? SessionCookie.of(request) : Optional.empty(),
            http.client(),
            asked.isRealmAllowed() ? new ServerRealm(request) : RealmLogin.NONE));
  }

  /** A browser would show a dialog of its own, which the console does not want. */
  private boolean challengesBasic(HttpFacts http) {
    Credentials asked = credentials;
    return asked != null && asked.isRealmAllowed() && !http.facts().hasRequestedWith();
  }

  private void record(
      HttpServletRequest request,
      HttpServletResponse response,
      HttpFacts http,
      @Nullable Caller caller,
      boolean denied) {
    AuditLog log = audit;
    if (log != null) {
      log.add(
          new AuditLog.Entry(
              caller,
              http.client(),
              request.getMethod(),
              http.path(),
              Optional.ofNullable(response.getHeader("Location")),
              response.getStatus()),
          denied);
    }
  }
}
