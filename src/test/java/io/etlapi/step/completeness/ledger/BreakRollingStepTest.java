package io.etlapi.step.completeness.ledger;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.json.Json;
import io.etlapi.step.Step;
import io.etlapi.step.StepBench;
import io.etlapi.step.StepException;
import io.etlapi.step.StepInput;
import io.etlapi.step.TestStepContext;
import io.etlapi.step.completeness.ReadingConfigStep;
import io.etlapi.step.completeness.SideSteps;
import io.etlapi.step.completeness.control.Side;
import io.etlapi.step.completeness.matching.ApplyRulesStep;
import io.etlapi.step.completeness.matching.CombineDataStep;
import io.etlapi.step.completeness.matching.OutputRulesStep;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole control, from CSV files to the ledger, date by date. */
final class BreakRollingStepTest {

  private static final String CONTROL =
      """
      {
        "control_id": "trades",
        "sides": {
          "src": {"files": "src_{run_date:yyyyMMdd}.csv", "format": "csv", "columns": [
            {"name": "ref", "type": "text"}, {"name": "ccy", "type": "text"},
            {"name": "amount", "type": "decimal(18,2)"}]},
          "tgt": {"files": "tgt_{run_date:yyyyMMdd}.csv", "format": "csv", "columns": [
            {"name": "ref", "type": "text"}, {"name": "ccy", "type": "text"},
            {"name": "amount", "type": "decimal(18,2)"}]}
        },
        "harmonise": [
          {"to": "ref", "src": "ref", "tgt": "ref"},
          {"to": "ccy", "src": "ccy", "tgt": "ccy"},
          {"to": "amount", "src": "amount", "tgt": "amount"}
        ],
        "match": {
          "key": ["ref"], "group_by": ["ccy"], "balance": ["amount"],
          "passes": [{"id": "exact", "type": "1:1", "on": ["ref"],
            "compare": [{"field": "amount", "kind": "exact"}]}]
        },
        "rolling": {"feed": "FEED", "age_from": "first_seen", "calendar": "weekdays",
          "buckets": [1, 5, 30]},
        "thresholds": {"max_open_breaks": 1}
      }
      """;

  private static final String FRIDAY = "2024-01-12";
  private static final String MONDAY = "2024-01-15";
  private static final String TUESDAY = "2024-01-16";

  private StepBench bench;
  private ControlLedger ledger;

  @BeforeEach
  void setUp(@TempDir Path folder) {
    bench = new StepBench(folder);
    ledger =
        new ControlLedger(
            bench.storage().resolve("controls"),
            LedgerDisk.REAL,
            Clock.fixed(TestStepContext.STARTED, ZoneOffset.UTC),
            () -> 0,
            0);
  }

  private void files(String runDate, String src, String tgt) throws Exception {
    String day = runDate.replace("-", "");
    bench.file("src_" + day + ".csv", "ref,ccy,amount\n" + src);
    bench.file("tgt_" + day + ".csv", "ref,ccy,amount\n" + tgt);
  }

  private void control(String feed) throws Exception {
    bench.file("control.json", CONTROL.replace("FEED", feed));
  }

  /** Runs all steps but the last and returns what the last one needs. */
  private StepInput upToOutputs(String runDate) throws Exception {
    StepInput config = run(new ReadingConfigStep(), runDate);
    List<StepInput> sides = new ArrayList<>();
    for (Side side : Side.values()) {
      StepInput input = config;
      for (Step step : SideSteps.of(side)) {
        input = run(step, runDate, input);
      }
      sides.add(input);
    }
    StepInput combined =
        run(
            new CombineDataStep(new LedgerCarryIn(ledger)),
            runDate,
            sides.toArray(new StepInput[0]));
    return run(new OutputRulesStep(), runDate, run(new ApplyRulesStep(), runDate, combined));
  }

