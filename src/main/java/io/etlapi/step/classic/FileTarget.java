package io.etlapi.step.classic;

import static io.etlapi.engine.SqlIdentifier.literal;
import static io.etlapi.engine.SqlIdentifier.quote;

import io.etlapi.engine.Column;
import io.etlapi.engine.DuckDbSession;
import io.etlapi.step.StepContext;
import io.etlapi.step.StepException;
import io.etlapi.step.StepParameters;
import io.etlapi.step.StepResult;
import io.etlapi.step.csv.CsvFormat;
import io.etlapi.step.csv.CsvLoader;
import io.etlapi.step.dataset.Dataset;
import io.etlapi.step.dataset.DatasetColumn;
import io.etlapi.step.dataset.FileDigest;
import io.etlapi.step.dataset.LogicalType;
import io.etlapi.step.dataset.Manifest;
import io.etlapi.step.dataset.TypedView;
import io.etlapi.step.publish.ExternalOutput;
import io.etlapi.step.publish.PublishedTable;
import io.etlapi.step.publish.StepResults;
import io.etlapi.step.publish.TablePublisher;
import io.etlapi.step.workflow.WorkflowInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Loads into a CSV or Parquet file. The new content is written in the task's folder and put in the
 * file's place at once and last: readers see the old file or the new one, whole. Cells are written
 * as they are, for programs; the step {@code output} writes files for spreadsheets.
 */
final class FileTarget {

  private static final String VIEW = "__etl_load";
  private static final String HELD = "__etl_held";
  private static final String UNREADABLE = "__etl_unreadable";

  /** Targets that a task of this server is loading: two at once would lose one's rows. */
  private static final Set<Path> LOADING = ConcurrentHashMap.newKeySet();

  private final StepContext context;
  private final StepResults results;
  private final LoadStrategy strategy;
  private final Optional<ExternalOutput> external;
  private final boolean parquet;
  private final String fileName;

  private FileTarget(StepContext context) throws StepException {
    this.context = context;
    this.results = StepResults.begin(context, LoadStep.NAME);
    StepParameters parameters = context.parameters();
    this.strategy = LoadStrategy.of(parameters);
    this.external = ExternalOutput.of(context, "output_path");
    String path = external.map(ExternalOutput::nameInTaskFolder).orElse("");
    this.parquet =
        parameters
            .text("format", path.toLowerCase(Locale.ROOT).endsWith(".csv") ? "csv" : "parquet")
            .equals("parquet");
    this.fileName =
        external
            .filter(ExternalOutput::isInTaskFolder)
            .map(ExternalOutput::nameInTaskFolder)
            .orElse(parquet ? "data.parquet" : "data.csv");
  }

  static StepResult load(StepContext context) throws StepException, InterruptedException {
    FileTarget target = new FileTarget(context);
    Path path = target.external.map(ExternalOutput::target).orElse(context.folder());
    if (!LOADING.add(path)) {
      throw new StepException(
          "Another task is loading into '"
              + target.external.map(ExternalOutput::shownPath).orElse("")
              + "' now; one at a time. Nothing was loaded.");
    }
    try {
      return target.load();
    } finally {
      LOADING.remove(path);
    }
  }

