package io.etlapi.step.completeness.source;

import static io.etlapi.engine.SqlIdentifier.literal;
import static io.etlapi.engine.SqlIdentifier.quote;

import io.etlapi.engine.Column;
import io.etlapi.engine.DuckDbSession;
import io.etlapi.engine.EngineException;
import io.etlapi.step.StepException;
import io.etlapi.step.completeness.control.ColumnSpec;
import io.etlapi.step.completeness.control.FileSpec;
import io.etlapi.step.dataset.ColumnNames;
import io.etlapi.step.dataset.DatasetColumn;
import io.etlapi.step.dataset.LogicalType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The records of all files of one kind as a single query. Temporary copies lie in the attempt's
 * folder until this is closed.
 */
public final class RawFiles implements AutoCloseable {

  private final DuckDbSession session;
  private final FileSpec spec;
  private final List<ColumnSpec> declared;
  private final Path folder;
  private final String name;
  private final List<RawTable> tables = new ArrayList<>();
  private final List<Path> temporary = new ArrayList<>();

  private RawFiles(
      DuckDbSession session, FileSpec spec, List<ColumnSpec> declared, Path folder, String name) {
    this.session = session;
    this.spec = spec;
    this.declared = declared;
    this.folder = folder;
    this.name = name;
  }

  /**
   * Opens the files.
   *
   * @param name prefix of tables and temporary files; unique in the session
   * @param folder of the attempt
   * @throws StepException if a file as a whole cannot be read or lacks a declared column
   */
  public static RawFiles open(
      DuckDbSession session,
      String name,
      FileSpec spec,
      List<ColumnSpec> declared,
      List<SourceFile> files,
      Path folder,
      RawRejects rejects)
      throws StepException, InterruptedException {
    RawFiles opened = new RawFiles(session, spec, declared, folder, name);
    try {
      for (SourceFile file : files) {
        opened.add(file, rejects);
      }
      return opened;
    } catch (StepException | InterruptedException | RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  private void add(SourceFile file, RawRejects rejects) throws StepException, InterruptedException {
    RawTable table =
        switch (spec.format()) {
          case CSV -> {
            Path work = folder.resolve(name + "-" + tables.size() + ".csv");
            temporary.add(work);
            yield CsvSource.open(file, spec.read(), declared, work, rejects);
          }
          case PARQUET -> parquet(file);
          case JSON -> JsonSource.open(session, name + "_" + tables.size(), file, rejects);
          case XLSX ->
              XlsxSource.open(session, name + "_" + tables.size(), file, spec.read(), declared);
        };
    requireColumns(table);
    tables.add(table);
  }

  private RawTable parquet(SourceFile file) throws StepException {
    String from =
        "read_parquet("
            + literal(file.path().toString())
            + ", hive_partitioning = false, file_row_number = true)";
    try {
      List<Column> columns =
          session.describe("SELECT * FROM " + from).stream()
              .filter(column -> !column.name().equals("file_row_number"))
              .toList();
      long rows = session.number("SELECT count(*) FROM " + from);
      return new RawTable(file, columns, "file_row_number + 1", from, rows, 0);
    } catch (EngineException e) {
      if (session.isCancelled()) {
        throw e;
      }
      throw new StepException(
          "The file '" + file.name() + "' is not a Parquet file that can be read.", e);
    }
  }

  private void requireColumns(RawTable table) throws StepException {
    ColumnNames.require(
        table.columns().stream()
            .map(column -> new DatasetColumn(column.name(), LogicalType.TEXT, column.type()))
            .toList(),
        declared.stream().map(ColumnSpec::name).toList(),
        table.file().name());
  }

  public List<RawTable> tables() {
    return tables;
  }

  /** Records of all files that can be read. */
  public long accepted() {
    return tables.stream().mapToLong(RawTable::accepted).sum();
  }

  /**
   * The query over all files, in their order: lineage and the columns that every file has.
   *
   * @throws StepException if files without declared columns have different ones
   */
  public String select() throws StepException {
    List<String> names = columns();
    List<String> parts = new ArrayList<>();
    for (RawTable table : tables) {
      parts.add(
          "SELECT "
              + quote(RawTable.FILE)
              + ", "
              + quote(RawTable.LINE)
              + names.stream()
                  .map(column -> ", " + quote(actual(table, column)) + " AS " + quote(column))
                  .collect(Collectors.joining())
              + " FROM ("
              + table.select()
              + ")");
    }
    return String.join(" UNION ALL ", parts);
  }

  private List<String> columns() throws StepException {
    List<String> first = tables.get(0).columns().stream().map(Column::name).toList();
    for (RawTable table : tables) {
      List<String> names = table.columns().stream().map(Column::name).toList();
      boolean same = names.size() == first.size() && names.containsAll(first);
      if (!same && declared.isEmpty()) {
        throw new StepException(
            "The files '%s' and '%s' have different columns (%s; %s); list the columns of this side."
                .formatted(
                    tables.get(0).file().name(),
                    table.file().name(),
                    String.join(", ", first),
                    String.join(", ", names)));
      }
      if (!same) {
        return declared.stream().map(ColumnSpec::name).toList();
      }
    }
    return first;
  }

  private static String actual(RawTable table, String name) {
    return table.columns().stream()
        .map(Column::name)
        .filter(name::equals)
        .findFirst()
        .orElseGet(
            () ->
                table.columns().stream()
                    .map(Column::name)
                    .filter(name::equalsIgnoreCase)
                    .findFirst()
                    .orElse(name));
  }

  /** Removes the temporary copies: they are no part of what the step publishes. */
  @Override
  public void close() {
    for (Path path : temporary) {
      try {
        Files.deleteIfExists(path);
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
  }
}