  private StepInput run(Step step, String runDate, StepInput... inputs) throws Exception {
    return StepBench.input(step.describe().name(), bench.run(step, parameters(runDate), inputs));
  }

  private Map<String, ?> parameters(String runDate) {
    return Map.of(
        "expectedRunDate",
        runDate,
        "rootFileDir",
        bench.data().toString(),
        "inputConfigFilePattern",
        "control.json");
  }

  private Map<String, @Nullable Object> roll(String runDate) throws Exception {
    return run(new BreakRollingStep(ledger), runDate, upToOutputs(runDate)).output();
  }

  private static Map<?, ?> details(Map<String, @Nullable Object> output) {
    return (Map<?, ?>) Objects.requireNonNull(output.get("break_rolling_comp_details"));
  }

  private LedgerQueries queries() {
    return new LedgerQueries(ledger, bench.engine()::open);
  }

  private List<String> breaks(String runDate, String status) throws InterruptedException {
    return queries()
        .breaks("trades", BreaksQuery.of(runDate, status, null, null, null, null))
        .breaks()
        .stream()
        .map(
            found ->
                found.get("ref")
                    + " "
                    + found.get("category")
                    + " "
                    + found.get("age_days")
                    + " "
                    + (status.equals("closed") ? found.get("close_reason") : found.get("status")))
        .sorted()
        .toList();
  }

  private Map<String, byte[]> ledgerFiles(String runDate) throws Exception {
    LedgerRun run =
        ledger.index(new ControlId("trades")).run(LocalDate.parse(runDate)).orElseThrow();
    Map<String, byte[]> files = new TreeMap<>();
    for (String name : run.files().keySet()) {
      files.put(name, Files.readAllBytes(ledger.file(new ControlId("trades"), run, name)));
    }
    return files;
  }

  private void threeDates() throws Exception {
    control("snapshot");
    files(FRIDAY, "A,EUR,1.00\nB,EUR,2.00\nC,EUR,3.00\n", "B,EUR,2.50\nC,EUR,3.00\n");
    files(MONDAY, "A,EUR,1.00\nB,EUR,2.00\n", "B,EUR,2.00\nD,EUR,4.00\n");
    files(TUESDAY, "A,EUR,1.00\nB,EUR,2.00\n", "A,EUR,1.00\nB,EUR,2.00\nD,EUR,4.00\n");
  }

  @Test
  void breaksAppearAgeAndClose() throws Exception {
    threeDates();
    Map<String, @Nullable Object> friday = roll(FRIDAY);
    assertEquals("BREAKS", friday.get("verdict"));
    assertEquals(false, details(friday).get("within_thresholds"));
    assertEquals(List.of("A MISSING_IN_TGT 0 NEW", "B VALUE 0 NEW"), breaks(FRIDAY, "open"));

    roll(MONDAY);
    assertEquals(
        List.of("A MISSING_IN_TGT 1 CONTINUED", "D MISSING_IN_SRC 0 NEW"), breaks(MONDAY, "open"));
    assertEquals(List.of("B VALUE 1 CORRECTED"), breaks(MONDAY, "closed"));

    Map<String, @Nullable Object> tuesday = roll(TUESDAY);
    assertEquals(List.of("D MISSING_IN_SRC 1 CONTINUED"), breaks(TUESDAY, "open"));
    assertEquals(List.of("A MISSING_IN_TGT 2 MATCHED"), breaks(TUESDAY, "closed"));
    assertEquals(MONDAY, details(tuesday).get("previous_run_date"));
    assertEquals(
        Map.of("0-1", 1L, "2-5", 0L, "6-30", 0L, "31+", 0L), details(tuesday).get("open_by_age"));
    assertEquals("1", tuesday.get("count"));
    Path report =
        Path.of(
            String.valueOf(
                ((Map<?, ?>) Objects.requireNonNull(details(tuesday).get("files"))).get("report")));
    assertEquals('P', Files.readAllBytes(report)[0], "a workbook is a ZIP file");
    assertValueBreakIsExplainedByItsAmounts();
    assertRowWithoutANearOneIsExplainedSo();
  }

