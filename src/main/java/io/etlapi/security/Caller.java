package io.etlapi.security;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Who sends a request.
 *
 * @param name of the token, or of the user in the server's realm
 * @param kind how it is known
 * @param token digest of the token that vouches for it; null where none does
 * @param until from then on it is not vouched for any more; null if that is not known
 */
public record Caller(
    String name, Role role, Kind kind, @Nullable Digest token, @Nullable Instant until) {

  /** A caller of whom no end is known. */
  public Caller(String name, Role role, Kind kind, @Nullable Digest token) {
    this(name, role, kind, token, null);
  }

  /** How a caller is known. */
  public enum Kind {
    /** By nothing but being on this machine, while no credentials are configured. */
    LOCAL,
    /** By a token of the token file. */
    TOKEN,
    /** By the server's realm. */
    REALM,
    /** By a signed token of an issuer. */
    JWT
  }

  /** Everyone on this machine, as long as no credentials are configured. */
  public static final Caller LOCAL = new Caller("local", Role.ADMIN, Kind.LOCAL, null);
}
