package io.etlapi.step.completeness.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.engine.DuckDbSession;
import io.etlapi.task.TaskException;
import io.etlapi.task.TaskException.Reason;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LedgerQueriesTest {

  private static final String MONDAY = "2024-01-15";
  private static final String TUESDAY = "2024-01-16";
  private static final String WEDNESDAY = "2024-01-17";

  private LedgerBench bench;

  @BeforeEach
  void rollThreeDates(@TempDir Path folder) {
    bench = new LedgerBench(folder);
    bench.run(MONDAY, new Day().missingInTgt("A", "1.00").value("B", "5.00", "6.00"));
    bench.run(TUESDAY, new Day().missingInTgt("A", "1.00").matched("B", "5.00"));
    bench.run(
        WEDNESDAY, new Day().missingInTgt("A", "1.00").missingInSrc("C", "9.00").keyNull("7.00"));
  }

  private LedgerQueries.Page ask(@Nullable String... parameters) throws InterruptedException {
    return bench.queries.breaks(
        "trades",
        BreaksQuery.of(
            parameters[0],
            parameters[1],
            parameters[2],
            parameters[3],
            parameters[4],
            parameters[5]));
  }

  private static List<String> refs(LedgerQueries.Page page) {
    return page.breaks().stream().map(found -> String.valueOf(found.get("ref"))).toList();
  }

  @Test
  void theNewestDateIsAskedByDefaultAndTheOldestBreakComesFirst() throws InterruptedException {
    LedgerQueries.Page page = ask(null, null, null, null, null, null);

    assertEquals(WEDNESDAY, page.run().get("run_date"));
    assertEquals("CURRENT", page.run().get("status"));
    assertEquals(3, page.breaks().size());
    Map<String, @Nullable Object> oldest = page.breaks().get(0);
    assertEquals("A", oldest.get("ref"));
    assertEquals(2L, oldest.get("age_days"));
    assertEquals(MONDAY, oldest.get("first_seen"));
    assertEquals("2-5", oldest.get("age_bucket"));
    assertTrue(oldest.keySet().stream().noneMatch(name -> name.startsWith("_etl")));
  }

  @Test
  void anyRunDateCanBeAsked() throws InterruptedException {
    assertEquals(List.of("A"), refs(ask(TUESDAY, null, null, null, null, null)));
    LedgerQueries.Page closed = ask(TUESDAY, "closed", null, null, null, null);
    assertEquals(List.of("B"), refs(closed));
    assertEquals("CORRECTED", closed.breaks().get(0).get("close_reason"));
    assertEquals(TUESDAY, closed.breaks().get(0).get("closed_on"));
    assertEquals(2, ask(TUESDAY, "all", null, null, null, null).breaks().size());
  }

  @Test
  void breaksAreFilteredByStatusCategoryAndAge() throws InterruptedException {
    assertEquals(List.of("A"), refs(ask(null, "continued", null, null, null, null)));
    assertEquals(2, ask(null, "new", null, null, null, null).breaks().size());
    assertEquals(List.of("C"), refs(ask(null, null, "missing_in_src", null, null, null)));
    assertEquals(List.of("A"), refs(ask(null, null, null, "1", null, null)));
  }

  @Test
  void pagesFollowEachOtherWithoutGapOrRepetition() throws InterruptedException {
    List<String> ids = new ArrayList<>();
    String cursor = null;
    do {
      LedgerQueries.Page page = ask(null, null, null, null, "1", cursor);
      assertEquals(1, page.breaks().size());
      ids.add(String.valueOf(page.breaks().get(0).get("break_id")));
      cursor = page.next().map(BreaksQuery.Cursor::toString).orElse(null);
    } while (cursor != null);

    assertEquals(
        ask(null, null, null, null, null, null).breaks().stream()
            .map(found -> String.valueOf(found.get("break_id")))
            .toList(),
        ids);
  }

  @Test
  void everyFaultyParameterIsNamed() {
    TaskException refused =
        assertThrows(
            TaskException.class, () -> ask("15/01/2024", "lost", null, "-1", "5000", "'; DROP"));

    assertEquals(Reason.INVALID, refused.reason());
    assertEquals(
        List.of("/status", "/cursor", "/run_date", "/age_min", "/limit"),
        refused.faults().stream().map(fault -> fault.pointer()).toList());
  }

  @Test
  void whatIsNotThereIsNamed() {
    assertEquals(
        "No control is named 'other': GET /controls lists those that have run.",
        assertThrows(TaskException.class, () -> bench.queries.control("other")).getMessage());
    TaskException noDate =
        assertThrows(TaskException.class, () -> ask("2024-01-14", null, null, null, null, null));
    assertTrue(String.valueOf(noDate.getMessage()).contains("has no run date 2024-01-14"));
    assertEquals(
        Reason.NOT_FOUND,
        assertThrows(TaskException.class, () -> bench.queries.find("trades", "x' OR 1=1", newest()))
            .reason());
  }

  private static Optional<LocalDate> newest() {
    return Optional.empty();
  }

  @Test
  void controlsAndRunsAreListed() {
    assertEquals(1, bench.queries.controls().size());
    Map<String, @Nullable Object> control = bench.queries.control("trades");
    assertEquals(3, control.get("runs"));
    assertEquals(MONDAY, control.get("first_run_date"));
    bench.run(MONDAY, new Day());
    assertEquals(
        List.of(TUESDAY, WEDNESDAY), bench.queries.control("trades").get("stale_run_dates"));
    List<Map<String, @Nullable Object>> runs = bench.queries.runs("trades");
    assertEquals(WEDNESDAY, runs.get(0).get("run_date"));
    assertEquals("STALE", runs.get(0).get("status"));
    assertEquals(TUESDAY, runs.get(0).get("previous_run_date"));
    assertEquals(3L, runs.get(0).get("open_breaks"));
  }

  @Test
  void theHistoryOfABreakIsToldDateByDate() throws InterruptedException {
    String id = idOf("B", MONDAY);
    List<Map<String, @Nullable Object>> history = bench.queries.history("trades", id);

    assertEquals(
        List.of("NEW", "CLOSED"), history.stream().map(line -> line.get("status")).toList());
  }

  @Test
  void aWriteOffIsShownAtOnceAndTakesEffectInTheNextRun() throws InterruptedException {
    String id = idOf("A", WEDNESDAY);
    act(id, "write_off", null);

    Map<String, @Nullable Object> found = bench.queries.find("trades", id, newest());
    assertEquals("CONTINUED", found.get("status"));
    assertEquals("WRITTEN_OFF", found.get("pending"));
    assertTrue(found.get("actions") instanceof List<?> actions && actions.size() == 1);
    assertEquals(
        Reason.WRONG_STATE,
        assertThrows(TaskException.class, () -> act(id, "close", null)).reason());

    bench.run("2024-01-18", new Day().missingInTgt("A", "1.00"));
    assertEquals(List.of(), refs(ask(null, null, null, null, null, null)));
    assertEquals(List.of("A"), closedRefs());
    bench.run("2024-01-19", new Day().missingInTgt("A", "1.00"));
    assertEquals(List.of("A"), refs(ask(null, "written_off", null, null, null, null)));
    assertEquals(List.of(), closedRefs());
  }

  private List<String> closedRefs() throws InterruptedException {
    return ask(null, "closed", null, null, null, null).breaks().stream()
        .filter(found -> "WRITTEN_OFF".equals(found.get("close_reason")))
        .map(found -> String.valueOf(found.get("ref")))
        .toList();
  }

  @Test
  void anOwnerAndACommentAreShownAtOnceAndSurviveARepeatedRun() throws InterruptedException {
    String id = idOf("A", WEDNESDAY);
    act(id, "owner", "maria");
    act(id, "comment", null);
    bench.run(WEDNESDAY, new Day().missingInTgt("A", "1.00"));

    Map<String, @Nullable Object> found = bench.queries.find("trades", id, newest());
    assertEquals("maria", found.get("owner"));
    assertEquals(1L, found.get("comments"));
    assertEquals("ops", bench.queries.find("trades", id, monday()).get("owner"));
  }

  private static Optional<LocalDate> monday() {
    return Optional.of(LocalDate.parse(MONDAY));
  }

  @Test
  void anActionWithFaultsIsRefusedWithAllOfThem() {
    TaskException refused =
        assertThrows(
            TaskException.class,
            () -> BreakAction.Request.ofJson(new LinkedHashMap<>(Map.of("action", "burn"))));

    assertEquals(
        List.of("/action", "/who", "/why"),
        refused.faults().stream().map(fault -> fault.pointer()).toList());
  }

  @Test
  void evidenceHoldsTheRowOfTheSameKeyInAnotherGroupAndTheOneWithTheSameValues() {
    Day day = new Day().missingInTgt("A", "1.00").missingInSrc("X", "1.00");
    day.matched.add(new Day.Line("tgt", "A", "USD", "1.00"));
    LedgerRun run = bench.run("2024-01-18", day);

    try (DuckDbSession session = bench.open(run)) {
      Path file = bench.ledger.file(RollingBench.CONTROL, run, BreakEvidence.FILE);
      List<String> found =
          session.query(
              """
              SELECT b.side || ' ' || b.ref || ': ' || rank || ' ' || found_by || ' ' || e.side
                || ' ' || e.ref || ' ' || e.ccy || ' ' || e.matched
              FROM %s e JOIN %s b USING (break_id) ORDER BY ALL\
              """
                  .formatted(
                      RollingTables.parquet(file),
                      RollingTables.parquet(file.resolveSibling(RollingTables.BREAKS_FILE))),
              row -> String.valueOf(row.text(1)));
      assertEquals(
          List.of(
              "src A: 1 key tgt A USD true",
              "src A: 2 values tgt X EUR false",
              "tgt X: 1 values src A EUR false"),
          found);
    }
  }

  private void act(String breakId, String action, @Nullable String owner)
      throws InterruptedException {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("action", action);
    json.put("who", "maria");
    json.put("why", "agreed with the desk");
    json.put("owner", owner);
    bench.queries.record("trades", breakId, BreakAction.Request.ofJson(json));
  }

  private String idOf(String ref, String runDate) throws InterruptedException {
    return ask(runDate, "all", null, null, null, null).breaks().stream()
        .filter(found -> ref.equals(found.get("ref")))
        .map(found -> String.valueOf(found.get("break_id")))
        .findFirst()
        .orElseThrow();
  }
}
