package io.etlapi.security;

import java.time.Instant;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A bearer token as the token file knows it.
 *
 * @param name unique; appears as principal in tasks and in the audit log
 * @param createdAt null where the file does not say
 * @param expiresAt from then on it is worth nothing; null for never
 */
public record Token(
    String name,
    Role role,
    Digest digest,
    @Nullable Instant createdAt,
    @Nullable Instant expiresAt) {

  /** What a token may be called. */
  public static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@-]{0,63}");

  /** Whether its time is over. */
  public boolean isExpired(Instant now) {
    return expiresAt != null && !now.isBefore(expiresAt);
  }
}
