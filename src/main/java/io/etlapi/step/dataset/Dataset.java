package io.etlapi.step.dataset;

import static io.etlapi.engine.SqlIdentifier.literal;

import io.etlapi.engine.Column;
import io.etlapi.engine.DuckDbSession;
import io.etlapi.engine.EngineException;
import io.etlapi.json.JsonException;
import io.etlapi.step.FileAccess;
import io.etlapi.step.PublishedFile;
import io.etlapi.step.StepException;
import io.etlapi.step.StepInput;
import io.etlapi.task.TaskId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A Parquet file to read, with its manifest if that can be trusted: the file was published by a
 * completed task of this server whose record carries the manifest's digest. A Parquet file from
 * elsewhere is a dataset too; its columns mean what their stored types say.
 */
public final class Dataset {

  private final FileAccess files;
  private final String sentPath;
  private final Path path;
  private final String sha256;
  private final Optional<TaskId> task;
  private final Optional<Manifest> manifest;

  private Dataset(
      FileAccess files,
      String sentPath,
      Path path,
      String sha256,
      Optional<TaskId> task,
      Optional<Manifest> manifest) {
    this.files = files;
    this.sentPath = sentPath;
    this.path = path;
    this.sha256 = sha256;
    this.task = task;
    this.manifest = manifest;
  }

  /**
   * Opens a file that a request names.
   *
   * @param sentPath as it was sent
   * @throws StepException if it may not or cannot be read, or is not what its manifest says
   */
  public static Dataset open(FileAccess files, String sentPath)
      throws StepException, InterruptedException {
    return open(files, sentPath, files.existing(sentPath));
  }

  /**
   * Opens the file of an earlier step's output.
   *
   * @throws StepException if the output names no file, or as {@link #open(FileAccess, String)}
   */
  public static Dataset open(FileAccess files, StepInput input)
      throws StepException, InterruptedException {
    String sent =
        input
            .filePath()
            .orElseThrow(
                () ->
                    new StepException(
                        "The output of '"
                            + input.name()
                            + "' names no file: file_info.file_path is missing."));
    return open(files, sent);
  }

  private static Dataset open(FileAccess files, String sentPath, Path path)
      throws StepException, InterruptedException {
    try {
      Optional<PublishedFile> published = files.published(path);
      if (published.isEmpty()) {
        return new Dataset(
            files, sentPath, path, FileDigest.sha256(path), Optional.empty(), Optional.empty());
      }
      if (published.get().file().bytes() != Files.size(path)) {
        throw new StepException(
            "The file '" + sentPath + "' was changed after its task had published it.");
      }
      return new Dataset(
          files,
          sentPath,
          path,
          published.get().file().sha256(),
          Optional.of(published.get().task()),
          trustedManifest(files, path));
    } catch (IOException e) {
      throw new StepException("The file '" + sentPath + "' cannot be read.", e);
    }
  }

  private static Optional<Manifest> trustedManifest(FileAccess files, Path path)
      throws IOException {
    Path beside = path.resolveSibling(Manifest.nameFor(fileName(path)));
    Optional<PublishedFile> listed = files.published(beside);
    if (listed.isEmpty() || !Files.isRegularFile(beside)) {
      return Optional.empty();
    }
    byte[] content = Files.readAllBytes(beside);
    if (!FileDigest.sha256(content).equals(listed.get().file().sha256())) {
      return Optional.empty();
    }
    try {
      return Optional.of(Manifest.parse(new String(content, StandardCharsets.UTF_8)));
    } catch (JsonException e) {
      return Optional.empty();
    }
  }

  /** Where it lies; for the engine, never for a message. */
  public Path path() {
    return path;
  }

  /** As the request named it; for messages. */
  public String sentPath() {
    return sentPath;
  }

  /** Digest of the file: recorded by its task, or else computed when it was opened. */
  public String sha256() {
    return sha256;
  }

  /** The completed task that published it, if one did. */
  public Optional<TaskId> task() {
    return task;
  }

  public Optional<Manifest> manifest() {
    return manifest;
  }

  /** What a table made from this one records about it. */
  public Manifest.Input lineage() {
    return new Manifest.Input(sentPath, sha256, task);
  }

