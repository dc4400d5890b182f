package io.etlapi.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.task.TaskException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenFileTest {

  private static final Instant NOW = Instant.parse("2026-01-15T12:00:00Z");
  private static final String ADA = "{\"name\": \"ada\", \"role\": \"admin\", \"sha256\": \"%s\"}";

  @TempDir Path folder;
  private Path file = Path.of("");
  private final Clock clock = Clock.fixed(NOW, ZoneOffset.UTC);
  private final AtomicLong nanos = new AtomicLong();

  @BeforeEach
  void name() {
    file = folder.resolve("tokens.json");
  }

  @Test
  void aTokenIsKnownByItsSha256() throws IOException {
    write(ADA.formatted(Digest.of("secret").hex()));
    TokenFile tokens = open();

    Token ada = tokens.find(Digest.of("secret"));

    assertNotNull(ada);
    assertEquals("ada", ada.name());
    assertEquals(Role.ADMIN, ada.role());
    assertNull(tokens.find(Digest.of("Secret")));
    assertTrue(tokens.fault().isEmpty());
  }

  @Test
  void aTokenThatIsMadeIsLongAndNowhereKept() throws IOException {
    write(ADA.formatted(Digest.of("secret").hex()));
    TokenFile tokens = open();

    String made = tokens.create("bob", Role.VIEWER, NOW.plusSeconds(60));

    assertTrue(made.matches("etl_[A-Za-z0-9_-]{43}"), "256 bits: " + made.length());
    assertNotEquals(made, tokens.create("eve", Role.VIEWER, null));
    assertFalse(Files.readString(file).contains(made));
    Token bob = tokens.find(Digest.of(made));
    assertNotNull(bob);
    assertEquals(NOW, bob.createdAt());
    assertFalse(bob.isExpired(NOW.plusSeconds(59)));
    assertTrue(bob.isExpired(NOW.plusSeconds(60)));
    assertNotNull(open().find(Digest.of(made)), "another process finds it in the file");
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    try (var files = Files.list(folder)) {
      assertEquals(List.of(file), files.toList(), "nothing is left aside");
    }
  }

  @Test
  void aRevokedTokenIsWorthNothingAtOnce() throws IOException {
    write(ADA.formatted(Digest.of("secret").hex()));
    TokenFile tokens = open();
    String made = tokens.create("bob", Role.VIEWER, null);

    tokens.revoke("bob", false);

    assertNull(tokens.find(Digest.of(made)));
    assertThrows(TaskException.class, () -> tokens.revoke("bob", false));
  }

  @Test
  void theLastAdminIsNotLockedOut() throws IOException {
    write(
        ADA.formatted(Digest.of("secret").hex()),
        "{\"name\": \"old\", \"role\": \"admin\", \"expires_at\": \"2026-01-15T11:59:59Z\","
            + " \"sha256\": \""
            + Digest.of("old").hex()
            + "\"}");
    TokenFile tokens = open();

    TaskException refused = assertThrows(TaskException.class, () -> tokens.revoke("ada", false));

    assertEquals(TaskException.Reason.WRONG_STATE, refused.reason());
    assertNotNull(tokens.find(Digest.of("secret")));
    tokens.revoke("ada", true);
    assertNull(tokens.find(Digest.of("secret")));
  }

  @Test
  void aChangeOfTheFileIsSeenWithinASecondAndNotLookedForBefore() throws IOException {
    write(ADA.formatted(Digest.of("secret").hex()));
    TokenFile tokens = open();
    write(ADA.formatted(Digest.of("other").hex()));

    assertNotNull(tokens.find(Digest.of("secret")), "no file access at every request");
    aSecondPasses();
    assertNull(tokens.find(Digest.of("secret")));
    assertNotNull(tokens.find(Digest.of("other")));
  }

  @Test
  void aChangeThatLeavesSizeAndTimeAsTheyWereIsSeenWhileTheFileIsYoung() throws IOException {
    write(ADA.formatted(Digest.of("secret").hex()));
    FileTime time = FileTime.from(NOW);
    Files.setLastModifiedTime(file, time);
    TokenFile tokens = open();
    Files.writeString(file, Files.readString(file).replace("ada", "eva"));
    Files.setLastModifiedTime(file, time);
    aSecondPasses();

    assertEquals("eva", name(tokens.find(Digest.of("secret"))));
  }

  @Test
  void aFileThatIsNotThereLetsNobodyInUntilItIs() throws IOException {
    TokenFile tokens = open();
    assertTrue(tokens.fault().orElse("").contains("not there"));
    assertThrows(TaskException.class, () -> tokens.create("bob", Role.ADMIN, null));

    write(ADA.formatted(Digest.of("secret").hex()));
    aSecondPasses();

    assertNotNull(tokens.find(Digest.of("secret")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{\"tokens\": {}}",
        "{\"tokens\": [1]}",
        "{\"tokens\": [{\"name\": \"ada\", \"role\": \"admin\"}]}",
        "{\"tokens\": [{\"name\": \"ada\", \"role\": \"root\", \"sha256\": \"%1$s\"}]}",
        "{\"tokens\": [{\"name\": \"a b\", \"role\": \"admin\", \"sha256\": \"%1$s\"}]}",
        "{\"tokens\": [{\"role\": \"admin\", \"sha256\": \"%1$s\"}]}",
        "{\"tokens\": [{\"name\": \"ada\", \"role\": \"admin\", \"sha256\": \"secret\"}]}",
        "{\"tokens\": [{\"name\": \"ada\", \"role\": \"admin\", \"sha256\": \"%1$s\","
            + " \"expires_at\": \"soon\"}]}",
        "{\"tokens\": [{\"name\": \"ada\", \"role\": \"admin\", \"sha256\": \"%1$s\"},"
            + " {\"name\": \"ada\", \"role\": \"admin\", \"sha256\": \"%2$s\"}]}",
        "{\"tokens\": [{\"name\": \"ada\", \"role\": \"admin\", \"sha256\": \"%1$s\"},"
            + " {\"name\": \"bob\", \"role\": \"viewer\", \"sha256\": \"%1$s\"}]}"
      })
  void aFaultyFileLetsNobodyInAndIsNotOverwritten(String content) throws IOException {
    write(ADA.formatted(Digest.of("secret").hex()));
    TokenFile tokens = open();
    String faulty = content.formatted(Digest.of("secret").hex(), Digest.of("x").hex());
    Files.writeString(file, faulty);
    aSecondPasses();

    assertNull(tokens.find(Digest.of("secret")));
    assertFalse(tokens.fault().orElse("").contains(Digest.of("secret").hex()));
    assertThrows(TaskException.class, () -> tokens.create("bob", Role.ADMIN, null));
    assertEquals(faulty, Files.readString(file));
  }

  @Test
  void whatThisVersionDoesNotKnowIsKept() throws IOException {
    Files.writeString(
        file,
        "{\"note\": \"ours\", \"tokens\": [{\"name\": \"ada\", \"role\": \"admin\", \"team\": 7,"
            + " \"sha256\": \""
            + Digest.of("secret").hex()
            + "\"}]}");

    open().create("bob", Role.VIEWER, null);

    String text = Files.readString(file);
    assertTrue(text.contains("\"note\"") && text.contains("\"team\""), text);
  }

  @Test
  void whereTheFileIsALinkWhatItLeadsToIsReplaced() throws IOException {
    Path target = Files.createDirectory(folder.resolve("mounted")).resolve("real.json");
    write(ADA.formatted(Digest.of("secret").hex()));
    Files.move(file, target);
    Files.createSymbolicLink(file, target);

    open().create("bob", Role.VIEWER, null);

    assertTrue(Files.isSymbolicLink(file));
    assertTrue(Files.readString(target).contains("bob"));
  }

  private static @Nullable String name(@Nullable Token token) {
    return token == null ? null : token.name();
  }

  private TokenFile open() {
    return new TokenFile(file, clock, nanos::get);
  }

  private void aSecondPasses() {
    nanos.addAndGet(1_000_000_000L);
  }

  private void write(String... tokens) throws IOException {
    Files.writeString(file, "{\"tokens\": [" + String.join(", ", tokens) + "]}");
  }
}
