package io.etlapi.step.publish;

import static io.etlapi.engine.SqlIdentifier.literal;
import static io.etlapi.engine.SqlIdentifier.quote;

import io.etlapi.engine.Column;
import io.etlapi.engine.DuckDbSession;
import io.etlapi.json.Json;
import io.etlapi.step.StepContext;
import io.etlapi.step.StepException;
import io.etlapi.step.dataset.Dataset;
import io.etlapi.step.dataset.DatasetColumn;
import io.etlapi.step.dataset.FileDigest;
import io.etlapi.step.dataset.LogicalType;
import io.etlapi.step.dataset.Manifest;
import io.etlapi.step.dataset.TypeInference;
import io.etlapi.step.dataset.TypedView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Writes one table of an attempt: a Parquet file and its manifest, in the attempt's folder. The
 * same rows in the same order give the same bytes.
 *
 * <pre>{@code
 * PublishedTable rejected = TablePublisher.of(context, session, "read_csv")
 *     .write("rejected.parquet", "SELECT * FROM rejects ORDER BY line");
 * PublishedTable rows = TablePublisher.of(context, session, "read_csv")
 *     .input(source)
 *     .inferTypes()
 *     .sideFile("rejected", rejected.fileName())
 *     .write("data.parquet", "SELECT * FROM staged");
 * }</pre>
 */
public final class TablePublisher {

  private final StepContext context;
  private final DuckDbSession session;
  private final String step;
  private final List<Manifest.Input> inputs = new ArrayList<>();
  private final Map<String, LogicalType> types = new LinkedHashMap<>();
  private final Map<String, String> sideFiles = new LinkedHashMap<>();
  private final Map<String, @Nullable Object> extra = new LinkedHashMap<>();
  private Map<String, LogicalType> overrides = Map.of();
  private String source = "";
  private String compression = "snappy";
  private boolean infer;

  private TablePublisher(StepContext context, DuckDbSession session, String step) {
    this.context = context;
    this.session = session;
    this.step = step;
  }

  /** A publisher for one table; the types of its columns are those of the query. */
  public static TablePublisher of(StepContext context, DuckDbSession session, String step) {
    return new TablePublisher(context, session, step);
  }

  /** Records what the table was made from. */
  public TablePublisher input(Manifest.Input source) {
    inputs.add(source);
    return this;
  }

  /** Records a dataset that the table was made from. */
  public TablePublisher input(Dataset source) {
    return input(source.lineage());
  }

  /** Finds out from all rows what text columns mean, unless {@link #types} says it. */
  public TablePublisher inferTypes() {
    infer = true;
    return this;
  }

  /** Says what columns mean that are stored as text; names that the query lacks are ignored. */
  public TablePublisher types(Map<String, LogicalType> meanings) {
    types.putAll(meanings);
    return this;
  }

  /** Keeps the meaning of columns that are passed on. */
  public TablePublisher types(List<DatasetColumn> columns) {
    columns.forEach(column -> types.put(column.name(), column.type()));
    return this;
  }

  /**
   * Sets types that a request asks for; the rows are checked against them.
   *
   * @param sentPath the file as messages name it
   */
  public TablePublisher overrideTypes(Map<String, LogicalType> asked, String sentPath) {
    overrides = Map.copyOf(asked);
    source = sentPath;
    return this;
  }

  /** Compresses otherwise than with snappy: one of the engine's codecs for Parquet. */
  public TablePublisher compression(String codec) {
    compression = codec;
    return this;
  }

  /** Links another file of the attempt's folder by its role. */
  public TablePublisher sideFile(String role, String fileName) {
    sideFiles.put(role, fileName);
    return this;
  }

  /** Adds a member to the manifest's {@code extra}. */
  public TablePublisher extra(String name, @Nullable Object value) {
    extra.put(name, value);
    return this;
  }

  /**
   * Writes the rows of a query.
   *
   * @param fileName of the Parquet file, relative to the attempt's folder
   * @param select has a total order where the result should be the same on every run
   * @throws StepException if a value does not fit a type of {@link #overrideTypes}
   */
  public PublishedTable write(String fileName, String select)
      throws StepException, InterruptedException {
    context.throwIfStopped();
    Path file = context.folder().resolve(fileName);
    try {
      Files.createDirectories(file.getParent());
      session.execute(
          "COPY (%s) TO %s (FORMAT parquet, COMPRESSION %s)"
              .formatted(storable(select), literal(file.toString()), compression));
      return describe(file, fileName);
    } catch (IOException e) {
      throw new StepException("The table '" + fileName + "' could not be written.", e);
    }
  }

  /** Parquet has no integers above 64 bits; the engine would store them as doubles. */
  private String storable(String select) {
    List<Column> columns = session.describe(select);
    if (columns.stream().noneMatch(TablePublisher::isWideInteger)) {
      return select;
    }
    return columns.stream()
        .map(
            column ->
                isWideInteger(column)
                    ? "CAST(%1$s AS DECIMAL(38,0)) AS %1$s".formatted(quote(column.name()))
                    : quote(column.name()))
        .collect(Collectors.joining(", ", "SELECT ", " FROM (" + select + ")"));
  }

  private static boolean isWideInteger(Column column) {
    return column.type().equals("HUGEINT") || column.type().equals("UHUGEINT");
  }

  private PublishedTable describe(Path file, String fileName)
      throws IOException, StepException, InterruptedException {
    String relation = "read_parquet(" + literal(file.toString()) + ", hive_partitioning = false)";
    List<DatasetColumn> columns = columns(session.describe("SELECT * FROM " + relation), relation);
    if (!overrides.isEmpty()) {
      columns = TypedView.over(file, columns).with(session, overrides, source).columns();
    }
    long rows = session.number("SELECT count(*) FROM " + relation);
    String sha256 = FileDigest.sha256(file);
    String simpleName = String.valueOf(file.getFileName());
    Manifest manifest =
        new Manifest(
            step,
            context.taskId(),
            simpleName,
            sha256,
            Files.size(file),
            rows,
            columns.stream()
                .map(column -> new Manifest.Field(column.name(), column.type()))
                .toList(),
            inputs,
            sideFiles,
            extra);
    Files.writeString(
        file.resolveSibling(Manifest.nameFor(simpleName)), Json.pretty(manifest.toJson()));
    Map<String, @Nullable Object> info =
        Dataset.describe(file, context.published(fileName).toString(), sha256);
    info.put("rows", rows);
    info.put("columns", (long) columns.size());
    return new PublishedTable(file, columns, manifest, info);
  }

  private List<DatasetColumn> columns(List<Column> stored, String relation) {
    List<Column> unknown = new ArrayList<>();
    for (Column column : stored) {
      if (infer && column.type().equals("VARCHAR") && !types.containsKey(column.name())) {
        unknown.add(column);
      }
    }
    Map<String, LogicalType> inferred = new LinkedHashMap<>();
    if (!unknown.isEmpty()) {
      TypeInference.infer(session, relation, unknown)
          .forEach(column -> inferred.put(column.name(), column.type()));
    }
    List<DatasetColumn> columns = new ArrayList<>();
    for (Column column : stored) {
      LogicalType type = types.get(column.name());
      if (type == null || !column.type().equals("VARCHAR")) {
        type = inferred.getOrDefault(column.name(), LogicalType.ofEngineType(column.type()));
      }
      columns.add(new DatasetColumn(column.name(), type, column.type()));
    }
    return columns;
  }
}
