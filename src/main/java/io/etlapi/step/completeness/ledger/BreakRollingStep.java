package io.etlapi.step.completeness.ledger;

import static io.etlapi.engine.SqlIdentifier.quote;

import io.etlapi.engine.DuckDbSession;
import io.etlapi.json.Json;
import io.etlapi.step.Step;
import io.etlapi.step.StepContext;
import io.etlapi.step.StepDescription;
import io.etlapi.step.StepException;
import io.etlapi.step.StepResult;
import io.etlapi.step.completeness.ControlRun;
import io.etlapi.step.completeness.ControlSteps;
import io.etlapi.step.completeness.control.ControlDefinition;
import io.etlapi.step.completeness.control.RollingRules;
import io.etlapi.step.completeness.matching.Account;
import io.etlapi.step.completeness.matching.MatchedRun;
import io.etlapi.step.completeness.matching.Proof;
import io.etlapi.step.completeness.matching.ReportWorkbook;
import io.etlapi.step.completeness.matching.SpreadsheetCsv;
import io.etlapi.step.dataset.Dataset;
import io.etlapi.step.publish.PublishedTable;
import io.etlapi.step.publish.StepResults;
import io.etlapi.step.publish.TablePublisher;
import io.etlapi.step.spreadsheet.SheetLimitException;
import io.etlapi.task.TaskId;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Carries the breaks of a control over its run dates, closes the last account and commits the run
 * date to the ledger.
 *
 * <p>The commit is the last thing that can fail. A task that ends between the commit and its own
 * completion may run again: it rolls from the run date before, finds that what is committed came
 * from the same input, and commits the same once more.
 */
@ApplicationScoped
public class BreakRollingStep implements Step {

  public static final String NAME = "break_rolling_comp";

  static final String PROOF_FILE = "proof.json";
  static final String REPORT_FILE = "report.xlsx";
  static final String CONTROL_FILE = "control.json";

  private static final StepDescription DESCRIPTION =
      ControlSteps.describe(
          NAME,
          "BreakRolling Details",
          "Carries breaks over the run dates, ages and closes them, checks the account of open"
              + " breaks, and commits the run date to the control's ledger.");

  private final @Nullable ControlLedger ledger;

  /** For proxies of the container only. */
  protected BreakRollingStep() {
    this.ledger = null;
  }

  @Inject
  public BreakRollingStep(ControlLedger ledger) {
    this.ledger = ledger;
  }

  @Override
  public StepDescription describe() {
    return DESCRIPTION;
  }

  @Override
  public StepResult run(StepContext context) throws Exception {
    if (ledger == null) {
      throw new IllegalStateException("a proxy runs nothing");
    }
    StepResults results = StepResults.begin(context, NAME);
    MatchedRun matched = MatchedRun.from(context);
    ControlRun run = matched.combined().run();
    try (LedgerAttempt attempt =
        ledger.begin(
            ControlId.of(run.control().controlId()),
            run.runDate(),
            context.taskId().toString(),
            origin(matched.breaks()),
            LedgerCarryIn.sequenceOf(matched.combined().rows()),
            run.control().rolling().feed() == RollingRules.Feed.DELTA)) {
      return new Rolled(context, matched, attempt).finish(results);
    } catch (LedgerException e) {
      throw new StepException(String.valueOf(e.getMessage()), e);
    }
  }

  /** The task that found today's breaks; the same input of another server is known by content. */
  private static String origin(Dataset breaks) {
    return breaks.task().map(TaskId::toString).orElse(breaks.sha256());
  }

  /** One attempt. */
  private static final class Rolled {
    private final StepContext context;
    private final MatchedRun matched;
    private final ControlRun run;
    private final ControlDefinition control;
    private final LedgerAttempt attempt;
    private final DuckDbSession session;
    private final Map<String, @Nullable Object> files = new LinkedHashMap<>();

    Rolled(StepContext context, MatchedRun matched, LedgerAttempt attempt)
        throws InterruptedException {
      this.context = context;
      this.matched = matched;
      this.run = matched.combined().run();
      this.control = run.control();
      this.attempt = attempt;
      List<Path> paths = new ArrayList<>(matched.paths());
      paths.addAll(attempt.previous().paths());
      this.session = context.session(paths);
    }

