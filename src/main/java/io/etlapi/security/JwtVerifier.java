package io.etlapi.security;

import io.etlapi.json.Json;
import io.etlapi.json.JsonException;
import io.etlapi.json.JsonLimits;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Checks signed tokens (JWT, RFC 7519) of one issuer in the form that MicroProfile JWT gives them:
 * RS256 or ES256, who it is in {@code upn}, {@code preferred_username} or {@code sub}, the roles in
 * {@code groups}. Which algorithm is right is decided by the key, never by the token. Thread-safe.
 */
final class JwtVerifier {

  private static final JsonLimits LIMITS = new JsonLimits(16, 1000, 16 * 1024);

  /** How far the clock of the issuer may be ahead or behind. */
  private static final Duration SKEW = Duration.ofSeconds(60);

  private static final int MAX_LENGTH = 16 * 1024;
  private static final int MAX_NAME = 128;

  private final JwtKeys keys;
  private final String issuer;
  private final Optional<String> audience;
  private final Clock clock;

  /** What came of a token. */
  sealed interface Outcome {

    /** It is good; the role is the highest of those that it names. */
    record Good(Caller caller) implements Outcome {}

    /**
     * It is not.
     *
     * @param detail a sentence that says why and what to do; quotes nothing of the token but its
     *     issuer
     */
    record Bad(String detail) implements Outcome {}
  }

  JwtVerifier(JwtKeys keys, String issuer, Optional<String> audience, Clock clock) {
    this.keys = keys;
    this.issuer = issuer;
    this.audience = audience;
    this.clock = clock;
  }

  /** Whether a bearer token has the form of a JWT: three parts. */
  static boolean isJwt(String token) {
    int first = token.indexOf('.');
    int last = token.lastIndexOf('.');
    return first > 0 && last > first + 1 && token.indexOf('.', first + 1) == last;
  }

  Outcome verify(String token) {
    if (token.length() > MAX_LENGTH) {
      return new Outcome.Bad("This JWT is longer than " + MAX_LENGTH + " characters.");
    }
    String[] parts = token.split("\\.", -1);
    try {
      Map<String, @Nullable Object> header = object(parts[0]);
      PublicKey key = keys.find(text(header, "kid")).orElse(null);
      if (key == null) {
        return new Outcome.Bad(
            "This JWT is signed with a key that is not known here (header kid): the file that"
                + " ETL_JWT_KEYS names has the keys that are.");
      }
      String algorithm = key.getAlgorithm().equals("RSA") ? "RS256" : "ES256";
      // A critical header asks for something that is not done here.
      if (!algorithm.equals(header.get("alg")) || header.containsKey("crit")) {
        return new Outcome.Bad("This JWT must be signed with " + algorithm + ", as its key is.");
      }
      if (!isSigned(key, algorithm, parts)) {
        return new Outcome.Bad("The signature of this JWT is wrong.");
      }
      return claims(object(parts[1]));
    } catch (JsonException | IllegalArgumentException | GeneralSecurityException e) {
      return new Outcome.Bad("This JWT cannot be read.");
    }
  }

  private Outcome claims(Map<String, @Nullable Object> claims) {
    String from = text(claims, "iss").orElse("");
    if (!from.equals(issuer)) {
      return new Outcome.Bad(
          "This JWT was issued by '"
              + from.substring(0, Math.min(from.length(), 200))
              + "', which is not the issuer that ETL_JWT_ISSUER names.");
    }
    if (audience.isPresent() && !audiences(claims.get("aud")).contains(audience.get())) {
      return new Outcome.Bad(
          "This JWT is meant for others: its aud does not name what ETL_JWT_AUDIENCE does.");
    }
    Instant now = clock.instant();
    Optional<Instant> expires = time(claims, "exp");
    if (expires.isEmpty()) {
      return new Outcome.Bad("This JWT has no exp: one that never expires is not taken.");
    }
    if (now.minus(SKEW).isAfter(expires.get())) {
      return new Outcome.Bad(
          "This JWT expired at " + expires.get() + ". Ask its issuer for a new one.");
    }
    if (time(claims, "nbf").filter(from1 -> now.plus(SKEW).isBefore(from1)).isPresent()) {
      return new Outcome.Bad("This JWT does not count yet (nbf).");
    }
    Optional<String> name =
        text(claims, "upn")
            .or(() -> text(claims, "preferred_username"))
            .or(() -> text(claims, "sub"))
            .filter(text -> !text.isBlank() && text.length() <= MAX_NAME);
    if (name.isEmpty()) {
      return new Outcome.Bad("This JWT does not say who it is: it needs upn or sub.");
    }
    Role role = null;
    for (Role candidate : Role.values()) {
      if (claims.get("groups") instanceof List<?> groups && groups.contains(candidate.word())) {
        role = candidate;
      }
    }
    return role == null
        ? new Outcome.Bad(
            "The groups of this JWT hold none of the roles viewer, operator and admin.")
        : new Outcome.Good(new Caller(name.get(), role, Caller.Kind.JWT, null, expires.get()));
  }

  private static boolean isSigned(PublicKey key, String algorithm, String[] parts)
      throws GeneralSecurityException {
    boolean rsa = algorithm.equals("RS256");
    Signature signature = Signature.getInstance(rsa ? "SHA256withRSA" : "SHA256withECDSA");
    signature.initVerify(key);
    signature.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
    byte[] bytes = decode(parts[2]);
    return signature.verify(rsa ? bytes : der(bytes));
  }

  /** A JWT has the two numbers of an ES256 signature side by side, Java wants them in DER. */
  private static byte[] der(byte[] pair) throws GeneralSecurityException {
    if (pair.length != 64) {
      throw new GeneralSecurityException("not 64 bytes");
    }
    byte[] r = number(pair, 0);
    byte[] s = number(pair, 32);
    byte[] der = new byte[6 + r.length + s.length];
    der[0] = 0x30;
    der[1] = (byte) (4 + r.length + s.length);
    der[2] = 0x02;
    der[3] = (byte) r.length;
    System.arraycopy(r, 0, der, 4, r.length);
    der[4 + r.length] = 0x02;
    der[5 + r.length] = (byte) s.length;
    System.arraycopy(s, 0, der, 6 + r.length, s.length);
    return der;
  }

  private static byte[] number(byte[] pair, int from) throws GeneralSecurityException {
    BigInteger number = new BigInteger(1, pair, from, 32);
    if (number.signum() == 0) {
      throw new GeneralSecurityException("zero");
    }
    return number.toByteArray();
  }

  private static Map<String, @Nullable Object> object(String part) {
    return Json.parseObject(decode(part), LIMITS);
  }

  private static byte[] decode(String part) {
    return Base64.getUrlDecoder().decode(part);
  }

  private static List<?> audiences(@Nullable Object aud) {
    if (aud instanceof List<?> list) {
      return list;
    }
    return aud == null ? List.of() : List.of(aud);
  }

  private static Optional<String> text(Map<String, @Nullable Object> object, String name) {
    return object.get(name) instanceof String text ? Optional.of(text) : Optional.empty();
  }

  private static Optional<Instant> time(Map<String, @Nullable Object> claims, String name) {
    if (claims.get(name) instanceof Number seconds) {
      double value = seconds.doubleValue();
      return value >= 0 && value < 253_402_300_800.0
          ? Optional.of(Instant.ofEpochSecond((long) value))
          : Optional.empty();
    }
    return Optional.empty();
  }
}
