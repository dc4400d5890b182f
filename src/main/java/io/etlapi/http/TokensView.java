package io.etlapi.http;

import io.etlapi.security.Token;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The tokens that let callers in; never what they are. */
public record TokensView(List<Entry> tokens) implements View {

  /**
   * One token.
   *
   * @param createdAt null where the file does not say
   * @param expiresAt null for never
   */
  public record Entry(
      String name,
      String role,
      @Nullable Instant createdAt,
      @Nullable Instant expiresAt,
      boolean expired) {

    static Entry of(Token token, Instant now) {
      return new Entry(
          token.name(),
          token.role().word(),
          token.createdAt(),
          token.expiresAt(),
          token.isExpired(now));
    }
  }

  static TokensView of(List<Token> tokens, Instant now) {
    return new TokensView(tokens.stream().map(token -> Entry.of(token, now)).toList());
  }
}