    StepResult finish(StepResults results) throws StepException, InterruptedException {
      context.progress(5, "compare with the run date before");
      RollingInput input = input();
      Rolling rolling = new Rolling(session, input);
      RollingSummary summary = rolling.roll(attempt.previous());
      context.progress(40, "open and closed breaks");
      PublishedTable closed = publisher().write("closed_breaks.parquet", rolling.closedBreaks());
      csv("closed_breaks", closed);
      Proof proof = matched.proof().with(account(summary));
      write(PROOF_FILE, Json.pretty(proofJson(proof, summary)));
      PublishedTable open =
          run.attach(context, publisher())
              .sideFile("closed", closed.fileName())
              .sideFile("proof", PROOF_FILE)
              .sideFile("report", REPORT_FILE)
              .write("open_breaks.parquet", rolling.openBreaks());
      csv("open_breaks", open);
      Map<String, @Nullable Object> figures = figures(open, proof, summary);
      log(proof, summary);
      report(proof, figures, open, closed);
      context.progress(60, "evidence");
      rolling.writeState(context.folder()).forEach((name, file) -> attempt.adopt(file, name));
      attempt.adopt(
          new BreakEvidence(session, input, control.match()).write(context.folder()),
          BreakEvidence.FILE);
      adoptCopy(PROOF_FILE);
      adoptCopy(CONTROL_FILE);
      StepResult result =
          results
              .input(matched.breaks().fileInfo(session))
              .member("verdict", proof.verdict().name())
              .details(details(proof, figures))
              .build(session, open);
      context.throwIfStopped();
      attempt.commit(figures);
      return result;
    }

    private RollingInput input() {
      session.execute(
          "CREATE OR REPLACE VIEW todays_breaks AS SELECT * EXCLUDE (src_row_id, tgt_row_id) FROM "
              + matched.breaks().scan());
      session.execute(
          "CREATE OR REPLACE VIEW todays_rows AS SELECT * FROM "
              + matched.combined().rows().scan());
      session.execute(
          "CREATE OR REPLACE VIEW todays_matches AS SELECT row_id FROM "
              + matched.matches().scan());
      RollingRules rules = control.rolling();
      return new RollingInput(
          attempt.index().control(),
          run.runDate(),
          control.match().key(),
          control.match().groupBy(),
          control.fields(),
          rules.feed() == RollingRules.Feed.SNAPSHOT,
          new RunCalendar(rules.calendar().days(), run.holidays()),
          new AgeBuckets(rules.buckets()),
          "todays_breaks",
          "todays_rows",
          "todays_matches");
    }

    private TablePublisher publisher() {
      return TablePublisher.of(context, session, NAME).input(matched.breaks());
    }

    private void csv(String name, PublishedTable table) throws InterruptedException {
      context.throwIfStopped();
      String csv = name + ".csv";
      new SpreadsheetCsv(session)
          .write(
              "SELECT * FROM " + RollingTables.parquet(table.file()),
              context.folder().resolve(csv));
      Map<String, @Nullable Object> written = new LinkedHashMap<>();
      written.put("rows", table.rows());
      written.put("parquet", context.published(table.fileName()).toString());
      written.put("csv", context.published(csv).toString());
      files.put(name, written);
    }

    private static Account account(RollingSummary summary) {
      return new Account(
          4,
          "open = open on the run date before + new + reopened - closed",
          summary.closes(),
          List.of(summary.toJson()),
          1);
    }

    private boolean withinThresholds(RollingSummary summary) {
      Long most = control.thresholds().maxOpenBreaks();
      return most == null || summary.open() <= most;
    }

    private Map<String, @Nullable Object> proofJson(Proof proof, RollingSummary summary) {
      Map<String, @Nullable Object> json = new LinkedHashMap<>(proof.toJson());
      json.put("open_breaks", summary.open());
      json.put("closed_by_decision_still_in_data", summary.settled());
      json.put("within_thresholds", withinThresholds(summary));
      return json;
    }

    private Map<String, @Nullable Object> figures(
        PublishedTable open, Proof proof, RollingSummary summary) {
      Map<String, @Nullable Object> figures = new LinkedHashMap<>();
      figures.put("verdict", proof.verdict().name());
      figures.put("within_thresholds", withinThresholds(summary));
      figures.put("sides", proof.sides());
      figures.put("open_breaks", summary.open());
      figures.put("new", summary.opened());
      figures.put("reopened", summary.reopened());
      figures.put("closed", summary.closedTotal());
      figures.put("closed_by_reason", summary.closed());
      figures.put("closed_by_decision_still_in_data", summary.settled());
      figures.put("open_by_category", counts(open, "category"));
      Map<String, @Nullable Object> buckets = new LinkedHashMap<>();
      new AgeBuckets(control.rolling().buckets()).labels().forEach(label -> buckets.put(label, 0L));
      buckets.putAll(counts(open, "age_bucket"));
      figures.put("open_by_age", buckets);
      return figures;
    }

