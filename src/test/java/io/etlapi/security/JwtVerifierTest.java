package io.etlapi.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JwtVerifierTest {

  private static final Instant NOW = Instant.parse("2026-01-15T12:00:00Z");
  private static final long EPOCH = NOW.getEpochSecond();
  private static final String GOOD =
      "\"iss\": \"https://id.example.org\", \"aud\": [\"etl\", \"x\"], \"exp\": %d, \"upn\":"
          + " \"ada\", \"groups\": [\"viewer\", \"operator\", \"staff\"]";

  private static KeyPair rsa;
  private static KeyPair ec;
  private static KeyPair strange;

  @TempDir Path folder;

  @BeforeAll
  static void keys() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    rsa = generator.generateKeyPair();
    strange = generator.generateKeyPair();
    KeyPairGenerator curve = KeyPairGenerator.getInstance("EC");
    curve.initialize(new ECGenParameterSpec("secp256r1"));
    ec = curve.generateKeyPair();
  }

  @Test
  void aGoodTokenSaysWhoAndTheHighestRole() throws Exception {
    Caller caller =
        assertInstanceOf(
                JwtVerifier.Outcome.Good.class,
                pem().verify(token("RS256", rsa, GOOD.formatted(EPOCH + 60))))
            .caller();
    assertEquals(
        new Caller("ada", Role.OPERATOR, Caller.Kind.JWT, null, NOW.plusSeconds(60)), caller);
  }

  @Test
  void aKeySetHasKeysOfBothKindsByName() throws Exception {
    JwtVerifier verifier = keySet();
    for (int i = 0; i < 20; i++) {
      // The numbers of an ES256 signature may be shorter than their fields.
      assertGood(verifier.verify(token("ES256\", \"kid\": \"e", ec, GOOD.formatted(EPOCH + i))));
    }
    assertGood(verifier.verify(token("RS256\", \"kid\": \"r", rsa, GOOD.formatted(EPOCH + 60))));
    assertBad(
        verifier.verify(token("RS256\", \"kid\": \"x", rsa, GOOD.formatted(EPOCH + 60))), "kid");
    assertBad(verifier.verify(token("RS256", rsa, GOOD.formatted(EPOCH + 60))), "kid");
  }

  @Test
  void theKeyDecidesAboutTheAlgorithmAndNeverTheToken() throws Exception {
    String claims = GOOD.formatted(EPOCH + 60);
    assertBad(pem().verify(unsigned("none", claims) + "x"), "RS256");
    assertBad(pem().verify(unsigned("HS256", claims) + "eA"), "RS256");
    assertBad(pem().verify(token("ES256", rsa, claims)), "RS256");
    assertBad(keySet().verify(token("RS256\", \"kid\": \"e", ec, claims)), "ES256");
    assertBad(pem().verify(token("RS256\", \"crit\": [\"x\"], \"x\": \"y", rsa, claims)), "RS256");
  }

  @Test
  void aTokenOfAnotherKeyOrWithAnotherTextIsRefused() throws Exception {
    String claims = GOOD.formatted(EPOCH + 60);
    assertBad(pem().verify(token("RS256", strange, claims)), "signature");
    String good = token("RS256", rsa, claims);
    String[] parts = good.split("\\.", -1);
    String forged = parts[0] + "." + encode("{" + claims.replace("viewer", "admin") + "}");
    assertBad(pem().verify(forged + "." + parts[2]), "signature");
    assertBad(
        keySet()
            .verify(
                unsigned("ES256\", \"kid\": \"e", claims)
                    + Base64.getUrlEncoder().withoutPadding().encodeToString(new byte[64])),
        "read");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "https://id.example.org|https://evil.example|issued by 'https://evil.example'",
        "\"etl\", \"x\"|\"x\"|ETL_JWT_AUDIENCE",
        "\"exp\": %d, |\"a\": %d, |no exp",
        "\"upn\": \"ada\"|\"upn\": \" \"|who it is",
        "\"viewer\", \"operator\", |'' |none of the roles",
        "[\"viewer\", \"operator\", \"staff\"]|\"admin\"|none of the roles",
        "\"upn\": \"ada\"|\"nbf\": 1800000000, \"upn\": \"ada\"|nbf"
      })
  void whatDoesNotFitIsRefusedWithTheReason(String from, String to, String reason)
      throws Exception {
    String claims = GOOD.replace(from.strip().replace("''", ""), to.strip()).formatted(EPOCH + 60);
    assertBad(pem().verify(token("RS256", rsa, claims)), reason);
  }

  @Test
  void anExpiredTokenIsRefusedAfterAMinuteForTheClocks() throws Exception {
    assertGood(pem().verify(token("RS256", rsa, GOOD.formatted(EPOCH - 60))));
    assertBad(
        pem().verify(token("RS256", rsa, GOOD.formatted(EPOCH - 61))),
        "expired at 2026-01-15T11:58:59Z");
  }

  @Test
  void whatIsNoJwtIsNoneAndDoesNoHarm() throws Exception {
    assertFalse(JwtVerifier.isJwt("etl_abc"));
    assertFalse(JwtVerifier.isJwt("a.b"));
    assertFalse(JwtVerifier.isJwt("a..b"));
    assertFalse(JwtVerifier.isJwt("a.b.c.d"));
    assertTrue(JwtVerifier.isJwt("a.b.c"));
    assertBad(pem().verify("a.b.c"), "read");
    assertBad(pem().verify("e30.e30.e30"), "RS256");
    assertBad(pem().verify("x".repeat(20_000) + ".a.b"), "longer");
  }

  @Test
  void aFileThatIsOfNoUseIsSaidSo() throws Exception {
    Path file = folder.resolve("keys");
    assertThrows(IllegalArgumentException.class, () -> JwtKeys.read(file));
    for (String content :
        new String[] {
          "",
          "{}",
          "{\"keys\": [{\"kty\": \"oct\", \"k\": \"eA\"}]}",
          "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
          "-----BEGIN PUBLIC KEY-----\nAAAA",
          "{\"keys\": [{\"kty\": \"RSA\", \"n\": \"AQAB\", \"e\": \"AQAB\"}]}"
        }) {
      Files.writeString(file, content);
      assertThrows(IllegalArgumentException.class, () -> JwtKeys.read(file), content);
    }
  }

  private static void assertGood(JwtVerifier.Outcome outcome) {
    assertInstanceOf(JwtVerifier.Outcome.Good.class, outcome, outcome::toString);
  }

  private static void assertBad(JwtVerifier.Outcome outcome, String saying) {
    String detail = assertInstanceOf(JwtVerifier.Outcome.Bad.class, outcome).detail();
    assertTrue(detail.contains(saying), detail);
  }

  private JwtVerifier pem() throws IOException {
    return verifier(
        "-----BEGIN PUBLIC KEY-----\n"
            + Base64.getMimeEncoder().encodeToString(rsa.getPublic().getEncoded())
            + "\n-----END PUBLIC KEY-----\n");
  }

  private JwtVerifier keySet() throws IOException {
    RSAPublicKey rsaKey = (RSAPublicKey) rsa.getPublic();
    ECPublicKey ecKey = (ECPublicKey) ec.getPublic();
    return verifier(
        """
        {"keys": [
          {"kty": "oct", "kid": "o", "k": "eA"},
          {"kty": "RSA", "kid": "r", "use": "sig", "n": "%s", "e": "%s"},
          {"kty": "EC", "kid": "e", "crv": "P-256", "x": "%s", "y": "%s"}
        ]}
        """
            .formatted(
                number(rsaKey.getModulus()),
                number(rsaKey.getPublicExponent()),
                number(ecKey.getW().getAffineX()),
                number(ecKey.getW().getAffineY())));
  }

  private JwtVerifier verifier(String keys) throws IOException {
    Path file = Files.writeString(folder.resolve("keys"), keys);
    return new JwtVerifier(
        JwtKeys.read(file),
        "https://id.example.org",
        Optional.of("etl"),
        Clock.fixed(NOW, ZoneOffset.UTC));
  }

  private static String token(String algorithm, KeyPair pair, String claims)
      throws GeneralSecurityException {
    String text = unsigned(algorithm, claims);
    boolean isRsa = pair.getPrivate().getAlgorithm().equals("RSA");
    Signature signature =
        Signature.getInstance(isRsa ? "SHA256withRSA" : "SHA256withECDSAinP1363Format");
    signature.initSign(pair.getPrivate());
    signature.update(text.substring(0, text.length() - 1).getBytes(StandardCharsets.US_ASCII));
    return text + Base64.getUrlEncoder().withoutPadding().encodeToString(signature.sign());
  }

  /** Header and claims, and the dot before the signature. */
  private static String unsigned(String algorithm, String claims) {
    return encode("{\"alg\": \"" + algorithm + "\"}") + "." + encode("{" + claims + "}") + ".";
  }

  private static String number(java.math.BigInteger number) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(number.toByteArray());
  }

  private static String encode(String json) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }
}