  private StepResult load() throws StepException, InterruptedException {
    Dataset dataset = WorkflowInput.single(context, LoadStep.NAME);
    boolean keepsOld =
        strategy != LoadStrategy.REPLACE
            && external.filter(place -> Files.exists(place.target())).isPresent();
    List<Path> readable = new ArrayList<>(List.of(dataset.path()));
    if (keepsOld) {
      readable.add(external.orElseThrow().target());
    }
    DuckDbSession session = context.session(readable);
    TypedView view = TypedView.of(session, dataset, TypedView.overrides(context.parameters()));
    List<Column> held = keepsOld ? held(session, view) : List.of();
    if (keepsOld && parquet) {
      view = asStored(session, dataset, view, held);
    }
    view.create(session, VIEW);
    LoadKey key = LoadKey.of(session, context.parameters(), strategy, dataset, view, quote(VIEW));
    long before = keepsOld ? session.number("SELECT count(*) FROM " + quote(HELD)) : 0;
    long updated = keepsOld ? updated(session, view, key) : 0;
    String kept =
        key.columns().isEmpty()
            ? quote(HELD) + " h"
            : quote(HELD) + " h ANTI JOIN " + quote(VIEW) + " v ON " + sameKey(view, key);

    context.progress(30, "write the rows");
    PublishedTable table =
        TablePublisher.of(context, session, LoadStep.NAME)
            .input(dataset)
            .types(view.columns())
            .write(
                parquet ? fileName : "rows.parquet",
                keepsOld ? combined(view, held, kept) : rows(view, false));
    long read = dataset.rows(session);
    Map<String, @Nullable Object> details = new LinkedHashMap<>();
    details.put("target_system", "file");
    details.put("load_strategy", strategy.word());
    details.put("key", key.columns().stream().map(DatasetColumn::name).toList());
    details.put("format", parquet ? "parquet" : "csv");
    details.put("output_path", external.map(ExternalOutput::shownPath).orElse(null));
    details.put("rows_before", before);
    details.put("rows_updated", updated);
    details.put("rows_inserted", read - updated);
    details.put("rows", table.rows());
    context.log(
        "Loaded %d rows; the file holds %d, %d before".formatted(read, table.rows(), before));
    results.input(dataset.fileInfo(session)).details(details);
    StepResult result = results.build(session, parquet ? table : asCsv(session, table));
    if (!parquet) {
      remove(table);
    }
    if (external.isPresent()) {
      external.get().deliver(context.folder().resolve(fileName));
    }
    return result;
  }

  /** What the target holds now, as a table of the session; its columns. */
  private List<Column> held(DuckDbSession session, TypedView view)
      throws StepException, InterruptedException {
    Path target = external.orElseThrow().target();
    String shown = external.orElseThrow().shownPath();
    if (parquet) {
      session.execute(
          "CREATE VIEW %s AS SELECT * FROM read_parquet(%s, hive_partitioning = false)"
              .formatted(quote(HELD), literal(target.toString())));
    } else {
      CsvLoader.Loaded loaded =
          new CsvLoader(
                  session,
                  CsvFormat.of(context.parameters()),
                  (read, all) -> context.throwIfStopped())
              .load(target, shown, HELD, UNREADABLE);
      if (loaded.rejected() > 0) {
        throw new StepException(
            "The file '%s' holds %d malformed records, which would be lost; correct it or replace it."
                .formatted(shown, loaded.rejected()));
      }
    }
    List<Column> held = session.describe("SELECT * FROM " + quote(HELD));
    List<String> there = held.stream().map(Column::name).sorted().toList();
    List<String> rows = view.columns().stream().map(DatasetColumn::name).sorted().toList();
    if (!there.equals(rows)) {
      throw new StepException(
          "The file '%s' has the columns %s, the rows to load have %s; they must be the same. Nothing was loaded."
              .formatted(shown, String.join(", ", there), String.join(", ", rows)));
    }
    return held;
  }

  /**
   * How many of the rows are there already.
   *
   * @throws StepException if one is there more than once
   */
  private long updated(DuckDbSession session, TypedView view, LoadKey key) throws StepException {
    if (key.columns().isEmpty()) {
      return 0;
    }
    String matches = quote(VIEW) + " v %s JOIN " + quote(HELD) + " h ON " + sameKey(view, key);
    long updated = session.number("SELECT count(*) FROM " + matches.formatted("SEMI"));
    if (session.number("SELECT count(*) FROM " + matches.formatted("INNER")) > updated) {
      throw new StepException(
          "The file '%s' has a key (%s) more than once, so upsert cannot know which row is meant. Nothing was loaded."
              .formatted(
                  external.orElseThrow().shownPath(),
                  key.columns().stream()
                      .map(DatasetColumn::name)
                      .collect(Collectors.joining(", "))));
    }
    return updated;
  }