    private Map<String, @Nullable Object> counts(PublishedTable open, String column) {
      Map<String, @Nullable Object> counts = new LinkedHashMap<>();
      session.forEach(
          "SELECT %1$s, count(*) FROM %2$s GROUP BY %1$s ORDER BY %1$s"
              .formatted(quote(column), RollingTables.parquet(open.file())),
          row -> counts.put(String.valueOf(row.text(1)), row.integer(2)));
      return counts;
    }

    private Map<String, @Nullable Object> details(
        Proof proof, Map<String, @Nullable Object> figures) {
      Map<String, @Nullable Object> details = new LinkedHashMap<>();
      details.put("control_id", control.controlId());
      details.put("run_date", run.runDate().toString());
      details.put(
          "previous_run_date",
          attempt.base().map(LedgerRun::runDate).map(LocalDate::toString).orElse(null));
      details.putAll(figures);
      details.put("reasons", proof.reasons());
      List<@Nullable Object> accounts = new ArrayList<>();
      for (Account account : proof.accounts()) {
        Map<String, @Nullable Object> shown = new LinkedHashMap<>();
        shown.put("account", account.number());
        shown.put("statement", account.statement());
        shown.put("closes", account.closes());
        accounts.add(shown);
      }
      details.put("accounts", accounts);
      details.put("later_runs_now_stale", attempt.laterRuns());
      details.put("files", files);
      return details;
    }

    private void log(Proof proof, RollingSummary summary) {
      context.log(
          "verdict %s: %d open breaks (%d before, %d new, %d reopened, %d closed)"
              .formatted(
                  proof.verdict(),
                  summary.open(),
                  summary.openBefore(),
                  summary.opened(),
                  summary.reopened(),
                  summary.closedTotal()));
      Optional<LocalDate> base = attempt.base().map(LedgerRun::runDate);
      base.filter(attempt.index()::isStale)
          .ifPresent(
              date ->
                  context.log(
                      "run date "
                          + date
                          + " is stale: this one stays stale until both were run again"));
      if (attempt.laterRuns() > 0) {
        context.log(attempt.laterRuns() + " later run dates are stale now: run them again");
      }
    }

    private void report(
        Proof proof,
        Map<String, @Nullable Object> figures,
        PublishedTable open,
        PublishedTable closed)
        throws StepException {
      Map<String, Object> lines = new LinkedHashMap<>();
      figures.forEach((name, value) -> flatten(name.replace('_', ' '), value, lines));
      Map<String, String> tables = new LinkedHashMap<>();
      tables.put("Totals", matched.totals().scan());
      tables.put("Open breaks", RollingTables.parquet(open.file()));
      tables.put("Closed breaks", RollingTables.parquet(closed.file()));
      try {
        new ReportWorkbook(session)
            .write(context.folder().resolve(REPORT_FILE), proof, lines, tables);
      } catch (IOException | SheetLimitException e) {
        throw new StepException("The workbook " + REPORT_FILE + " could not be written.", e);
      }
      files.put("report", context.published(REPORT_FILE).toString());
    }

    private static void flatten(String name, @Nullable Object value, Map<String, Object> lines) {
      if (value instanceof Map<?, ?> map) {
        map.forEach((key, figure) -> flatten(name + " " + key, figure, lines));
      } else if (value != null && !name.equals("verdict")) {
        lines.put(name, value);
      }
    }

    private void write(String name, String text) throws StepException {
      try {
        Files.write(context.folder().resolve(name), text.getBytes(StandardCharsets.UTF_8));
      } catch (IOException e) {
        throw new StepException("The file " + name + " could not be written.", e);
      }
    }

    /** The ledger outlives the task, so it keeps a copy of its own. */
    private void adoptCopy(String name) throws StepException {
      Path copy = context.folder().resolve("ledger-" + name);
      try {
        Files.copy(context.folder().resolve(name), copy);
      } catch (IOException e) {
        throw new StepException("The file " + name + " could not be copied to the ledger.", e);
      }
      attempt.adopt(copy, name);
    }
  }
}
