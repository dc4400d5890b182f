package io.etlapi.step.completeness.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.task.TaskException;
import io.etlapi.task.TaskException.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ControlLedgerTest {

  private static final ControlId TRADES = new ControlId("trades");
  private static final LocalDate MONDAY = LocalDate.parse("2024-01-15");
  private static final LocalDate TUESDAY = LocalDate.parse("2024-01-16");
  private static final LocalDate WEDNESDAY = LocalDate.parse("2024-01-17");

  private Path folder;
  private Instant now = Instant.parse("2024-02-01T09:00:00Z");
  private long verified = 1_000;
  private ControlLedger ledger;

  @BeforeEach
  void setUp(@TempDir Path folder) {
    this.folder = folder;
    ledger = open(LedgerDisk.REAL, 0);
  }

  private ControlLedger open(LedgerDisk disk, int retentionDays) {
    return new ControlLedger(
        folder.resolve("controls"),
        disk,
        Clock.fixed(now, ZoneOffset.UTC),
        () -> verified,
        retentionDays);
  }

  private LedgerRun commit(ControlLedger on, LocalDate runDate, String content) {
    try (LedgerAttempt attempt = begin(on, runDate, OptionalLong.empty())) {
      attempt.adopt(made(content), "breaks.parquet");
      attempt.adopt(made(content + " closed"), "closed.parquet");
      return attempt.commit(Map.of("open", 1L));
    }
  }

  private static LedgerAttempt begin(ControlLedger on, LocalDate runDate, OptionalLong seen) {
    return on.begin(TRADES, runDate, "task-of-" + runDate, "origin-of-" + runDate, seen, true);
  }

  private Path made(String content) {
    try {
      Path file = Files.createTempFile(folder, "made", ".tmp");
      Files.writeString(file, content);
      return file;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private String read(LedgerRun run) throws IOException {
    return Files.readString(ledger.file(TRADES, run, "breaks.parquet"));
  }

  @Test
  void aControlThatNeverRanHasAnEmptyLedger() {
    assertTrue(ledger.index(TRADES).isEmpty());
    assertEquals(List.of(), ledger.controls());
  }

  @Test
  void whatIsCommittedIsReadByTheNextServer() throws IOException {
    commit(ledger, MONDAY, "one");

    LedgerIndex index = open(LedgerDisk.REAL, 0).index(TRADES);
    LedgerRun run = index.run(MONDAY).orElseThrow();
    assertEquals("one", read(run));
    assertEquals(1, run.attempt());
    assertEquals(1L, run.summary().get("open"));
    assertEquals(now, run.committedAt());
    assertEquals(List.of(TRADES), ledger.controls());
  }

  @Test
  void anAttemptIsInvisibleUntilItIsCommittedAndGoneIfItIsNot() {
    try (LedgerAttempt attempt = begin(ledger, MONDAY, OptionalLong.empty())) {
      attempt.adopt(made("one"), "breaks.parquet");
      assertTrue(ledger.index(TRADES).isEmpty());
    }
    assertTrue(ledger.index(TRADES).isEmpty());
    assertFalse(Files.exists(folder.resolve("controls/trades/runs/2024-01-15/1")));
  }

  @Test
  void aRunDateStartsFromTheOneBeforeItNeverFromItself() {
    LedgerRun monday = commit(ledger, MONDAY, "one");
    commit(ledger, TUESDAY, "two");
    try (LedgerAttempt again = begin(ledger, TUESDAY, OptionalLong.empty())) {
      assertEquals(Optional.of(monday.runDate()), again.base().map(LedgerRun::runDate));
    }
  }

  @Test
  void runningAnOldDateAgainMakesTheLaterOnesStaleUntilTheyAreRunAgain() {
    commit(ledger, MONDAY, "one");
    commit(ledger, TUESDAY, "two");
    commit(ledger, WEDNESDAY, "three");
    assertEquals(List.of(), stale());

    commit(ledger, MONDAY, "one, again");
    assertEquals(List.of(TUESDAY, WEDNESDAY), stale());

    commit(ledger, WEDNESDAY, "three, too early");
    assertEquals(List.of(TUESDAY, WEDNESDAY), stale());

    commit(ledger, TUESDAY, "two, again");
    assertEquals(List.of(WEDNESDAY), stale());

    commit(ledger, WEDNESDAY, "three, again");
    assertEquals(List.of(), stale());
  }

  @Test
  void aRunDateThatComesBetweenTwoMakesTheLaterOneStale() {
    commit(ledger, MONDAY, "one");
    commit(ledger, WEDNESDAY, "three");
    commit(ledger, TUESDAY, "two");

    assertEquals(List.of(WEDNESDAY), stale());
  }

  private List<LocalDate> stale() {
    LedgerIndex index = ledger.index(TRADES);
    return index.runs().stream().map(LedgerRun::runDate).filter(index::isStale).toList();
  }

  @Test
  void aRunDateInTheFutureIsRefusedOnceItIsNowhereTodayYet() {
    LocalDate today = LocalDate.ofInstant(now, ZoneOffset.UTC);
    commit(ledger, today, "today");
    LedgerException refused =
        assertThrows(LedgerException.class, () -> commit(ledger, today.plusDays(1), "tomorrow"));

    assertEquals(Reason.INVALID, refused.reason());
    assertTrue(message(refused).contains("2024-02-02 lies in the future"));
  }

  @Test
  void aRunDateBeforeTheFirstIsRefused() {
    commit(ledger, TUESDAY, "two");
    LedgerException refused =
        assertThrows(LedgerException.class, () -> commit(ledger, MONDAY, "one"));

    assertEquals(Reason.INVALID, refused.reason());
    assertTrue(message(refused).contains("2024-01-15 lies before 2024-01-16"));
    assertEquals("task-of-2024-01-17", commit(ledger, WEDNESDAY, "the place is free").taskId());
  }

  @Test
  void aSecondWriterOfAControlFailsAtOnceAndNamesTheFirst() {
    try (LedgerAttempt first = begin(ledger, MONDAY, OptionalLong.empty())) {
      LedgerException refused =
          assertThrows(
              LedgerException.class,
              () -> begin(open(LedgerDisk.REAL, 0), TUESDAY, OptionalLong.empty()));
      assertEquals(Reason.WRONG_STATE, refused.reason());
      assertTrue(message(refused).contains("task-of-2024-01-15"));
      assertEquals(0, first.laterRuns());
    }
    commit(ledger, TUESDAY, "free again");
  }

  @Test
  void aRunThatBeganBeforeAnotherCommittedTheSameDateIsRefused() {
    long seen = ledger.index(TRADES).sequence();
    commit(ledger, MONDAY, "faster");

    LedgerException refused =
        assertThrows(
            LedgerException.class,
            () -> ledger.begin(TRADES, MONDAY, "slower", "b", OptionalLong.of(seen), false));
    assertEquals(Reason.WRONG_STATE, refused.reason());
    assertTrue(message(refused).contains("task-of-2024-01-15 committed run date 2024-01-15"));
  }

  @Test
  void aRunThatCarriedRowsInIsRefusedOnceTheyAreNoLongerThoseOfTheDateBefore() {
    long seen = ledger.index(TRADES).sequence();
    commit(ledger, MONDAY, "faster");

    assertThrows(
        LedgerException.class,
        () -> ledger.begin(TRADES, TUESDAY, "slower", "b", OptionalLong.of(seen), true));
    ledger.begin(TRADES, TUESDAY, "carried none", "b", OptionalLong.of(seen), false).close();
  }

  @Test
  void aRunMayCommitAgainWhatItCommittedItself() {
    long seen = ledger.index(TRADES).sequence();
    commit(ledger, MONDAY, "before the crash");
    try (LedgerAttempt retry = begin(ledger, MONDAY, OptionalLong.of(seen))) {
      retry.adopt(made("after the crash"), "breaks.parquet");
      assertEquals(2, retry.commit(Map.of()).attempt());
    }
  }

  @Test
  void ofManyWritersAtOnceOneCommitsAndTheOthersFailClearly() throws Exception {
    int writers = 8;
    long seen = ledger.index(TRADES).sequence();
    CyclicBarrier start = new CyclicBarrier(writers);
    ExecutorService threads = Executors.newFixedThreadPool(writers);
    try {
      List<Callable<Boolean>> runs = new ArrayList<>();
      for (int i = 0; i < writers; i++) {
        String origin = "origin-" + i;
        runs.add(
            () -> {
              start.await();
              try (LedgerAttempt attempt =
                  ledger.begin(TRADES, MONDAY, "task", origin, OptionalLong.of(seen), false)) {
                attempt.adopt(made(origin), "breaks.parquet");
                attempt.commit(Map.of());
                return true;
              } catch (LedgerException e) {
                assertEquals(Reason.WRONG_STATE, e.reason());
                return false;
              }
            });
      }
      int committed = 0;
      for (Future<Boolean> run : threads.invokeAll(runs)) {
        committed += run.get() ? 1 : 0;
      }
      assertEquals(1, committed);
    } finally {
      threads.shutdownNow();
    }
    LedgerIndex index = ledger.index(TRADES);
    assertEquals(1, index.sequence());
    LedgerRun run = index.run(MONDAY).orElseThrow();
    assertEquals(run.origin(), read(run));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aDeathAtAnyOperationLeavesTheEarlierOrTheNewCommitWhole(boolean torn) throws Exception {
    commit(ledger, MONDAY, "one");
    commit(ledger, TUESDAY, "two");
    boolean died = true;
    int committed = 0;
    for (int at = 1; died; at++) {
      DyingDisk disk = new DyingDisk(at, torn);
      LedgerIndex before = ledger.index(TRADES);
      try {
        commit(open(disk, 0), TUESDAY, "attempt " + at);
      } catch (DyingDisk.Death e) {
        assertTrue(disk.died());
      }
      died = disk.died();
      LedgerIndex after = ledger.index(TRADES);
      if (after.sequence() != before.sequence()) {
        committed++;
        assertEquals("attempt " + at, read(after.run(TUESDAY).orElseThrow()));
      }
      assertWhole(after);
      assertWhole(before);
    }
    // One that ran to its end, and those that died between the rename and the last fsync.
    assertTrue(committed >= 1 && committed <= 3, "committed " + committed);
    commit(ledger, WEDNESDAY, "three");
    assertEquals(
        List.of("runs/2024-01-15/1", "runs/2024-01-17/1"),
        attempts().stream().filter(name -> !name.contains("2024-01-16")).toList());
    assertEquals(3, attempts().size(), "leftovers are gone");
    assertEquals(List.of(), stale());
  }

  private void assertWhole(LedgerIndex index) throws IOException {
    for (LedgerRun run : index.runs()) {
      for (Map.Entry<String, String> file : run.files().entrySet()) {
        byte[] bytes = Files.readAllBytes(ledger.file(TRADES, run, file.getKey()));
        assertEquals(file.getValue(), sha256(bytes));
      }
    }
  }

  private List<String> attempts() throws IOException {
    try (Stream<Path> paths = Files.walk(folder.resolve("controls/trades/runs"), 2)) {
      return paths
          .map(path -> folder.resolve("controls/trades").relativize(path).toString())
          .filter(name -> name.chars().filter(c -> c == '/').count() == 2)
          .sorted()
          .toList();
    }
  }

  @Test
  void aFailedFsyncCommitsNothingAndNothingIsCommittedAfterIt() {
    boolean[] broken = {true};
    LedgerDisk disk =
        new ForwardingDisk() {
          @Override
          public void sync(Path fileOrFolder) throws IOException {
            if (broken[0]) {
              throw new IOException("I/O error");
            }
            super.sync(fileOrFolder);
          }
        };
    ControlLedger failing = open(disk, 0);
    LedgerException first =
        assertThrows(LedgerException.class, () -> commit(failing, MONDAY, "one"));
    assertEquals(Reason.STORAGE_UNAVAILABLE, first.reason());
    broken[0] = false;
    assertThrows(LedgerException.class, () -> commit(failing, MONDAY, "one"));
    assertTrue(ledger.index(TRADES).isEmpty());
  }

  @Test
  void aDamagedCommitFileIsNamedAndNeverTakenForAnEmptyLedger() throws IOException {
    commit(ledger, MONDAY, "one");
    Files.writeString(folder.resolve("controls/trades/ledger.json"), "{\"format\":");

    LedgerException refused =
        assertThrows(LedgerException.class, () -> commit(ledger, TUESDAY, "two"));
    assertEquals(Reason.STORAGE_UNAVAILABLE, refused.reason());
    assertTrue(message(refused).contains("'trades' is damaged"));
  }

  @Test
  void aLedgerOfANewerMajorFormatIsRefused() throws IOException {
    Files.createDirectories(folder.resolve("controls/trades"));
    Files.writeString(
        folder.resolve("controls/trades/ledger.json"),
        "{\"format\": \"2.0\", \"sequence\": 1, \"runs\": []}");

    assertTrue(
        message(assertThrows(LedgerException.class, () -> ledger.index(TRADES)))
            .contains("format 2.0"));
  }

  @Test
  void expiredRunDatesGoOldestFirstAndTheNewestStays() {
    commit(ledger, MONDAY, "one");
    commit(ledger, TUESDAY, "two");
    pass(20);
    ControlLedger later = open(LedgerDisk.REAL, 10);
    commit(later, WEDNESDAY, "three");

    assertEquals(List.of(MONDAY, TUESDAY), later.removeExpired(TRADES));
    assertEquals(1, ledger.index(TRADES).runs().size());
    assertEquals(List.of(), stale());
    assertFalse(Files.exists(folder.resolve("controls/trades/runs/2024-01-15")));
    LedgerException refused =
        assertThrows(LedgerException.class, () -> commit(later, WEDNESDAY, "three, again"));
    assertTrue(message(refused).contains("ETL_CONTROL_RETENTION_DAYS"));

    pass(20);
    assertEquals(List.of(), open(LedgerDisk.REAL, 10).removeExpired(TRADES));
  }

  @Test
  void aClockThatJumpsAheadRemovesNothing() {
    commit(ledger, MONDAY, "one");
    commit(ledger, TUESDAY, "two");
    now = now.plusSeconds(3650 * 86_400L);
    verified += 9 * 86_400L;
    assertEquals(List.of(), open(LedgerDisk.REAL, 10).removeExpired(TRADES));
    assertEquals(2, ledger.index(TRADES).runs().size());

    verified += 86_400L;
    assertEquals(List.of(MONDAY), open(LedgerDisk.REAL, 10).removeExpired(TRADES));
  }

  @Test
  void aClockThatWasSetBackKeepsWhatItCallsYoung() {
    commit(ledger, MONDAY, "one");
    commit(ledger, TUESDAY, "two");
    verified += 20 * 86_400L;
    assertEquals(List.of(), open(LedgerDisk.REAL, 10).removeExpired(TRADES));
  }

  private void pass(int days) {
    now = now.plusSeconds(days * 86_400L);
    verified += days * 86_400L;
  }

  @Test
  void aControlIdFromAStrangerNeverLeavesTheFolder() {
    for (String bad : List.of("..", ".", "", "a/b", "a\\b", "../x", ".hidden", "a\0b", "é")) {
      TaskException refused = assertThrows(TaskException.class, () -> ControlId.of(bad), bad);
      assertEquals(Reason.NOT_FOUND, refused.reason());
    }
    assertEquals("trades.eu-1_x", ControlId.of("trades.eu-1_x").value());
  }

  @Test
  void actionsAreKeptInOrderAndATornOneIsCutOff() throws IOException {
    commit(ledger, MONDAY, "one");
    BreakActions actions = new BreakActions(ledger, LedgerDisk.REAL, TRADES);
    actions.append(comment("first"));
    assertThrows(
        DyingDisk.Death.class,
        () -> new BreakActions(ledger, new DyingDisk(1, true), TRADES).append(comment("torn")));
    assertEquals(List.of(comment("first")), actions.all());

    actions.append(comment("second\nline"));
    assertEquals(List.of(comment("first"), comment("second\nline")), actions.all());
  }

  private BreakAction comment(String why) {
    return new BreakAction(
        "0123456789abcdef0123456789abcdef",
        1,
        MONDAY,
        BreakAction.Kind.COMMENT,
        null,
        "maria",
        now,
        why);
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(new String(bytes, StandardCharsets.UTF_8), e);
    }
  }

  private static String message(Exception refused) {
    return String.valueOf(refused.getMessage());
  }
}
