package io.etlapi.step.workflow;

import io.etlapi.engine.DuckDbSession;
import io.etlapi.step.Step;
import io.etlapi.step.StepContext;
import io.etlapi.step.StepDescription;
import io.etlapi.step.StepException;
import io.etlapi.step.StepResult;
import io.etlapi.step.csv.CsvFormat;
import io.etlapi.step.csv.CsvLoader;
import io.etlapi.step.csv.TextEncoding;
import io.etlapi.step.dataset.Dataset;
import io.etlapi.step.dataset.FileDigest;
import io.etlapi.step.dataset.Manifest;
import io.etlapi.step.dataset.TypedView;
import io.etlapi.step.parameters.ParameterSchema;
import io.etlapi.step.publish.PublishedTable;
import io.etlapi.step.publish.StepResults;
import io.etlapi.step.publish.TablePublisher;
import io.etlapi.step.spreadsheet.SafeCsv;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads a CSV file: text is kept as it is, types are inferred from all rows, malformed records are
 * put aside with line and reason.
 */
@ApplicationScoped
public class ReadCsvStep implements Step {

  private static final String NAME = "read_csv";
  private static final String REJECTED_CSV = "rejected.csv";

  private static final StepDescription DESCRIPTION =
      new StepDescription(
          NAME,
          "Read CSV File",
          "workflow",
          "Reads a CSV file. Text is kept, types are inferred from all rows; malformed records go"
              + " to a file of their own with line number and reason.",
          ParameterSchema.of()
              .required("file_path", ParameterSchema.readPath("the path of a CSV file"))
              .optional(
                  "delimiter",
                  ParameterSchema.with(
                      ParameterSchema.with(
                          ParameterSchema.text(
                              "one character that is no quote and no line break, or \\t for a tab"),
                          "pattern",
                          "^(?:[^\"\r\n]|\\\\t|[tT][aA][bB])$"),
                      "default",
                      ","))
              .optional(
                  "encoding",
                  ParameterSchema.with(
                      ParameterSchema.with(
                          ParameterSchema.text("one of " + TextEncoding.ALLOWED),
                          "pattern",
                          TextEncoding.pattern()),
                      "default",
                      "utf-8"))
              .optional("header", ParameterSchema.flag("the first row holds the names", true))
              .optional(
                  "skip_rows",
                  ParameterSchema.with(
                      ParameterSchema.integer("a number of lines", 0, 1_000_000), "default", 0L))
              .optional("column_types", ParameterSchema.columnTypes())
              .build(),
          true);

  @Override
  public StepDescription describe() {
    return DESCRIPTION;
  }

  @Override
  public StepResult run(StepContext context) throws StepException, InterruptedException {
    StepResults results = StepResults.begin(context, NAME);
    String sent =
        context
            .parameters()
            .text("file_path")
            .orElseThrow(() -> new StepException("The parameter file_path is missing."));
    Path file = context.files().existing(sent);
    CsvFormat format = CsvFormat.of(context.parameters());
    DuckDbSession session = context.session(List.of(file));
    CsvLoader.Loaded loaded =
        new CsvLoader(
                session,
                format,
                (read, all) -> {
                  context.throwIfStopped();
                  context.progress((int) (50 * read / Math.max(1, all)), "reading the file");
                })
            .load(file, sent, "rows", "rejects");
    loaded.renamed().forEach(context::log);
    context.log(
        "Read "
            + loaded.rows()
            + " rows and "
            + loaded.columns().size()
            + " columns, rejected "
            + loaded.rejected()
            + " records");

    context.progress(55, "writing the table");
    PublishedTable rejected = publishRejected(context, session);
    Manifest.Input source = source(file, sent);
    PublishedTable table =
        TablePublisher.of(context, session, NAME)
            .input(source)
            .inferTypes()
            .overrideTypes(TypedView.overrides(context.parameters()), sent)
            .sideFile("rejected", rejected.fileName())
            .sideFile("rejected_csv", REJECTED_CSV)
            .write("data.parquet", "SELECT * FROM rows");

    Map<String, @Nullable Object> info = Dataset.describe(file, sent, source.sha256());
    info.put("rows", loaded.rows() + loaded.rejected());
    info.put("columns", (long) loaded.columns().size());
    return results.input(info).details(details(context, format, loaded)).build(session, table);
  }

  private static PublishedTable publishRejected(StepContext context, DuckDbSession session)
      throws StepException, InterruptedException {
    String select =
        "SELECT CAST(line AS BIGINT) AS line, reason, raw FROM rejects ORDER BY rejects.rowid";
    try (Writer out = Files.newBufferedWriter(context.folder().resolve(REJECTED_CSV))) {
      SafeCsv csv = new SafeCsv(out, ',', true);
      csv.record(List.of("line", "reason", "raw"));
      session.forEach(
          select,
          row -> {
            try {
              csv.record(Arrays.asList(row.text(1), row.text(2), row.text(3)));
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    } catch (IOException | UncheckedIOException e) {
      throw new StepException("The file '" + REJECTED_CSV + "' could not be written.", e);
    }
    return TablePublisher.of(context, session, NAME).write("rejected.parquet", select);
  }

  private static Manifest.Input source(Path file, String sent)
      throws StepException, InterruptedException {
    try {
      return new Manifest.Input(sent, FileDigest.sha256(file), Optional.empty());
    } catch (IOException e) {
      throw new StepException("The file '" + sent + "' cannot be read.", e);
    }
  }

  private static Map<String, @Nullable Object> details(
      StepContext context, CsvFormat format, CsvLoader.Loaded loaded) {
    Map<String, @Nullable Object> details = new LinkedHashMap<>();
    details.put("delimiter", String.valueOf(format.delimiter()));
    details.put("encoding", format.encoding().word());
    details.put("header", format.header());
    details.put("skipped_lines", (long) format.skipRows());
    details.put("accepted_rows", loaded.rows());
    details.put("rejected_rows", loaded.rejected());
    details.put("rejected_file", context.published(REJECTED_CSV).toString());
    details.put("renamed_columns", loaded.renamed());
    return details;
  }
}