  @Test
  void theProofHasAllSixAccountsAndLiesInTheLedgerToo() throws Exception {
    threeDates();
    roll(FRIDAY);
    Map<String, @Nullable Object> output = roll(MONDAY);

    byte[] copy = Objects.requireNonNull(ledgerFiles(MONDAY).get("proof.json"));
    Map<String, @Nullable Object> proof =
        Json.parseObject(new String(copy, java.nio.charset.StandardCharsets.UTF_8));
    List<?> accounts = (List<?>) Objects.requireNonNull(proof.get("accounts"));
    assertEquals(
        List.of(1L, 2L, 3L, 4L, 5L, 6L),
        accounts.stream().map(account -> ((Map<?, ?>) account).get("account")).toList());
    assertTrue(
        accounts.stream().allMatch(account -> (Boolean) ((Map<?, ?>) account).get("closes")));
    assertEquals("BREAKS", proof.get("verdict"));
    Map<?, ?> info = (Map<?, ?>) Objects.requireNonNull(output.get("file_info"));
    Path published = Path.of(String.valueOf(info.get("file_path"))).resolveSibling("proof.json");
    assertArrayEquals(copy, Files.readAllBytes(published));
  }

  @Test
  void runningADateAgainMakesTheSameFilesAndTheLaterDatesStale() throws Exception {
    threeDates();
    roll(FRIDAY);
    roll(MONDAY);
    Map<String, byte[]> first = ledgerFiles(MONDAY);
    roll(MONDAY);
    ledgerFiles(MONDAY).forEach((name, bytes) -> assertArrayEquals(first.get(name), bytes, name));

    roll(TUESDAY);
    Map<String, @Nullable Object> again = roll(FRIDAY);
    assertEquals(2L, details(again).get("later_runs_now_stale"));
    assertEquals(List.of(MONDAY, TUESDAY), queries().control("trades").get("stale_run_dates"));
  }

  @Test
  void aTaskThatDiedAfterItsCommitCommitsTheSameOnceMore() throws Exception {
    threeDates();
    roll(FRIDAY);
    StepInput outputs = upToOutputs(MONDAY);
    try (TestStepContext died = bench.context(parameters(MONDAY), outputs)) {
      new BreakRollingStep(ledger).run(died);
    }
    Map<String, byte[]> first = ledgerFiles(MONDAY);
    run(new BreakRollingStep(ledger), MONDAY, outputs);

    assertEquals(first.keySet(), ledgerFiles(MONDAY).keySet());
    ledgerFiles(MONDAY).forEach((name, bytes) -> assertArrayEquals(first.get(name), bytes, name));
  }

  @Test
  void ofTwoRunsOfTheSameDateAtOnceOneCommitsAndTheOtherFailsClearly() throws Exception {
    threeDates();
    StepInput one = upToOutputs(FRIDAY);
    StepInput other = upToOutputs(FRIDAY);
    run(new BreakRollingStep(ledger), FRIDAY, one);

    StepException refused =
        assertThrows(StepException.class, () -> run(new BreakRollingStep(ledger), FRIDAY, other));
    assertTrue(
        String.valueOf(refused.getMessage())
            .contains("committed run date 2024-01-12 of control 'trades' while this run was"));
    assertEquals(1, ledger.index(new ControlId("trades")).sequence());
  }

  @Test
  void aStoppedTaskCommitsNothing() throws Exception {
    threeDates();
    StepInput outputs = upToOutputs(FRIDAY);
    try (TestStepContext context = bench.context(parameters(FRIDAY), outputs)) {
      context.stop();
      assertThrows(InterruptedException.class, () -> new BreakRollingStep(ledger).run(context));
    }
    assertTrue(ledger.index(new ControlId("trades")).isEmpty());
    roll(FRIDAY);
  }

