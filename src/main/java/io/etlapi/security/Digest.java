package io.etlapi.security;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The SHA-256 of a token, which is all that is kept of it. Enough for 256 random bits: there is
 * nothing to guess that salt or repetition would make slower.
 *
 * <p>As a key of a map it lies where its first bits say. That gives away nothing: who times the
 * look-up learns about digests, and no digest leads back to a token. Equality takes the same time
 * wherever two digests differ.
 */
public final class Digest {

  private static final Pattern HEX = Pattern.compile("[0-9a-f]{64}");

  private final byte[] bytes;

  private Digest(byte[] bytes) {
    this.bytes = bytes;
  }

  /** The digest of a token. */
  public static Digest of(String token) {
    try {
      return new Digest(
          MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** A digest as 64 hexadecimal digits in lower case; empty if the text is none. */
  static Optional<Digest> ofHex(String hex) {
    return HEX.matcher(hex).matches()
        ? Optional.of(new Digest(HexFormat.of().parseHex(hex)))
        : Optional.empty();
  }

  String hex() {
    return HexFormat.of().formatHex(bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Digest digest && MessageDigest.isEqual(bytes, digest.bytes);
  }

  @Override
  public int hashCode() {
    return (bytes[0] & 0xff) << 24
        | (bytes[1] & 0xff) << 16
        | (bytes[2] & 0xff) << 8
        | (bytes[3] & 0xff);
  }

  /** Says nothing about the token. */
  @Override
  public String toString() {
    return "a digest";
  }
}
