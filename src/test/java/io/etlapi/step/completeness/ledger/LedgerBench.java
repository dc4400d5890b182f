package io.etlapi.step.completeness.ledger;

import io.etlapi.engine.DuckDbEngine;
import io.etlapi.engine.DuckDbSession;
import io.etlapi.step.completeness.control.Comparison;
import io.etlapi.step.completeness.control.MatchRules;
import io.etlapi.step.completeness.control.Pass;
import io.etlapi.step.completeness.control.RollingRules.Days;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** Rolls days into a real ledger and asks it. */
final class LedgerBench {

  static final MatchRules RULES =
      new MatchRules(
          List.of("ref"),
          List.of("ccy"),
          List.of("amount"),
          List.of(
              new Pass(
                  "exact",
                  Pass.Cardinality.ONE_TO_ONE,
                  List.of("ref"),
                  List.of(
                      new Comparison(
                          "amount",
                          Comparison.Kind.EXACT,
                          BigDecimal.ZERO,
                          Comparison.Base.SRC)))));

  /** The same rules as the ledger keeps them, for explanations. */
  private static final String CONTROL =
      """
      {"document": {
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
        }
      }}
      """;

  final ControlLedger ledger;
  final LedgerQueries queries;
  private final DuckDbEngine engine;
  private final Path folder;

  LedgerBench(Path folder) {
    this.folder = folder;
    this.engine = new DuckDbEngine(512L << 20, 1, 1L << 30, folder.resolve("spill"));
    this.ledger =
        new ControlLedger(
            folder.resolve("controls"),
            LedgerDisk.REAL,
            Clock.fixed(Instant.parse("2024-02-01T09:00:00Z"), ZoneOffset.UTC),
            () -> 0,
            0);
    this.queries = new LedgerQueries(ledger, engine::open);
  }

  LedgerRun run(String date, Day day) {
    LocalDate runDate = LocalDate.parse(date);
    try (LedgerAttempt attempt =
        ledger.begin(
            RollingBench.CONTROL, runDate, "task", "origin " + date, OptionalLong.empty(), false)) {
      Path work = Files.createTempDirectory(folder, "work-");
      try (DuckDbSession session = engine.open(attempt.previous().paths(), work)) {
        RollingBench.load(session, day);
        RollingInput input =
            new RollingInput(
                RollingBench.CONTROL,
                runDate,
                List.of("ref"),
                List.of("ccy"),
                List.of("ref", "ccy", "amount"),
                true,
                new RunCalendar(Days.ALL, List.of()),
                new AgeBuckets(List.of(1, 5, 30)),
                "todays_breaks",
                "todays_rows",
                "todays_matches");
        Rolling rolling = new Rolling(session, input);
        RollingSummary summary = rolling.roll(attempt.previous());
        rolling.writeState(work).forEach((name, file) -> attempt.adopt(file, name));
        attempt.adopt(new BreakEvidence(session, input, RULES).write(work), BreakEvidence.FILE);
        attempt.adopt(
            Files.writeString(work.resolve("copy.json"), CONTROL), BreakRollingStep.CONTROL_FILE);
        return attempt.commit(Map.of("open_breaks", summary.open()));
      }
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  DuckDbSession open(LedgerRun run) {
    Path runFolder = ledger.folder(RollingBench.CONTROL).resolve(run.folder());
    try {
      return engine.open(List.of(), runFolder);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