  @Test
  void aDeltaFeedCarriesOpenBreaksUntilTheirCounterpartArrives() throws Exception {
    control("delta");
    files(FRIDAY, "A,EUR,1.00\nB,EUR,2.00\nC,EUR,3.00\n", "B,EUR,2.50\nC,EUR,3.00\n");
    files(MONDAY, "E,EUR,5.00\n", "E,EUR,5.00\nB,EUR,2.00\n");
    files(TUESDAY, "F,EUR,6.00\n", "F,EUR,6.00\nA,EUR,1.00\n");
    roll(FRIDAY);
    assertEquals("BREAKS", roll(MONDAY).get("verdict"));
    assertEquals(List.of("A MISSING_IN_TGT 1 CONTINUED"), breaks(MONDAY, "open"));
    assertEquals(List.of("B VALUE 1 CORRECTED"), breaks(MONDAY, "closed"));

    Map<String, @Nullable Object> tuesday = roll(TUESDAY);
    assertEquals("CLEAN", tuesday.get("verdict"), () -> String.valueOf(details(tuesday)));
    assertEquals(List.of(), breaks(TUESDAY, "open"));
    assertEquals(List.of("A MISSING_IN_TGT 2 MATCHED"), breaks(TUESDAY, "closed"));
  }

  @Test
  void aWriteOffLeavesTheDeltaFeedAndIsReportedApart() throws Exception {
    control("delta");
    files(FRIDAY, "A,EUR,1.00\nC,EUR,3.00\n", "C,EUR,3.00\n");
    files(MONDAY, "E,EUR,5.00\n", "E,EUR,5.00\n");
    roll(FRIDAY);
    Map<String, @Nullable Object> request = new LinkedHashMap<>();
    request.put("action", "write_off");
    request.put("who", "maria");
    request.put("why", "borne by the desk");
    String id =
        String.valueOf(
            queries()
                .breaks("trades", BreaksQuery.of(null, null, null, null, null, null))
                .breaks()
                .get(0)
                .get("break_id"));
    queries().record("trades", id, BreakAction.Request.ofJson(request));

    Map<String, @Nullable Object> monday = roll(MONDAY);
    assertEquals(List.of("A MISSING_IN_TGT 1 WRITTEN_OFF"), breaks(MONDAY, "closed"));
    assertEquals(Map.of("WRITTEN_OFF", 1L), details(monday).get("closed_by_reason"));
    assertEquals(
        Optional.of("WRITTEN_OFF"),
        Optional.ofNullable(queries().find("trades", id, Optional.empty()).get("close_reason")));
  }

  private void assertValueBreakIsExplainedByItsAmounts() throws InterruptedException {
    Map<String, @Nullable Object> explanation = explanation("B", FRIDAY);
    assertEquals("the nearest row of tgt fails every pass", explanation.get("summary"));
    String failed = Json.write(explanation.get("candidates"));
    assertTrue(failed.contains("\"src\":\"2.00\",\"tgt\":\"2.50\""), failed);
    LedgerException closed = assertThrows(LedgerException.class, () -> explanation("B", MONDAY));
    assertTrue(String.valueOf(closed.getMessage()).contains("(CORRECTED)"));
  }

  private void assertRowWithoutANearOneIsExplainedSo() throws InterruptedException {
    assertEquals(
        "tgt has no row that is near: none of this key, none of the same values",
        explanation("A", FRIDAY).get("summary"));
  }

  private Map<String, @Nullable Object> explanation(String ref, String runDate)
      throws InterruptedException {
    String id =
        queries()
            .breaks("trades", BreaksQuery.of(runDate, "all", null, null, null, null))
            .breaks()
            .stream()
            .filter(found -> ref.equals(found.get("ref")))
            .map(found -> String.valueOf(found.get("break_id")))
            .findFirst()
            .orElseThrow();
    return queries().explanation("trades", id, Optional.of(LocalDate.parse(runDate)));
  }
}
