package io.etlapi.step.completeness;

import io.etlapi.engine.DuckDbSession;
import io.etlapi.engine.TableAppender;
import io.etlapi.step.StepContext;
import io.etlapi.step.StepException;
import io.etlapi.step.StepResult;
import io.etlapi.step.completeness.control.ControlDefinition;
import io.etlapi.step.completeness.control.Lookup;
import io.etlapi.step.completeness.control.Side;
import io.etlapi.step.completeness.source.FileFinder;
import io.etlapi.step.completeness.source.FoundFile;
import io.etlapi.step.publish.PublishedTable;
import io.etlapi.step.publish.StepResults;
import io.etlapi.step.publish.TablePublisher;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds the lookup files of a side. Its table lists them; its manifest leads on to the harmonised
 * rows, because the enrichment is given this step's output alone.
 */
final class LookupSearchStep extends SideStep {

  static final String WORK = "enrichment_file_search";

  LookupSearchStep(Side side) {
    super(
        side,
        WORK,
        "Enrichment File Search_%s",
        "Finds the lookup files of the run date for the enrichment of one side.");
  }

  /** What files of a lookup are called, counted from 1. */
  static String role(Side side, int index) {
    return side.key() + "_lookup_" + (index + 1);
  }

  static List<FoundFile> find(FileFinder finder, ControlDefinition control, Side side)
      throws StepException, InterruptedException {
    List<FoundFile> files = new ArrayList<>();
    List<Lookup> lookups = control.side(side).lookups();
    for (int i = 0; i < lookups.size(); i++) {
      files.addAll(finder.find(role(side, i), lookups.get(i).files().pattern()));
    }
    return files;
  }

  @Override
  public StepResult run(StepContext context) throws Exception {
    StepResults results = StepResults.begin(context, name());
    SideRows before = SideRows.from(context, side(), sibling(HarmonisationStep.WORK));
    ControlRun run = before.run();
    FileFinder finder = new FileFinder(context.files(), run.rootFileDir(), run.runDate());
    List<FoundFile> files = find(finder, run.control(), side());
    finder.requireNoProblem();
    context.log(
        files.isEmpty() ? "no lookups for " + side().key() : files.size() + " lookup files found");

    DuckDbSession session = context.session(before.paths());
    session.execute(
        "CREATE TABLE found_files (position VARCHAR, role VARCHAR, file VARCHAR, size_bytes"
            + " VARCHAR, sha256 VARCHAR)");
    try (TableAppender appender = session.appender("found_files")) {
      for (int i = 0; i < files.size(); i++) {
        FoundFile file = files.get(i);
        appender.row(
            Integer.toString(i),
            file.role(),
            file.file().name(),
            Long.toString(file.bytes()),
            file.sha256());
      }
    }
    TablePublisher publisher =
        run.attach(context, TablePublisher.of(context, session, name()))
            .input(before.table())
            .extra(SideRows.SIDE, side().key())
            .extra(SideRows.ROWS_READ, before.rowsRead())
            .extra(
                SideRows.EXPECTED, before.expected().stream().map(ExpectedTotal::toJson).toList())
            .extra(SideRows.ROWS_PATH, before.rows().sentPath())
            .extra(ReadingConfigStep.FILES, files.stream().map(FoundFile::toJson).toList());
    PublishedTable table =
        publisher.write(
            "lookup_files.parquet",
            """
            SELECT role, file, CAST(size_bytes AS BIGINT) AS size_bytes, sha256
            FROM found_files ORDER BY CAST(position AS BIGINT)
            """);
    Map<String, @Nullable Object> details = new LinkedHashMap<>();
    details.put("side", side().key());
    details.put("lookups", (long) run.control().side(side()).lookups().size());
    details.put("files", files.stream().map(FoundFile::toJson).toList());
    return results.input(before.table().fileInfo(session)).details(details).build(session, table);
  }
}
