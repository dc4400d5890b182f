package io.etlapi.security;

import io.etlapi.config.EtlConfig;
import io.etlapi.task.TaskException;
import io.etlapi.task.TaskException.Reason;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Tells who sends a request: by a token of the token file, a session that was begun with one, or a
 * user of the server's realm. Good credentials always count, whatever failed before from the same
 * address: tokens and sessions have 256 bits, which no number of attempts guesses. Passwords of the
 * realm have not, so beyond the limit they are not even tried. Thread-safe.
 */
@ApplicationScoped
public class Credentials {

  /** Failures of one client address in a minute after which it is told to wait. */
  static final int MAX_FAILURES = 20;

  private static final System.Logger LOG = System.getLogger("io.etlapi.security");
  private static final String BEARER = "bearer ";
  private static final String BASIC = "basic ";

  private Clock clock = Clock.systemUTC();
  private @Nullable TokenFile tokens;
  private @Nullable JwtVerifier jwt;
  private String jwtFault = "";
  private boolean realmAllowed;
  private Sessions sessions = new Sessions(clock, Duration.ZERO);
  private FailureLimit failures = new FailureLimit(MAX_FAILURES, System::nanoTime);

  /** For the container's proxy. */
  protected Credentials() {}

  @Inject
  public Credentials(EtlConfig config, Clock clock) {
    EtlConfig.Security security = config.security();
    this.clock = clock;
    this.tokens =
        security
            .tokensFile()
            .map(file -> new TokenFile(file, clock, System::nanoTime))
            .orElse(null);
    this.realmAllowed = security.realm();
    security.jwt().ifPresent(issuer -> trust(issuer, clock));
    this.sessions = new Sessions(clock, security.sessionLife());
  }

  private void trust(EtlConfig.Security.Jwt issuer, Clock clock) {
    try {
      jwt = new JwtVerifier(JwtKeys.read(issuer.keys()), issuer.issuer(), issuer.audience(), clock);
    } catch (IllegalArgumentException e) {
      jwtFault = "the file that ETL_JWT_KEYS names is of no use: " + e.getMessage();
      LOG.log(
          System.Logger.Level.ERROR, "No JWT is taken: " + jwtFault + " (" + issuer.keys() + ")");
    }
  }

  /** A session as the browser gets it: its name, and when it ends. */
  public record SignIn(Caller caller, String session, Instant expiresAt) {}

  /** Whether anybody but this machine can be told apart; if not, only this machine is served. */
  public boolean areConfigured() {
    return tokens != null || realmAllowed || jwt != null || !jwtFault.isEmpty();
  }

  /** Whether users of the server's realm are let in. */
  public boolean isRealmAllowed() {
    return realmAllowed;
  }

  /** Why nobody can be let in at all; empty if somebody can, or nobody has to be. */
  public Optional<String> fault() {
    TokenFile file = tokens;
    if (realmAllowed || jwt != null) {
      return Optional.empty();
    }
    if (file != null) {
      return file.fault();
    }
    return jwtFault.isEmpty() ? Optional.empty() : Optional.of(jwtFault);
  }

  /** Who sends a request. */
  public Authentication authenticate(Presented presented) {
    if (!areConfigured()) {
      return new Authentication.Known(Caller.LOCAL);
    }
    Optional<String> authorization = presented.authorization();
    if (authorization.isPresent()) {
      return ofHeader(authorization.get(), presented);
    }
    if (presented.session().isPresent()) {
      Caller caller = ofSession(presented.session().get());
      if (caller != null) {
        return new Authentication.Known(caller);
      }
    }
    if (realmAllowed) {
      Optional<Caller> current = presented.realm().current().flatMap(Credentials::caller);
      if (current.isPresent()) {
        return new Authentication.Known(current.get());
      }
    }
    return new Authentication.Missing();
  }

  private Authentication ofHeader(String authorization, Presented presented) {
    if (authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
      return ofToken(authorization.substring(BEARER.length()).strip(), presented.client());
    }
    if (realmAllowed && authorization.regionMatches(true, 0, BASIC, 0, BASIC.length())) {
      return ofPassword(authorization.substring(BASIC.length()).strip(), presented);
    }
    return failed(
        presented.client(),
        realmAllowed
            ? "The header Authorization must begin with Bearer or Basic."
            : "The header Authorization must be: Bearer, a space and a token.");
  }