  /**
   * Another file of the same task, by the role that the manifest gives it.
   *
   * @return empty if there is no trusted manifest or no such role
   * @throws StepException if it is not there any more
   */
  public Optional<Dataset> sideFile(String role) throws StepException, InterruptedException {
    String name = manifest.map(Manifest::sideFiles).map(roles -> roles.get(role)).orElse(null);
    if (name == null) {
      return Optional.empty();
    }
    Path sibling = path.resolveSibling(name).normalize();
    if (files.published(sibling).isEmpty() || !Files.isRegularFile(sibling)) {
      throw new StepException(
          "The " + role + " file that belongs to '" + sentPath + "' is not there any more.");
    }
    int slash = Math.max(sentPath.lastIndexOf('/'), sentPath.lastIndexOf('\\'));
    return Optional.of(open(files, sentPath.substring(0, slash + 1) + name, sibling));
  }

  /** A table function that reads a Parquet file and takes nothing from the names of its folders. */
  public static String scan(Path file) {
    return "read_parquet(" + literal(file.toString()) + ", hive_partitioning = false)";
  }

  /** A table function to select from. */
  public String scan() {
    return scan(path);
  }

  /**
   * The columns: stored types from the file, meanings from the manifest where there is one.
   *
   * @param session one that may read {@link #path}
   * @throws StepException if the file is not Parquet
   */
  public List<DatasetColumn> columns(DuckDbSession session) throws StepException {
    List<DatasetColumn> columns = new ArrayList<>();
    for (Column column : stored(session)) {
      LogicalType type =
          manifest
              .flatMap(known -> known.typeOf(column.name()))
              .orElseGet(() -> LogicalType.ofEngineType(column.type()));
      columns.add(new DatasetColumn(column.name(), type, column.type()));
    }
    return columns;
  }

  private List<Column> stored(DuckDbSession session) throws StepException {
    try {
      return session.describe("SELECT * FROM " + scan());
    } catch (EngineException e) {
      if (session.isCancelled()) {
        throw e;
      }
      throw new StepException(
          "The file '"
              + sentPath
              + "' is not a Parquet file that can be read; read it with the step for its format"
              + " first.",
          e);
    }
  }

  /** Rows by the file's own footer. */
  public long rows(DuckDbSession session) {
    return session.number("SELECT count(*) FROM " + scan());
  }

  /** What {@code input_file_info} says of it. */
  public Map<String, @Nullable Object> fileInfo(DuckDbSession session) throws StepException {
    Map<String, @Nullable Object> info = describe(path, sentPath, sha256);
    info.put("rows", rows(session));
    info.put("columns", (long) stored(session).size());
    return info;
  }

  /**
   * What {@code file_info} says of any file.
   *
   * @param sentPath the path that clients see
   */
  public static Map<String, @Nullable Object> describe(Path file, String sentPath, String sha256)
      throws StepException {
    try {
      Map<String, @Nullable Object> info = new LinkedHashMap<>();
      info.put("file_path", sentPath);
      info.put("file_size_bytes", Files.size(file));
      info.put("rows", null);
      info.put("columns", null);
      Instant written = Files.getLastModifiedTime(file).toInstant();
      info.put("created_at", written.truncatedTo(ChronoUnit.MILLIS).toString());
      info.put("sha256", sha256);
      return info;
    } catch (IOException e) {
      throw new StepException("The file '" + sentPath + "' cannot be read.", e);
    }
  }

  /**
   * The columns of these names, in their order.
   *
   * @throws StepException if one is missing, with the nearest name and the list of all
   */
  public List<DatasetColumn> require(List<DatasetColumn> columns, List<String> names)
      throws StepException {
    return ColumnNames.require(columns, names, sentPath);
  }

  private static String fileName(Path path) {
    return String.valueOf(path.getFileName());
  }

  @Override
  public String toString() {
    return manifest
        .map(known -> known.columns().stream().map(Manifest.Field::name))
        .map(names -> sentPath + names.collect(Collectors.joining(", ", " (", ")")))
        .orElse(sentPath);
  }
}
