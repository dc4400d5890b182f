package io.etlapi.security;

import io.etlapi.json.Json;
import io.etlapi.json.JsonException;
import io.etlapi.json.JsonLimits;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The content of a token file: {@code {"tokens": [{"name", "role", "sha256", "created_at"?,
 * "expires_at"?}]}}. Members that it does not know are kept. Immutable.
 */
final class TokenDocument {

  static final TokenDocument EMPTY = new TokenDocument(Map.of(), List.of(), List.of());

  private static final String TOKENS = "tokens";
  private static final JsonLimits LIMITS = new JsonLimits(8, 200_000, 4L << 20);

  private final Map<String, @Nullable Object> members;
  private final List<Map<String, @Nullable Object>> entries;
  private final List<Token> tokens;
  private final Map<Digest, Token> byDigest = new HashMap<>();

  private TokenDocument(
      Map<String, @Nullable Object> members,
      List<Map<String, @Nullable Object>> entries,
      List<Token> tokens) {
    this.members = members;
    this.entries = entries;
    this.tokens = List.copyOf(tokens);
    tokens.forEach(token -> byDigest.put(token.digest(), token));
  }

  /**
   * Reads a token file.
   *
   * @throws JsonException with a sentence that names the entry at fault, never its digest
   */
  static TokenDocument parse(byte[] utf8) {
    Map<String, @Nullable Object> members = Json.parseObject(utf8, LIMITS);
    if (!(members.get(TOKENS) instanceof List<?> list)) {
      throw new JsonException("it has no array \"tokens\"");
    }
    List<Map<String, @Nullable Object>> entries = new ArrayList<>();
    List<Token> tokens = new ArrayList<>();
    Set<String> names = new HashSet<>();
    Set<Digest> digests = new HashSet<>();
    for (Object item : list) {
      String place = "token " + (tokens.size() + 1);
      if (!(item instanceof Map<?, ?> map)) {
        throw new JsonException(place + " is no object");
      }
      Map<String, @Nullable Object> entry = new LinkedHashMap<>();
      map.forEach((key, value) -> entry.put(String.valueOf(key), value));
      Token token = token(place, entry);
      if (!names.add(token.name())) {
        throw new JsonException(place + " has the name of another one: " + token.name());
      }
      if (!digests.add(token.digest())) {
        throw new JsonException(place + " has the sha256 of another one");
      }
      entries.add(entry);
      tokens.add(token);
    }
    return new TokenDocument(members, entries, tokens);
  }

  private static Token token(String place, Map<String, @Nullable Object> entry) {
    String name = text(entry, "name").orElse("");
    if (!Token.NAME.matcher(name).matches()) {
      throw new JsonException(place + " needs a \"name\" of up to 64 letters, digits and . _ @ -");
    }
    Role role =
        text(entry, "role")
            .flatMap(Role::of)
            .orElseThrow(
                () ->
                    new JsonException(
                        place + " needs a \"role\": \"viewer\", \"operator\" or \"admin\""));
    Digest digest =
        text(entry, "sha256")
            .flatMap(Digest::ofHex)
            .orElseThrow(
                () ->
                    new JsonException(
                        place + " needs \"sha256\": 64 hexadecimal digits in lower case"));
    return new Token(
        name, role, digest, time(place, entry, "created_at"), time(place, entry, "expires_at"));
  }

  List<Token> tokens() {
    return tokens;
  }

  @Nullable Token find(Digest digest) {
    return byDigest.get(digest);
  }

  Optional<Token> named(String name) {
    return tokens.stream().filter(token -> token.name().equals(name)).findAny();
  }

  /** The document with one token more. */
  TokenDocument with(Token token) {
    Map<String, @Nullable Object> entry = new LinkedHashMap<>();
    entry.put("name", token.name());
    entry.put("role", token.role().word());
    entry.put("sha256", token.digest().hex());
    entry.put("created_at", token.createdAt());
    entry.put("expires_at", token.expiresAt());
    List<Map<String, @Nullable Object>> more = new ArrayList<>(entries);
    more.add(entry);
    List<Token> known = new ArrayList<>(tokens);
    known.add(token);
    return new TokenDocument(members, more, known);
  }

  /** The document without the token of that name. */
  TokenDocument without(String name) {
    List<Map<String, @Nullable Object>> fewer = new ArrayList<>(entries);
    fewer.removeIf(entry -> name.equals(entry.get("name")));
    return new TokenDocument(
        members, fewer, tokens.stream().filter(token -> !token.name().equals(name)).toList());
  }

  byte[] toBytes() {
    Map<String, @Nullable Object> document = new LinkedHashMap<>(members);
    document.put(TOKENS, entries);
    return Json.pretty(document).getBytes(StandardCharsets.UTF_8);
  }

  private static Optional<String> text(Map<String, @Nullable Object> entry, String name) {
    return entry.get(name) instanceof String text ? Optional.of(text) : Optional.empty();
  }

  private static @Nullable Instant time(
      String place, Map<String, @Nullable Object> entry, String name) {
    Object value = entry.get(name);
    if (value == null) {
      return null;
    }
    try {
      if (value instanceof String text) {
        return Instant.parse(text);
      }
    } catch (DateTimeParseException e) {
      // refused below
    }
    throw new JsonException(
        place + " has \"" + name + "\" that is no time such as \"2027-01-31T00:00:00Z\"");
  }
}
