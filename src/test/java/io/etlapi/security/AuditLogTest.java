package io.etlapi.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditLogTest {

  private static final String TASK = "0194f9a0-1111-7222-8333-444455556666";
  private static final Caller ADA =
      new Caller("ada", Role.OPERATOR, Caller.Kind.TOKEN, Digest.of("secret"));

  @TempDir Path storage;
  private Path folder = Path.of("");
  private Instant now = Instant.parse("2026-01-15T23:59:59Z");

  @BeforeEach
  void name() {
    folder = storage.resolve("audit");
  }

  @Test
  void aLineSaysWhoDidWhatFromWhereAndWhatCameOfIt() throws IOException {
    AuditLog log = open(Duration.ZERO);
    log.add(entry(ADA, "/stop/" + TASK, 200), false);

    Map<String, @Nullable Object> line = Json.parseObject(lines("2026-01-15").get(0));
    assertEquals(
        List.of("when", "principal", "role", "from", "method", "path", "task_id", "status"),
        List.copyOf(line.keySet()));
    assertEquals("2026-01-15T23:59:59Z", line.get("when"));
    assertEquals("ada", line.get("principal"));
    assertEquals("operator", line.get("role"));
    assertEquals(TASK, line.get("task_id"));
  }

  @Test
  void aNewTaskIsFoundByWhereTheAnswerLeads() throws IOException {
    open(Duration.ZERO)
        .add(
            new AuditLog.Entry(
                ADA,
                "10.0.0.1",
                "POST",
                "/run/read_csv",
                Optional.of("http://localhost:8000/etl/status/" + TASK),
                200),
            false);
    assertEquals(TASK, Json.parseObject(lines("2026-01-15").get(0)).get("task_id"));
  }

  @Test
  void noTextBeginsALineOfItsOwn() throws IOException {
    String evil = "x\n{\"principal\": \"admin\"}\r\u2028\u0000\"";
    AuditLog log = open(Duration.ZERO);
    log.add(
        new AuditLog.Entry(
            new Caller(evil, Role.VIEWER, Caller.Kind.REALM, null),
            evil,
            evil,
            "/" + evil + "y".repeat(10_000),
            Optional.empty(),
            403),
        true);

    List<String> lines = lines("2026-01-15");
    assertEquals(1, lines.size());
    Map<String, @Nullable Object> line = Json.parseObject(lines.get(0));
    assertEquals(evil, line.get("principal"));
    assertNull(line.get("task_id"));
    assertTrue(lines.get(0).length() < 2000, "long paths are cut");
  }

  @Test
  void everyDayHasItsFileAndOldOnesGo() throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("2026-01-13.jsonl"), "{}\n");
    Files.writeString(folder.resolve("2026-01-14.jsonl"), "{}\n");
    Files.writeString(folder.resolve("notes.txt"), "mine");
    AuditLog log = open(Duration.ofDays(2));
    log.add(entry(ADA, "/a", 200), false);
    now = now.plusSeconds(1);
    log.add(entry(ADA, "/b", 200), false);

    assertFalse(Files.exists(folder.resolve("2026-01-13.jsonl")));
    assertTrue(Files.exists(folder.resolve("2026-01-14.jsonl")));
    assertTrue(Files.exists(folder.resolve("notes.txt")));
    assertEquals(1, lines("2026-01-15").size());
    assertEquals(1, lines("2026-01-16").size());
  }

  @Test
  void aRestartGoesOnWithTheFileOfTheDay() throws IOException {
    AuditLog before = open(Duration.ZERO);
    before.add(entry(ADA, "/a", 200), false);
    before.close();
    open(Duration.ZERO).add(entry(ADA, "/b", 200), false);
    assertEquals(2, lines("2026-01-15").size());
  }

  @Test
  void aStrangerCannotFillTheDiskAndHidesNobody() throws IOException {
    AuditLog log = open(Duration.ZERO);
    for (int i = 0; i < 10 * AuditLog.MAX_DENIED; i++) {
      log.add(entry(null, "/tokens", 401), true);
    }
    log.add(entry(ADA, "/run/x", 200), false);

    List<String> lines = lines("2026-01-15");
    assertTrue(lines.size() <= 2 * AuditLog.MAX_DENIED + 1, "listed: " + lines.size());
    assertTrue(lines.get(lines.size() - 1).contains("/run/x"));
  }

  @Test
  void aDiskThatRefusesStopsNoRequest() throws IOException {
    Files.writeString(folder, "a file where the folder should be");
    AuditLog log = open(Duration.ZERO);
    log.add(entry(ADA, "/a", 200), false);
    Files.delete(folder);
    log.add(entry(ADA, "/b", 200), false);
    assertEquals(1, lines("2026-01-15").size());
  }

  private static AuditLog.Entry entry(@Nullable Caller caller, String path, int status) {
    return new AuditLog.Entry(caller, "10.0.0.1", "POST", path, Optional.empty(), status);
  }

  private List<String> lines(String day) throws IOException {
    return Files.readString(folder.resolve(day + ".jsonl")).lines().toList();
  }

  private AuditLog open(Duration retention) {
    return new AuditLog(
        folder,
        retention,
        new Clock() {
          @Override
          public ZoneId getZone() {
            return ZoneOffset.UTC;
          }

          @Override
          public Clock withZone(ZoneId zone) {
            return this;
          }

          @Override
          public Instant instant() {
            return now;
          }
        });
  }
}
