package io.etlapi.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.config.EtlConfig;
import io.etlapi.config.EtlConfigReader;
import io.etlapi.task.TaskException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CredentialsTest {

  private static final Instant NOW = Instant.parse("2026-01-15T12:00:00Z");

  @TempDir Path folder;
  private final Map<String, String> settings = new HashMap<>();

  @Test
  void withoutCredentialsWhoeverIsLetInIsThisMachine() {
    Credentials credentials = open();
    assertFalse(credentials.areConfigured());
    assertEquals(
        new Authentication.Known(Caller.LOCAL), credentials.authenticate(presented(null, null)));
  }

  @Test
  void aTokenSaysWhoAndWithWhichRole() throws IOException {
    Credentials credentials = withTokens();

    Caller ada = known(credentials.authenticate(presented("Bearer good", null)));

    assertEquals("ada", ada.name());
    assertEquals(Role.ADMIN, ada.role());
    assertEquals(ada, known(credentials.authenticate(presented("bearer  good ", null))));
    assertInstanceOf(Authentication.Missing.class, credentials.authenticate(presented(null, null)));
  }

  @Test
  void everyOtherTokenIsRefusedWithTheReason() throws IOException {
    Credentials credentials = withTokens();
    assertTrue(refused(credentials, "Bearer bad").contains("not known"));
    assertTrue(refused(credentials, "Bearer ").contains("not known"));
    assertTrue(refused(credentials, "Bearer late").contains("expired at 2026-01-15T12:00:00Z"));
    assertTrue(refused(credentials, "Digest x").contains("Bearer"));
    assertTrue(refused(credentials, basic("ada", "good")).contains("Bearer"));
    Files.writeString(folder.resolve("tokens.json"), "{");
    assertTrue(refused(open(), "Bearer good").contains("token file cannot be read"));
  }

  @Test
  void badCredentialsAreNotExcusedByAGoodSession() throws IOException {
    Credentials credentials = withTokens();
    String session = signIn(credentials);
    assertEquals("ada", known(credentials.authenticate(presented(null, session))).name());
    assertInstanceOf(
        Authentication.Refused.class, credentials.authenticate(presented("Bearer bad", session)));
  }

  @Test
  void aSessionEndsWhenItsTokenDoes() throws IOException {
    Credentials credentials = withTokens();
    credentials.createToken("bob", Role.ADMIN, null);
    Caller ada = known(credentials.authenticate(presented("Bearer good", null)));
    String session = signIn(credentials);
    assertTrue(credentials.isStillGood(ada));

    credentials.revokeToken("ada");

    assertInstanceOf(
        Authentication.Missing.class, credentials.authenticate(presented(null, session)));
    assertFalse(credentials.isStillGood(ada));
  }

  @Test
  void whoFailsTooOftenIsToldToWaitButGoodTokensCount() throws IOException {
    Credentials credentials = withTokens();
    for (int i = 0; i < Credentials.MAX_FAILURES; i++) {
      assertInstanceOf(
          Authentication.Refused.class, credentials.authenticate(presented("Bearer bad", null)));
    }
    Authentication.TooMany many =
        assertInstanceOf(
            Authentication.TooMany.class, credentials.authenticate(presented("Bearer bad", null)));
    assertTrue(many.retryAfterSeconds() >= 1 && many.retryAfterSeconds() <= 60);
    known(credentials.authenticate(presented("Bearer good", null)));
  }

  @Test
  void usersOfTheRealmAreLetInByTheirRoles() {
    settings.put("ETL_REALM_AUTH", "true");
    Credentials credentials = open();
    OneUser realm = new OneUser(Optional.of(Role.OPERATOR));

    Caller user = known(credentials.authenticate(presented(basic("ada", "p:w"), null, realm)));

    assertEquals(new Caller("ada", Role.OPERATOR, Caller.Kind.REALM, null), user);
    assertInstanceOf(
        Authentication.Refused.class,
        credentials.authenticate(presented(basic("ada", "wrong"), null, realm)));
    assertInstanceOf(
        Authentication.Refused.class,
        credentials.authenticate(presented("Basic %%%", null, realm)));
    assertInstanceOf(
        Authentication.Refused.class,
        credentials.authenticate(
            presented(basic("ada", "p:w"), null, new OneUser(Optional.empty()))));
  }

  @Test
  void beyondTheLimitAPasswordIsNotEvenTried() {
    settings.put("ETL_REALM_AUTH", "true");
    Credentials credentials = open();
    OneUser realm = new OneUser(Optional.of(Role.OPERATOR));
    for (int i = 0; i < 2 * Credentials.MAX_FAILURES; i++) {
      credentials.authenticate(presented(basic("ada", "guess" + i), null, realm));
    }
    assertEquals(Credentials.MAX_FAILURES, realm.attempts);
    assertInstanceOf(
        Authentication.TooMany.class,
        credentials.authenticate(presented(basic("ada", "p:w"), null, realm)));
  }

  @Test
  void aServerThatNeedsCredentialsSaysWhatIsMissing() throws IOException {
    settings.put("ETL_REQUIRE_CREDENTIALS", "true");
    assertTrue(conditionFault().contains("ETL_TOKENS_FILE"));
    settings.put("ETL_TOKENS_FILE", folder.resolve("tokens.json").toString());
    assertTrue(conditionFault().contains("not there"));
    Files.writeString(folder.resolve("tokens.json"), "{");
    assertTrue(conditionFault().contains("faulty"));
    withTokens();
    assertEquals("", conditionFault());
  }

  @Test
  void withoutATokenFileTokensAreNotMade() {
    TaskException refused =
        org.junit.jupiter.api.Assertions.assertThrows(
            TaskException.class, () -> open().createToken("bob", Role.VIEWER, null));
    assertTrue(String.valueOf(refused.getMessage()).contains("ETL_TOKENS_FILE"));
  }

  private String conditionFault() {
    return new RequiredCredentials(config(), open()).fault().orElse("");
  }

  private static String signIn(Credentials credentials) {
    return credentials
        .signIn(known(credentials.authenticate(presented("Bearer good", null))))
        .session();
  }

  private static Caller known(Authentication authentication) {
    return assertInstanceOf(Authentication.Known.class, authentication).caller();
  }

  private static String refused(Credentials credentials, String authorization) {
    return assertInstanceOf(
            Authentication.Refused.class, credentials.authenticate(presented(authorization, null)))
        .detail();
  }

  private static Presented presented(@Nullable String authorization, @Nullable String session) {
    return presented(authorization, session, RealmLogin.NONE);
  }

  private static Presented presented(
      @Nullable String authorization, @Nullable String session, RealmLogin realm) {
    return new Presented(
        Optional.ofNullable(authorization), Optional.ofNullable(session), "10.0.0.1", realm);
  }

  private static String basic(String name, String password) {
    return "Basic "
        + Base64.getEncoder()
            .encodeToString((name + ":" + password).getBytes(StandardCharsets.UTF_8));
  }

  private Credentials withTokens() throws IOException {
    Path file = folder.resolve("tokens.json");
    Files.writeString(
        file,
        """
        {"tokens": [
          {"name": "ada", "role": "admin", "sha256": "%s"},
          {"name": "old", "role": "admin", "sha256": "%s", "expires_at": "2026-01-15T12:00:00Z"}
        ]}
        """
            .formatted(Digest.of("good").hex(), Digest.of("late").hex()));
    settings.put("ETL_TOKENS_FILE", file.toString());
    return open();
  }

  private Credentials open() {
    return new Credentials(config(), Clock.fixed(NOW, ZoneOffset.UTC));
  }

  private EtlConfig config() {
    return new EtlConfigReader(
            key -> Optional.ofNullable(settings.get(key)),
            new EtlConfigReader.Machine(2, 4L << 30, 1L << 30, folder))
        .read();
  }

  /** A realm with the user ada, whose password is p:w. */
  private static final class OneUser implements RealmLogin {

    private final Optional<Role> role;
    private int attempts;

    OneUser(Optional<Role> role) {
      this.role = role;
    }

    @Override
    public Optional<User> current() {
      return Optional.empty();
    }

    @Override
    public Optional<User> login(String name, String password) {
      attempts++;
      return name.equals("ada") && password.equals("p:w")
          ? Optional.of(new User(name, role))
          : Optional.empty();
    }
  }
}
