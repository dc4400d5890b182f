package io.etlapi.step.completeness.ledger;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.step.completeness.ledger.RollingBench.Rolled;
import io.etlapi.step.completeness.ledger.RollingBench.Seen;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RollingTest {

  private static final String MONDAY = "2024-01-15";
  private static final String TUESDAY = "2024-01-16";
  private static final String WEDNESDAY = "2024-01-17";

  private RollingBench bench;
  private RollingBench other;
  private @Nullable RollingSummary last;

  @BeforeEach
  void setUp(@TempDir Path folder, @TempDir Path otherFolder) {
    bench = new RollingBench(folder);
    other = new RollingBench(otherFolder);
  }

  @AfterEach
  void accountFourCloses() {
    RollingSummary summary = last;
    assertTrue(summary != null && summary.closes(), () -> String.valueOf(summary));
  }

  private Rolled roll(String date, Day day) {
    Rolled rolled = bench.roll(date, day);
    last = rolled.summary();
    return rolled;
  }

  @Test
  void aBreakOfTheFirstDateIsNew() {
    Seen seen = roll(MONDAY, new Day().missingInTgt("A", "1.00")).only();

    assertEquals(LocalDate.parse(MONDAY), seen.firstSeen());
    assertEquals(0, seen.ageDays());
    assertEquals(1, seen.timesSeen());
    assertEquals(1, seen.generation());
    assertEquals("NEW", seen.status());
    assertTrue(seen.id().matches("[0-9a-f]{32}"), seen.id());
  }

  @Test
  void theSameRowIsTheSameBreakAndGrowsOlder() {
    Seen first = roll(MONDAY, new Day().missingInTgt("A", "1.00")).only();
    Seen second = roll(WEDNESDAY, new Day().missingInTgt("A", "1.00")).only();

    assertEquals(first.id(), second.id());
    assertEquals(2, second.ageDays());
    assertEquals(2, second.timesSeen());
    assertEquals("CONTINUED", second.status());
    assertEquals(first.firstSeen(), second.firstSeen());
  }

  @Test
  void aMissingRowThatArrivesWithAnotherValueIsStillTheSameBreak() {
    Seen missing = roll(MONDAY, new Day().missingInTgt("A", "1.00")).only();
    Seen value = roll(TUESDAY, new Day().value("A", "1.00", "2.00")).only();

    assertEquals(missing.id(), value.id());
    assertEquals("VALUE", value.category());
    assertEquals(1, value.ageDays());
  }

  @Test
  void equalContentsGoBeforeAnEqualSideAndThatBeforeAnySharedSide() {
    Rolled before =
        roll(
            MONDAY,
            new Day()
                .value("A", "1.00", "9.00")
                .value("A", "2.00", "8.00")
                .missingInTgt("A", "3.00"));
    Rolled after =
        roll(
            TUESDAY,
            new Day()
                .missingInTgt("A", "5.00")
                .value("A", "2.00", "7.00")
                .value("A", "1.00", "9.00"));

    assertEquals(id(before, "1.00"), id(after, "1.00"), "same contents");
    assertEquals(id(before, "2.00"), id(after, "2.00"), "same source row");
    assertEquals(id(before, "3.00"), id(after, "5.00"), "any shared side");
  }

  @Test
  void anEqualSourceRowGoesBeforeAnEqualTargetRow() {
    Rolled before = roll(MONDAY, new Day().value("A", "1.00", "9.00"));
    Rolled after = roll(TUESDAY, new Day().missingInSrc("A", "9.00").missingInTgt("A", "1.00"));

    assertEquals(before.only().id(), id(after, "1.00"));
    assertEquals(1, after.summary().opened());
  }

  @Test
  void aTieGoesToTheBreakThatHoldsBothSidesThenToTheLowestOrdinal() {
    Rolled before =
        roll(
            MONDAY,
            new Day()
                .missingInTgt("A", "1.00")
                .missingInTgt("A", "2.00")
                .value("A", "3.00", "4.00"));
    Seen after = roll(TUESDAY, new Day().missingInTgt("A", "5.00").matched("A", "6.00")).only();

    assertEquals(id(before, "3.00"), after.id());
  }

  @Test
  void twoBreaksOfOneKeyHaveOrdinalsAndSoDifferentIds() {
    Rolled rolled = roll(MONDAY, new Day().missingInTgt("A", "1.00").missingInTgt("A", "1.00"));

    assertEquals(2, rolled.open().stream().map(Seen::id).distinct().count());
  }

  @Test
  void theOrderOfTodaysBreaksDoesNotMatter() {
    Rolled one = roll(MONDAY, new Day().missingInTgt("A", "1.00").missingInTgt("A", "2.00"));
    Rolled reversed =
        other.roll(MONDAY, new Day().missingInTgt("A", "2.00").missingInTgt("A", "1.00"));

    assertEquals(Set.copyOf(one.open()), Set.copyOf(reversed.open()));
  }

  @Test
  void anotherGroupIsAnotherBreak() {
    Day euro = new Day();
    euro.breaks.add(new Day.Break("MISSING_IN_TGT", Day.src("A", "1.00"), null));
    Day dollar = new Day();
    dollar.breaks.add(
        new Day.Break("MISSING_IN_TGT", new Day.Line("src", "A", "USD", "1.00"), null));
    Seen first = roll(MONDAY, euro).only();
    Rolled second = roll(TUESDAY, dollar);

    assertNotEquals(first.id(), second.only().id());
    assertEquals(Map.of(first.id(), "DISAPPEARED"), second.closed());
  }

  @Test
  void aRowWithoutAKeyContinuesOnlyByEqualContent() {
    Rolled before = roll(MONDAY, new Day().keyNull("1.00").keyNull("2.00"));
    Rolled after = roll(TUESDAY, new Day().keyNull("1.00").keyNull("3.00"));

    assertEquals(id(before, "1.00"), id(after, "1.00"));
    assertNotEquals(id(before, "2.00"), id(after, "3.00"));
    assertEquals(Map.of(id(before, "2.00"), "DISAPPEARED"), after.closed());
  }

  @Test
  void aBreakWhoseKeyIsMatchedNowClosesAsMatched() {
    Seen open = roll(MONDAY, new Day().missingInTgt("A", "1.00")).only();
    Rolled after = roll(TUESDAY, new Day().matched("A", "1.00"));

    assertEquals(Map.of(open.id(), "MATCHED"), after.closed());
    assertEquals(List.of(), after.open());
  }

  @Test
  void aValueBreakWhoseRowsAgreeNowClosesAsCorrected() {
    Seen open = roll(MONDAY, new Day().value("A", "1.00", "2.00")).only();

    assertEquals(
        Map.of(open.id(), "CORRECTED"), roll(TUESDAY, new Day().matched("A", "1.00")).closed());
  }

  @Test
  void aBreakWhoseKeyIsGoneClosesAsDisappeared() {
    Seen open = roll(MONDAY, new Day().value("A", "1.00", "2.00")).only();

    assertEquals(
        Map.of(open.id(), "DISAPPEARED"), roll(TUESDAY, new Day().matched("B", "1.00")).closed());
  }

  @Test
  void asManyBreaksDisappearAsRowsWereLostTheHighestOrdinalFirst() {
    Rolled before = roll(MONDAY, new Day().missingInTgt("A", "1.00").missingInTgt("A", "1.00"));
    Rolled after = roll(TUESDAY, new Day().matched("A", "1.00"));

    assertEquals(
        List.of("DISAPPEARED", "MATCHED"), after.closed().values().stream().sorted().toList());
    // The first ordinal closed as matched: it alone would continue if one row came back unmatched.
    Rolled again = roll(WEDNESDAY, new Day().missingInTgt("A", "1.00"));
    assertEquals("MATCHED", after.closed().get(again.only().id()));
    assertEquals(2, before.open().size());
  }

  @Test
  void aValueBreakDisappearsOnlyIfARowWasLostOnBothItsSides() {
    Rolled before = roll(MONDAY, new Day().missingInTgt("A", "1.00").value("A", "1.00", "2.00"));
    Rolled after = roll(TUESDAY, new Day().matched("A", "1.00"));

    // Source: two rows before, one now. Target: one before, one now, but another content.
    assertEquals("DISAPPEARED", after.closed().get(idOf(before, "MISSING_IN_TGT")));
    assertEquals("CORRECTED", after.closed().get(idOf(before, "VALUE")));
  }

  @Test
  void aLostRowClosesAValueBreakFirst() {
    Rolled before =
        roll(
            MONDAY,
            new Day().missingInTgt("A", "1.00").value("A", "1.00", "2.00").matched("A", "7.00"));
    Day oneRowFewerOnEachSide = new Day().matched("A", "7.00");
    oneRowFewerOnEachSide.matched.add(Day.src("A", "1.00"));
    Rolled after = roll(TUESDAY, oneRowFewerOnEachSide);

    assertEquals("DISAPPEARED", after.closed().get(idOf(before, "VALUE")));
    assertEquals("MATCHED", after.closed().get(idOf(before, "MISSING_IN_TGT")));
  }

  @Test
  void inADeltaFeedNothingDisappears() {
    bench.snapshot = false;
    Rolled before = roll(MONDAY, new Day().missingInTgt("A", "1.00").value("B", "1.00", "2.00"));
    Rolled after = roll(TUESDAY, new Day());

    assertEquals("MATCHED", after.closed().get(idOf(before, "MISSING_IN_TGT")));
    assertEquals("CORRECTED", after.closed().get(idOf(before, "VALUE")));
  }

  @Test
  void aBreakThatComesBackIsTheSameIdInItsNextGeneration() {
    Seen first = roll(MONDAY, new Day().missingInTgt("A", "1.00")).only();
    roll(TUESDAY, new Day().matched("A", "1.00"));
    Rolled reopened = roll(WEDNESDAY, new Day().missingInTgt("A", "3.00"));
    Seen back = reopened.only();

    assertEquals(first.id(), back.id());
    assertEquals(2, back.generation());
    assertEquals(LocalDate.parse(WEDNESDAY), back.firstSeen());
    assertEquals(1, back.timesSeen());
    assertEquals("REOPENED", back.status());
    assertEquals(1, reopened.summary().reopened());
    roll("2024-01-18", new Day());
    roll("2024-01-19", new Day());
    assertEquals(3, roll("2024-01-22", new Day().missingInTgt("A", "1.00")).only().generation());
  }

  @Test
  void anOrdinalThatClosesTodayIsNotUsedAgainToday() {
    Seen first = roll(MONDAY, new Day().keyNull("1.00")).only();
    Rolled after = roll(TUESDAY, new Day().keyNull("2.00"));
    Rolled later = roll(WEDNESDAY, new Day().keyNull("3.00"));

    assertNotEquals(first.id(), after.only().id());
    assertEquals(first.id(), later.only().id(), "free again a date later");
    assertEquals(2, later.only().generation());
  }

  @Test
  void runningADateAgainStartsFromTheDateBeforeAndMakesTheSameFiles() {
    roll(MONDAY, new Day().missingInTgt("A", "1.00"));
    Day tuesday = new Day().missingInTgt("A", "1.00").value("B", "1.00", "2.00");
    roll(TUESDAY, tuesday);
    Map<String, byte[]> first = bench.files(TUESDAY);
    Rolled again = roll(TUESDAY, tuesday);

    bench.files(TUESDAY).forEach((name, bytes) -> assertArrayEquals(first.get(name), bytes, name));
    assertEquals(
        2,
        again.open().stream()
            .filter(seen -> "A".equals(seen.ref()))
            .findFirst()
            .orElseThrow()
            .timesSeen());
  }

  @Test
  void aDecimalWithMoreZerosIsTheSameContent() {
    Seen first = roll(MONDAY, new Day().keyNull("1.5")).only();

    assertEquals(first.id(), roll(TUESDAY, new Day().keyNull("1.50")).only().id());
  }

  @Test
  void aWrittenOffBreakLeavesTheOpenOnesAndStaysOffWhileItsRowsAreAsTheyWere() {
    Seen open = roll(MONDAY, new Day().missingInTgt("A", "1.00")).only();
    act(BreakAction.Kind.WRITE_OFF, open, MONDAY);

    Rolled tuesday = roll(TUESDAY, new Day().missingInTgt("A", "1.00"));
    assertEquals(Map.of(open.id(), "WRITTEN_OFF"), tuesday.closed());
    assertEquals(List.of(), tuesday.open());
    assertEquals(1, tuesday.summary().settled());
    assertTrue(tuesday.summary().closes());

    Rolled wednesday = roll(WEDNESDAY, new Day().missingInTgt("A", "1.00"));
    assertEquals(List.of(), wednesday.open());
    assertEquals(Map.of(), wednesday.closed());
    assertEquals(1, wednesday.summary().settled());

    Seen changed = roll("2024-01-18", new Day().missingInTgt("A", "2.00")).only();
    assertEquals(open.id(), changed.id());
    assertEquals("REOPENED", changed.status());
    assertEquals(2, changed.generation());
  }

  @Test
  void aDecisionLapsesWhenTheRowsHaveChangedSince() {
    Seen open = roll(MONDAY, new Day().value("A", "1.00", "2.00")).only();
    act(BreakAction.Kind.WRITE_OFF, open, MONDAY);

    Seen changed = roll(TUESDAY, new Day().value("A", "1.00", "9999.00")).only();
    assertEquals(open.id(), changed.id());
    assertEquals("CONTINUED", changed.status());
    assertEquals(1, roll(WEDNESDAY, new Day().value("A", "1.00", "9999.00")).open().size());
  }

  @Test
  void aManualClosingOfABreakThatIsGoneSaysManual() {
    Seen open = roll(MONDAY, new Day().missingInTgt("A", "1.00")).only();
    act(BreakAction.Kind.CLOSE, open, MONDAY);

    assertEquals(Map.of(open.id(), "MANUAL"), roll(TUESDAY, new Day()).closed());
  }

  @Test
  void aDecisionDoesNotReachBackToTheDateItWasMadeOn() {
    roll(MONDAY, new Day().missingInTgt("A", "1.00"));
    Seen open = roll(TUESDAY, new Day().missingInTgt("A", "1.00")).only();
    act(BreakAction.Kind.WRITE_OFF, open, TUESDAY);

    assertEquals(1, roll(TUESDAY, new Day().missingInTgt("A", "1.00")).open().size());
    assertEquals(0, roll(WEDNESDAY, new Day().missingInTgt("A", "1.00")).open().size());
  }

  @Test
  void anOwnerGivenByAPersonStays() {
    Seen open = roll(MONDAY, new Day().missingInTgt("A", "1.00")).only();
    bench.actions.add(action(BreakAction.Kind.OWNER, open, MONDAY, "maria"));

    assertEquals("maria", roll(TUESDAY, new Day().missingInTgt("A", "1.00")).only().owner());
    assertEquals("maria", roll(WEDNESDAY, new Day().value("A", "1.00", "2.00")).only().owner());
  }

  @Test
  void manyRowsWithoutAKeyRollInReasonableTime() {
    Day many = new Day();
    for (int i = 0; i < 30_000; i++) {
      many.keyNull(i % 7 + ".00");
    }
    roll(MONDAY, many);
    Rolled after = roll(TUESDAY, many);

    assertEquals(30_000, after.open().size());
    assertEquals(
        Set.of(2L), after.open().stream().map(Seen::timesSeen).collect(Collectors.toSet()));
    assertEquals(30_000, new TreeSet<>(after.open().stream().map(Seen::id).toList()).size());
  }

  private void act(BreakAction.Kind kind, Seen seen, String runDate) {
    bench.actions.add(action(kind, seen, runDate, null));
  }

  private static BreakAction action(
      BreakAction.Kind kind, Seen seen, String runDate, @Nullable String owner) {
    return new BreakAction(
        seen.id(),
        (int) seen.generation(),
        LocalDate.parse(runDate),
        kind,
        owner,
        "maria",
        Instant.parse("2024-01-20T10:00:00Z"),
        "agreed with the desk");
  }

  private static String id(Rolled rolled, String srcAmount) {
    return rolled.open().stream()
        .filter(seen -> srcAmount.equals(seen.src()))
        .findFirst()
        .orElseThrow()
        .id();
  }

  private static String idOf(Rolled rolled, String category) {
    return rolled.open().stream()
        .filter(seen -> seen.category().equals(category))
        .findFirst()
        .orElseThrow()
        .id();
  }
}
