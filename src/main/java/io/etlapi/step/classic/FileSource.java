package io.etlapi.step.classic;

import static io.etlapi.engine.SqlIdentifier.literal;
import static io.etlapi.engine.SqlIdentifier.quote;

import io.etlapi.engine.DuckDbSession;
import io.etlapi.step.StepContext;
import io.etlapi.step.StepException;
import io.etlapi.step.csv.CsvFormat;
import io.etlapi.step.csv.CsvLoader;
import io.etlapi.step.dataset.Dataset;
import io.etlapi.step.dataset.DatasetColumn;
import io.etlapi.step.dataset.FileDigest;
import io.etlapi.step.dataset.Manifest;
import io.etlapi.step.dataset.TypedView;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Extracts from a CSV or Parquet file. */
final class FileSource {

  static final String REJECTED = "rejected.csv";

  private static final String VIEW = "__etl_source";

  private FileSource() {}

  static SourceRows load(StepContext context) throws StepException, InterruptedException {
    String sent =
        context
            .parameters()
            .text("file_path")
            .filter(path -> !path.isBlank())
            .orElseThrow(
                () ->
                    new StepException(
                        "extract from a file needs file_path; for a database set source_type to"
                            + " jdbc."));
    String format =
        context
            .parameters()
            .text("format")
            .orElse(sent.toLowerCase(Locale.ROOT).endsWith(".parquet") ? "parquet" : "csv");
    return format.equals("parquet") ? parquet(context, sent) : csv(context, sent);
  }

  private static SourceRows parquet(StepContext context, String sent)
      throws StepException, InterruptedException {
    Dataset dataset = Dataset.open(context.files(), sent);
    DuckDbSession session = context.session(List.of(dataset.path()));
    TypedView view = TypedView.of(session, dataset, TypedView.overrides(context.parameters()));
    view.create(session, VIEW);
    Map<String, @Nullable Object> figures = new LinkedHashMap<>();
    figures.put("format", "parquet");
    return new SourceRows(
        quote(VIEW),
        quote(view.row()),
        view.columns().stream().map(column -> column(view, column)).toList(),
        sent,
        Optional.of(dataset.lineage()),
        dataset.fileInfo(session),
        figures);
  }

  private static SourceRows.SourceColumn column(TypedView view, DatasetColumn column) {
    return new SourceRows.SourceColumn(
        column.name(), quote(view.raw(column)), quote(column.name()), Optional.of(column.type()));
  }

  private static SourceRows csv(StepContext context, String sent)
      throws StepException, InterruptedException {
    Path file = context.files().existing(sent);
    CsvFormat format = CsvFormat.of(context.parameters());
    DuckDbSession session = context.session(List.of(file));
    CsvLoader.Loaded loaded =
        new CsvLoader(
                session,
                format,
                (read, all) -> {
                  context.throwIfStopped();
                  context.progress((int) (40 * read / Math.max(1, all)), "reading the file");
                })
            .load(file, sent, "rows", "rejects");
    loaded.renamed().forEach(context::log);
    session.execute(
        "COPY (SELECT CAST(line AS BIGINT) AS line, reason, raw FROM rejects ORDER BY rowid) TO %s (FORMAT csv, HEADER)"
            .formatted(literal(context.folder().resolve(REJECTED).toString())));
    Map<String, @Nullable Object> figures = new LinkedHashMap<>();
    figures.put("format", "csv");
    figures.put("rejected_rows", loaded.rejected());
    figures.put("rejected_file", context.published(REJECTED).toString());
    Manifest.Input origin = origin(file, sent);
    Map<String, @Nullable Object> info = Dataset.describe(file, sent, origin.sha256());
    info.put("rows", loaded.rows() + loaded.rejected());
    info.put("columns", (long) loaded.columns().size());
    return new SourceRows(
        "rows",
        "rows.rowid",
        loaded.columns().stream().map(SourceRows.SourceColumn::ofText).toList(),
        sent,
        Optional.of(origin),
        info,
        figures);
  }

  private static Manifest.Input origin(Path file, String sent)
      throws StepException, InterruptedException {
    try {
      return new Manifest.Input(sent, FileDigest.sha256(file), Optional.empty());
    } catch (IOException e) {
      throw new StepException("The file '" + sent + "' cannot be read.", e);
    }
  }
}
