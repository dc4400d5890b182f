package io.etlapi.security;

import io.etlapi.json.Json;
import io.etlapi.json.JsonException;
import io.etlapi.json.JsonLimits;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The public keys that an issuer signs with: one in PEM ({@code BEGIN PUBLIC KEY}), or a key set
 * (JWKS, RFC 7517) of RSA keys of 2048 bits and more and keys of the curve P-256. Immutable.
 */
final class JwtKeys {

  private static final JsonLimits LIMITS = new JsonLimits(8, 10_000, 1L << 20);
  private static final int MIN_RSA_BITS = 2048;
  private static final String BEGIN = "-----BEGIN PUBLIC KEY-----";
  private static final String END = "-----END PUBLIC KEY-----";

  private final Map<String, PublicKey> byId;

  private JwtKeys(Map<String, PublicKey> byId) {
    this.byId = byId;
  }

  /**
   * Reads the keys.
   *
   * @throws IllegalArgumentException with a sentence that says what is wrong with the file
   */
  static JwtKeys read(Path file) {
    try {
      String text = Files.readString(file, StandardCharsets.UTF_8);
      JwtKeys keys = new JwtKeys(text.contains(BEGIN) ? pem(text) : keySet(text));
      if (keys.byId.isEmpty()) {
        throw new IllegalArgumentException("it holds no RSA or P-256 key for signatures");
      }
      return keys;
    } catch (IOException e) {
      throw new IllegalArgumentException("it cannot be opened as UTF-8 text", e);
    } catch (JsonException e) {
      throw new IllegalArgumentException(
          "it is neither a public key in PEM nor a JSON key set: " + e.getMessage(), e);
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("it holds a key that is none", e);
    }
  }

  /**
   * The key of that name. A token that names none gets the only one there is; so does every token
   * where the only key has no name.
   */
  Optional<PublicKey> find(Optional<String> id) {
    if (byId.size() == 1 && (id.isEmpty() || byId.containsKey(""))) {
      return Optional.of(byId.values().iterator().next());
    }
    return id.flatMap(name -> Optional.ofNullable(byId.get(name)));
  }

  private static Map<String, PublicKey> pem(String text) throws GeneralSecurityException {
    int begin = text.indexOf(BEGIN) + BEGIN.length();
    int end = text.indexOf(END, begin);
    if (end < 0) {
      throw new IllegalArgumentException("its public key has no end");
    }
    X509EncodedKeySpec spec =
        new X509EncodedKeySpec(Base64.getMimeDecoder().decode(text.substring(begin, end)));
    try {
      return Map.of("", checked(KeyFactory.getInstance("RSA").generatePublic(spec)));
    } catch (java.security.spec.InvalidKeySpecException e) {
      return Map.of("", KeyFactory.getInstance("EC").generatePublic(spec));
    }
  }

  private static Map<String, PublicKey> keySet(String text) throws GeneralSecurityException {
    Map<String, PublicKey> keys = new LinkedHashMap<>();
    if (Json.parseObject(text.getBytes(StandardCharsets.UTF_8), LIMITS).get("keys")
        instanceof List<?> list) {
      for (Object item : list) {
        if (item instanceof Map<?, ?> key && !"enc".equals(key.get("use"))) {
          PublicKey read = key(key);
          if (read != null) {
            keys.put(key.get("kid") instanceof String id ? id : "", read);
          }
        }
      }
    }
    return keys;
  }

  /** Null for a kind of key that is not used here. */
  private static @Nullable PublicKey key(Map<?, ?> key) throws GeneralSecurityException {
    if ("RSA".equals(key.get("kty"))) {
      return checked(
          KeyFactory.getInstance("RSA")
              .generatePublic(new RSAPublicKeySpec(number(key, "n"), number(key, "e"))));
    }
    if ("EC".equals(key.get("kty")) && "P-256".equals(key.get("crv"))) {
      AlgorithmParameters curve = AlgorithmParameters.getInstance("EC");
      curve.init(new ECGenParameterSpec("secp256r1"));
      return KeyFactory.getInstance("EC")
          .generatePublic(
              new ECPublicKeySpec(
                  new ECPoint(number(key, "x"), number(key, "y")),
                  curve.getParameterSpec(ECParameterSpec.class)));
    }
    return null;
  }

  private static PublicKey checked(PublicKey key) {
    if (key instanceof RSAPublicKey rsa && rsa.getModulus().bitLength() < MIN_RSA_BITS) {
      throw new IllegalArgumentException(
          "it holds an RSA key of less than " + MIN_RSA_BITS + " bits");
    }
    return key;
  }

  private static BigInteger number(Map<?, ?> key, String name) {
    if (key.get(name) instanceof String text) {
      return new BigInteger(1, Base64.getUrlDecoder().decode(text));
    }
    throw new IllegalArgumentException("a key of it has no \"" + name + "\"");
  }
}