  /** Parquet files have types: the rows must fit those of the file. */
  private static TypedView asStored(
      DuckDbSession session, Dataset dataset, TypedView view, List<Column> held)
      throws StepException {
    Map<String, LogicalType> types = new LinkedHashMap<>();
    for (Column column : held) {
      LogicalType type = LogicalType.ofEngineType(column.type());
      if (!type.isText() && !type.equals(LogicalType.DOUBLE)) {
        types.put(column.name(), type);
      }
    }
    return view.with(session, types, dataset.sentPath());
  }

  private String rows(TypedView view, boolean typed) {
    return "SELECT %s FROM %s ORDER BY %s"
        .formatted(items(view, typed), quote(VIEW), quote(view.row()));
  }

  /** What stays of the old rows, in their order, then the new ones. */
  private String combined(TypedView view, List<Column> held, String kept) {
    String names =
        held.stream().map(column -> quote(column.name())).collect(Collectors.joining(", "));
    String oldItems =
        held.stream().map(column -> "h." + quote(column.name())).collect(Collectors.joining(", "));
    // The session keeps the order in which it reads, and UNION ALL keeps that of its parts.
    return "SELECT %1$s FROM (SELECT %2$s FROM %3$s UNION ALL (SELECT %1$s FROM (%4$s)))"
        .formatted(names, oldItems, kept, rows(view, parquet));
  }

  /** The text of the rows; typed where the file is. */
  private String items(TypedView view, boolean typed) {
    return view.columns().stream()
        .map(
            column ->
                (typed && !column.type().isText()
                        ? quote(column.name())
                        : parquet
                            ? quote(view.raw(column))
                            : "CAST(" + quote(view.raw(column)) + " AS VARCHAR)")
                    + " AS "
                    + quote(column.name()))
        .collect(Collectors.joining(", "));
  }

  /** In CSV keys are the same if their texts are, in Parquet if their values are. */
  private String sameKey(TypedView view, LoadKey key) {
    return key.columns().stream()
        .map(
            column ->
                "h.%s = v.%s"
                    .formatted(
                        quote(column.name()),
                        parquet && !column.type().isText()
                            ? quote(column.name())
                            : quote(view.raw(column))))
        .collect(Collectors.joining(" AND "));
  }

  /** The table that the CSV file was made from is not part of the output. */
  private static void remove(PublishedTable table) throws StepException {
    try {
      Files.delete(table.file());
      Files.delete(table.file().resolveSibling(Manifest.nameFor(table.fileName())));
    } catch (IOException e) {
      throw new StepException("The task's folder could not be written.", e);
    }
  }

  /** Writes the rows as CSV. */
  private PublishedTable asCsv(DuckDbSession session, PublishedTable table)
      throws StepException, InterruptedException {
    Path file = context.folder().resolve(fileName);
    try {
      Files.createDirectories(file.getParent());
      session.execute(
          "COPY (SELECT * FROM read_parquet(%s)) TO %s (FORMAT csv, HEADER, DELIMITER %s)"
              .formatted(
                  literal(table.file().toString()),
                  literal(file.toString()),
                  literal(String.valueOf(CsvFormat.of(context.parameters()).delimiter()))));
      Map<String, @Nullable Object> info =
          Dataset.describe(file, context.published(fileName).toString(), FileDigest.sha256(file));
      info.put("rows", table.rows());
      info.put("columns", (long) table.columns().size());
      return new PublishedTable(table.file(), table.columns(), table.manifest(), info);
    } catch (IOException e) {
      throw new StepException("The file could not be written: no space or no permission.", e);
    }
  }
}
