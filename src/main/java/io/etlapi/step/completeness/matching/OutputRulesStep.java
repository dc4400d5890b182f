package io.etlapi.step.completeness.matching;

import io.etlapi.engine.DuckDbSession;
import io.etlapi.json.Json;
import io.etlapi.step.Step;
import io.etlapi.step.StepContext;
import io.etlapi.step.StepDescription;
import io.etlapi.step.StepException;
import io.etlapi.step.StepResult;
import io.etlapi.step.completeness.ControlRun;
import io.etlapi.step.completeness.ControlSteps;
import io.etlapi.step.completeness.SideRows;
import io.etlapi.step.completeness.control.Side;
import io.etlapi.step.dataset.Dataset;
import io.etlapi.step.publish.PublishedTable;
import io.etlapi.step.publish.StepResults;
import io.etlapi.step.publish.TablePublisher;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Writes what a control found, for programs and for people, and proves it. The verdict is
 * provisional until the breaks are rolled.
 */
@ApplicationScoped
public class OutputRulesStep implements Step {

  public static final String NAME = "output_rules_comp";

  private static final StepDescription DESCRIPTION =
      ControlSteps.describe(
          NAME,
          "Output Rules",
          "Writes matches, breaks, rejected and excluded rows and totals as Parquet and as CSV, and"
              + " computes the accounts and the verdict.");

  private static final String NO_REJECTED =
      """
      SELECT NULL::VARCHAR AS side, NULL::VARCHAR AS file, 0::BIGINT AS line,
        NULL::VARCHAR AS "column", NULL::VARCHAR AS value, NULL::VARCHAR AS reason,
        NULL::VARCHAR AS raw LIMIT 0\
      """;
  private static final String NO_EXCLUDED =
      """
      SELECT NULL::VARCHAR AS side, NULL::VARCHAR AS file, 0::BIGINT AS line,
        NULL::VARCHAR AS scope, NULL::VARCHAR AS raw LIMIT 0\
      """;

  @Override
  public StepDescription describe() {
    return DESCRIPTION;
  }

  @Override
  public StepResult run(StepContext context) throws Exception {
    StepResults results = StepResults.begin(context, NAME);
    Dataset matches = SideRows.table(context, ApplyRulesStep.NAME);
    Dataset breaks =
        matches
            .sideFile(ApplyRulesStep.BREAKS)
            .orElseThrow(
                () -> new StepException("The file '" + matches.sentPath() + "' has no breaks."));
    CombinedTable combined = CombinedTable.of(context, matches);
    List<Path> paths = new ArrayList<>(combined.paths());
    paths.add(matches.path());
    paths.add(breaks.path());
    DuckDbSession session = context.session(paths);
    combined.open(session);
    session.execute("CREATE OR REPLACE VIEW matches AS SELECT * FROM " + matches.scan());
    session.execute("CREATE OR REPLACE VIEW breaks AS SELECT * FROM " + breaks.scan());
    MatchModel model = combined.model(session);
    ControlRun run = combined.run();

    context.progress(5, "accounts");
    Proof proof =
        new ProofAccounts(session, model)
            .compute(run.control().controlId(), run.runDate().toString(), combined.figures());
    writeProof(context, proof);
    Map<String, @Nullable Object> files = new LinkedHashMap<>();
    List<PublishedTable> side = new ArrayList<>();
    context.progress(40, "matches");
    side.add(write(context, session, files, "matches", matchSelect(model)));
    context.progress(60, "rejected, excluded and totals");
    side.add(write(context, session, files, "rejected", ordered(combined.rejected(), NO_REJECTED)));
    side.add(write(context, session, files, "excluded", ordered(combined.excluded(), NO_EXCLUDED)));
    side.add(write(context, session, files, "totals", "SELECT * FROM " + ProofAccounts.TOTALS));
    context.progress(70, "breaks");
    TablePublisher publisher =
        run.attach(context, TablePublisher.of(context, session, NAME))
            .input(matches)
            .input(breaks)
            .sideFile("proof", MatchedRun.PROOF)
            .extra(CombinedTable.PATH, combined.rows().sentPath());
    side.forEach(
        table -> publisher.sideFile(table.fileName().replace(".parquet", ""), table.fileName()));
    PublishedTable table =
        publisher.write("breaks.parquet", "SELECT * FROM breaks ORDER BY break_id");
    csv(context, session, files, "breaks", table);
    context.log(
        proof.verdict()
            + (proof.reasons().isEmpty() ? "" : ": " + String.join("; ", proof.reasons())));
    List<String> warnings = outOfScope(proof);
    warnings.forEach(warning -> context.log("warning: " + warning));
    return results
        .input(matches.fileInfo(session))
        .member("verdict", proof.verdict().name())
        .details(details(run, proof, warnings, files))
        .build(session, table);
  }