  /**
   * Who holds a token.
   *
   * @param client address that a failure is counted by
   */
  public Authentication ofToken(String text, String client) {
    JwtVerifier signed = jwt;
    if (signed != null && JwtVerifier.isJwt(text)) {
      if (failures.isReached(client)) {
        // A signature takes longer to check than a stranger may ask for.
        return new Authentication.TooMany(failures.retryAfterSeconds());
      }
      JwtVerifier.Outcome outcome = signed.verify(text);
      return outcome instanceof JwtVerifier.Outcome.Good good
          ? new Authentication.Known(good.caller())
          : failed(client, ((JwtVerifier.Outcome.Bad) outcome).detail());
    }
    TokenFile file = tokens;
    if (file == null) {
      return failed(
          client,
          signed == null
              ? "No tokens are configured here: set ETL_TOKENS_FILE."
              : "This is no signed token (JWT), and others are not configured here.");
    }
    Token token = file.find(Digest.of(text));
    if (token == null) {
      return failed(
          client,
          file.fault().isPresent()
              ? "No token is accepted, as the token file cannot be read; the server's log says why."
              : "This token is not known here: it was revoked or never made. Ask an admin for"
                  + " one.");
    }
    if (token.isExpired(clock.instant())) {
      return failed(
          client,
          "The token '"
              + token.name()
              + "' expired at "
              + token.expiresAt()
              + ". Ask an admin for another one.");
    }
    return new Authentication.Known(caller(token));
  }

  private Authentication ofPassword(String encoded, Presented presented) {
    if (failures.isReached(presented.client())) {
      return new Authentication.TooMany(failures.retryAfterSeconds());
    }
    String pair;
    try {
      pair = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      pair = "";
    }
    int colon = pair.indexOf(':');
    Optional<RealmLogin.User> user =
        colon <= 0
            ? Optional.empty()
            : presented.realm().login(pair.substring(0, colon), pair.substring(colon + 1));
    if (user.isEmpty()) {
      return failed(
          presented.client(),
          "The server's realm does not let this user in: the name or the password is wrong, or the"
              + " server has no realm for this application.");
    }
    return caller(user.get())
        .<Authentication>map(Authentication.Known::new)
        .orElseGet(
            () ->
                new Authentication.Refused(
                    "The server's realm gives this user none of the roles viewer, operator and"
                        + " admin."));
  }

  private Authentication failed(String client, String detail) {
    return failures.add(client)
        ? new Authentication.TooMany(failures.retryAfterSeconds())
        : new Authentication.Refused(detail);
  }

  private @Nullable Caller ofSession(String id) {
    Sessions.Session session = sessions.find(id);
    if (session == null) {
      return null;
    }
    Digest digest = session.caller().token();
    if (digest == null) {
      return session.caller();
    }
    TokenFile file = tokens;
    Token token = file == null ? null : file.find(digest);
    if (token == null || token.isExpired(clock.instant())) {
      // Its token was revoked: nothing brings this session back.
      sessions.end(id);
      return null;
    }
    return caller(token);
  }

  /** Whether a caller who was let in earlier would be let in again; for answers without an end. */
  public boolean isStillGood(Caller caller) {
    Instant now = clock.instant();
    if (caller.until() != null && !now.isBefore(caller.until())) {
      return false;
    }
    Digest digest = caller.token();
    TokenFile file = tokens;
    if (digest == null || file == null) {
      return true;
    }
    Token token = file.find(digest);
    return token != null && !token.isExpired(now);
  }

  /** Begins a session for a caller. */
  public SignIn signIn(Caller caller) {
    Sessions.Opened opened = sessions.open(caller, caller.until());
    return new SignIn(caller, opened.id(), opened.session().expiresAt());
  }

  /** Ends a session; nothing happens if there is none. */
  public void signOut(String session) {
    sessions.end(session);
  }

  /**
   * All tokens, as far as they may be shown.
   *
   * @throws TaskException if no token file is configured
   */
  public List<Token> tokens() {
    return requireTokens().all();
  }

  /**
   * Makes a token and returns it; it is nowhere kept.
   *
   * @param expiresAt null for never
   * @throws TaskException if the name is taken, or the file cannot be read or written
   */
  public String createToken(String name, Role role, @Nullable Instant expiresAt) {
    return requireTokens().create(name, role, expiresAt);
  }

  /**
   * Ends a token, and all sessions that were begun with it, at once.
   *
   * @throws TaskException if there is none of that name, or it is the last of an admin
   */
  public void revokeToken(String name) {
    requireTokens().revoke(name, realmAllowed || jwt != null);
  }

  private TokenFile requireTokens() {
    TokenFile file = tokens;
    if (file == null) {
      throw new TaskException(
          Reason.WRONG_STATE, "No token file is configured: set ETL_TOKENS_FILE and restart.");
    }
    return file;
  }

  private static Caller caller(Token token) {
    return new Caller(
        token.name(), token.role(), Caller.Kind.TOKEN, token.digest(), token.expiresAt());
  }

  private static Optional<Caller> caller(RealmLogin.User user) {
    return user.role().map(role -> new Caller(user.name(), role, Caller.Kind.REALM, null));
  }
}
