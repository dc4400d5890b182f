package io.etlapi.step.completeness;

import io.etlapi.engine.DuckDbSession;
import io.etlapi.step.StepContext;
import io.etlapi.step.StepException;
import io.etlapi.step.StepResult;
import io.etlapi.step.completeness.control.Side;
import io.etlapi.step.completeness.control.SideSpec;
import io.etlapi.step.completeness.source.FileFinder;
import io.etlapi.step.completeness.source.FoundFile;
import io.etlapi.step.completeness.source.RawFiles;
import io.etlapi.step.completeness.source.RawRejects;
import io.etlapi.step.completeness.source.RawTable;
import io.etlapi.step.completeness.source.SourceFile;
import io.etlapi.step.dataset.Dataset;
import io.etlapi.step.publish.PublishedTable;
import io.etlapi.step.publish.StepResults;
import io.etlapi.step.publish.TablePublisher;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads the files of one side as they are, each record with its file and line. Records that are
 * malformed are set aside with the reason; a file without any record fails the step unless the
 * control announced how many rows to expect.
 */
final class ReadSideStep extends SideStep {

  static final String WORK = "read";

  ReadSideStep(Side side) {
    super(
        side,
        WORK,
        "Read_%s_Comp",
        "Reads the files of one side with the file and line of every record; sets malformed"
            + " records aside.");
  }

  @Override
  public StepResult run(StepContext context) throws Exception {
    StepResults results = StepResults.begin(context, name());
    Dataset config = SideRows.table(context, ControlSteps.READING_CONFIG);
    ControlRun run = ControlRun.of(config);
    List<FoundFile> found = files(context, config, run);
    List<Path> paths = new ArrayList<>(List.of(config.path()));
    found.forEach(file -> paths.add(file.file().path()));
    DuckDbSession session = context.session(paths);

    SideSpec spec = run.control().side(side());
    List<SourceFile> sources = found.stream().map(FoundFile::file).toList();
    context.progress(5, "reading " + sources.size() + " files");
    RawRejects rejects = new RawRejects(session);
    try (RawFiles raw =
        RawFiles.open(
            session,
            side().key(),
            spec.files(),
            spec.columns(),
            sources,
            context.folder(),
            rejects)) {
      rejects.close();
      requireRecords(raw, spec);
      long rowsRead = raw.accepted() + rejects.count();
      List<ExpectedTotal> expected = expectedRows(spec, rowsRead);
      expected.stream()
          .filter(total -> !total.met())
          .forEach(
              total ->
                  context.log("expected " + total.expected() + " rows, found " + total.found()));
      TablePublisher publisher =
          run.attach(context, TablePublisher.of(context, session, name()))
              .input(config)
              .extra(SideRows.SIDE, side().key())
              .extra(SideRows.ROWS_READ, rowsRead)
              .extra(SideRows.EXPECTED, expected.stream().map(ExpectedTotal::toJson).toList());
      SetAside.rejected(
          context,
          session,
          side(),
          Optional.empty(),
          rejects.count() == 0
              ? Optional.empty()
              : Optional.of("SELECT * FROM " + RawRejects.TABLE),
          publisher);
      PublishedTable table = publisher.write("raw.parquet", raw.select());
      if (table.rows() != raw.accepted()) {
        throw new StepException(
            "The files of side %s hold %d records, but %d were read: were they changed meanwhile?"
                .formatted(side().key(), raw.accepted(), table.rows()));
      }
      context.log(table.rows() + " rows read, " + rejects.count() + " rejected");
      return results
          .input(config.fileInfo(session))
          .details(details(raw, rowsRead, rejects.count(), expected))
          .build(session, table);
    }
  }

  private List<FoundFile> files(StepContext context, Dataset config, ControlRun run)
      throws StepException, InterruptedException {
    FileFinder finder = new FileFinder(context.files(), run.rootFileDir(), run.runDate());
    List<FoundFile> files = new ArrayList<>();
    if (config.manifest().orElseThrow().extra().get(ReadingConfigStep.FILES)
        instanceof List<?> listed) {
      for (Object item : listed) {
        Map<?, ?> file = (Map<?, ?>) item;
        if (side().key().equals(file.get("role"))) {
          files.add(finder.again(file));
        }
      }
    }
    return files;
  }

  private void requireRecords(RawFiles raw, SideSpec spec) throws StepException {
    if (spec.expected().rows() != null) {
      return;
    }
    for (RawTable table : raw.tables()) {
      if (table.accepted() + table.rejected() == 0) {
        throw new StepException(
            "The file '"
                + table.file().name()
                + "' holds no record. If a run date without records is right, announce it in the"
                + " configuration: \"expected\": {\"rows\": 0}.");
      }
    }
  }

  private static List<ExpectedTotal> expectedRows(SideSpec spec, long rowsRead) {
    Long announced = spec.expected().rows();
    return announced == null
        ? List.of()
        : List.of(
            new ExpectedTotal(
                ExpectedTotal.ROWS,
                announced.toString(),
                Long.toString(rowsRead),
                announced == rowsRead));
  }

  private Map<String, @Nullable Object> details(
      RawFiles raw, long rowsRead, long rejected, List<ExpectedTotal> expected) {
    List<Map<String, @Nullable Object>> files = new ArrayList<>();
    for (RawTable table : raw.tables()) {
      Map<String, @Nullable Object> file = new LinkedHashMap<>();
      file.put("file", table.file().name());
      file.put("accepted", table.accepted());
      file.put("rejected", table.rejected());
      files.add(file);
    }
    Map<String, @Nullable Object> details = new LinkedHashMap<>();
    details.put("side", side().key());
    details.put("rows_read", rowsRead);
    details.put("accepted", raw.accepted());
    details.put("rejected", rejected);
    details.put("files", files);
    details.put("expected", expected.stream().map(ExpectedTotal::toJson).toList());
    return details;
  }
}