  private static String matchSelect(MatchModel model) {
    return """
    SELECT m.match_id, m.pass, m.side, m.row_id, %s, m.differences,
      c._file AS file, c._line AS line
    FROM matches AS m JOIN combined AS c USING (row_id) ORDER BY m.row_id\
    """
        .formatted(FieldSql.columnsOf("c", model.fields()));
  }

  private static String ordered(Optional<Dataset> file, String none) {
    return file.map(rows -> "SELECT * FROM " + rows.scan() + " ORDER BY ALL").orElse(none);
  }

  private static PublishedTable write(
      StepContext context,
      DuckDbSession session,
      Map<String, @Nullable Object> files,
      String name,
      String select)
      throws StepException, InterruptedException {
    PublishedTable table =
        TablePublisher.of(context, session, NAME).write(name + ".parquet", select);
    csv(context, session, files, name, table);
    return table;
  }

  private static void csv(
      StepContext context,
      DuckDbSession session,
      Map<String, @Nullable Object> files,
      String name,
      PublishedTable table)
      throws InterruptedException {
    context.throwIfStopped();
    String csv = name + ".csv";
    new SpreadsheetCsv(session)
        .write("SELECT * FROM " + Dataset.scan(table.file()), context.folder().resolve(csv));
    Map<String, @Nullable Object> written = new LinkedHashMap<>();
    written.put("rows", table.rows());
    written.put("parquet", context.published(table.fileName()).toString());
    written.put("csv", context.published(csv).toString());
    files.put(name, written);
  }

  private static void writeProof(StepContext context, Proof proof) throws StepException {
    try {
      Files.write(
          context.folder().resolve(MatchedRun.PROOF),
          Json.pretty(proof.toJson()).getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new StepException("The proof could not be written.", e);
    }
  }

  /** A scope that leaves nothing in is allowed, but more often it is misspelled. */
  private static List<String> outOfScope(Proof proof) {
    List<String> warnings = new ArrayList<>();
    for (Side side : Side.values()) {
      long read = proof.figure(side, "read");
      if (read > 0 && proof.figure(side, "excluded") == read) {
        warnings.add(side.key() + ": all " + read + " rows read are out of scope; is it right?");
      }
    }
    return warnings;
  }

  private static Map<String, @Nullable Object> details(
      ControlRun run, Proof proof, List<String> warnings, Map<String, @Nullable Object> files) {
    Map<String, @Nullable Object> details = new LinkedHashMap<>(proof.toJson());
    List<Map<String, @Nullable Object>> accounts = new ArrayList<>();
    for (Account account : proof.accounts()) {
      Map<String, @Nullable Object> shown = new LinkedHashMap<>(account.toJson());
      shown.put("lines", account.lines().stream().limit(20).toList());
      accounts.add(shown);
    }
    details.put("accounts", accounts);
    details.put("warnings", warnings);
    details.put("provisional", true);
    Long most = run.control().thresholds().maxOpenBreaks();
    details.put("within_thresholds", most == null || proof.breaks() <= most);
    details.put("files", files);
    return details;
  }
}
