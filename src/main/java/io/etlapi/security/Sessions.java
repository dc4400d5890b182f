package io.etlapi.security;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Who has signed in with a browser: random names of 256 bits, kept here by their digests and sent
 * as a cookie. Bounded: beyond the limit the oldest session ends, of the same caller first. They
 * end with the server. Thread-safe.
 */
final class Sessions {

  static final int MAX = 2000;
  static final int MAX_PER_CALLER = 20;

  private static final int ID_BYTES = 32;

  private final Map<Digest, Session> byDigest = new ConcurrentHashMap<>();
  private final SecureRandom random = new SecureRandom();
  private final Clock clock;
  private final Duration life;

  /** Who has signed in until when. */
  record Session(Caller caller, Instant createdAt, Instant expiresAt) {}

  /** A session as the browser gets it. */
  record Opened(String id, Session session) {}

  /**
   * No sessions yet.
   *
   * @param life of a session
   */
  Sessions(Clock clock, Duration life) {
    this.clock = clock;
    this.life = life;
  }

  /**
   * Begins a session.
   *
   * @param notAfter when it ends at the latest; null for its usual end
   */
  Opened open(Caller caller, @Nullable Instant notAfter) {
    Instant now = clock.instant();
    byDigest.values().removeIf(session -> !now.isBefore(session.expiresAt()));
    endOldest(caller);
    byte[] bits = new byte[ID_BYTES];
    random.nextBytes(bits);
    String id = Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
    Instant end = now.plus(life);
    Session session =
        new Session(caller, now, notAfter != null && notAfter.isBefore(end) ? notAfter : end);
    byDigest.put(Digest.of(id), session);
    return new Opened(id, session);
  }

  private synchronized void endOldest(Caller caller) {
    while (byDigest.values().stream().filter(session -> isOf(session, caller)).count()
        >= MAX_PER_CALLER) {
      byDigest.entrySet().stream()
          .filter(entry -> isOf(entry.getValue(), caller))
          .min(Comparator.comparing(entry -> entry.getValue().createdAt()))
          .ifPresent(entry -> byDigest.remove(entry.getKey()));
    }
    while (byDigest.size() >= MAX) {
      byDigest.entrySet().stream()
          .min(Comparator.comparing(entry -> entry.getValue().createdAt()))
          .ifPresent(entry -> byDigest.remove(entry.getKey()));
    }
  }

  private static boolean isOf(Session session, Caller caller) {
    return session.caller().kind() == caller.kind()
        && session.caller().name().equals(caller.name());
  }

  /** The session of that name; null if there is none or its time is over. */
  @Nullable Session find(String id) {
    Digest digest = Digest.of(id);
    Session session = byDigest.get(digest);
    if (session != null && !clock.instant().isBefore(session.expiresAt())) {
      byDigest.remove(digest);
      return null;
    }
    return session;
  }

  /** Ends a session; nothing happens if there is none. */
  void end(String id) {
    byDigest.remove(Digest.of(id));
  }

  int count() {
    return byDigest.size();
  }
}
