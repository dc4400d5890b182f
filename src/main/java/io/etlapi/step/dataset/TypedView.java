package io.etlapi.step.dataset;

import static io.etlapi.engine.SqlIdentifier.literal;
import static io.etlapi.engine.SqlIdentifier.quote;

import io.etlapi.engine.DuckDbSession;
import io.etlapi.step.StepException;
import io.etlapi.step.StepParameters;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A query over a Parquet file in which each column has the type that its values mean. Beside the
 * typed columns, under their own names, it has the stored ones under {@link #raw} names and the row
 * number (from 1) under {@link #row}; so a condition can see a number while the output keeps the
 * text of the file.
 */
public final class TypedView {

  private static final int MAX_QUOTED = 80;

  private final Path file;
  private final List<DatasetColumn> columns;
  private final String prefix;

  private TypedView(Path file, List<DatasetColumn> columns) {
    this.file = file;
    this.columns = List.copyOf(columns);
    this.prefix = freePrefix(columns);
  }

  /**
   * A view with the types that the columns are known to have.
   *
   * @param columns all columns of the file, in order
   */
  public static TypedView over(Path file, List<DatasetColumn> columns) {
    return new TypedView(file, columns);
  }

  /**
   * A view of a dataset, with some types set by the request.
   *
   * @param overrides type by column name
   * @throws StepException if a column is missing or a value does not fit the type that was asked
   *     for: names the column, the row and the value
   */
  public static TypedView of(
      DuckDbSession session, Dataset dataset, Map<String, LogicalType> overrides)
      throws StepException {
    return over(dataset.path(), dataset.columns(session))
        .with(session, overrides, dataset.sentPath());
  }

  /**
   * The same view with some types set by a request.
   *
   * @param overrides type by column name
   * @param source the file as messages name it
   * @throws StepException as {@link #of}
   */
  public TypedView with(DuckDbSession session, Map<String, LogicalType> overrides, String source)
      throws StepException {
    Map<String, LogicalType> byName = new LinkedHashMap<>();
    for (Map.Entry<String, LogicalType> override : overrides.entrySet()) {
      byName.put(
          ColumnNames.require(columns, override.getKey(), source).name(), override.getValue());
    }
    List<DatasetColumn> effective = new ArrayList<>();
    List<DatasetColumn> changed = new ArrayList<>();
    for (DatasetColumn column : columns) {
      LogicalType type = byName.getOrDefault(column.name(), column.type());
      DatasetColumn typed = new DatasetColumn(column.name(), type, column.engineType());
      effective.add(typed);
      if (!typed.equals(column)) {
        changed.add(typed);
      }
    }
    TypedView view = new TypedView(file, effective);
    view.requireAccepted(session, changed, source);
    return view;
  }

  /**
   * The types that a request sets in {@code column_types}.
   *
   * @throws StepException if one is not a type
   */
  public static Map<String, LogicalType> overrides(StepParameters parameters) throws StepException {
    Map<String, LogicalType> types = new LinkedHashMap<>();
    for (Map.Entry<String, @Nullable Object> entry : parameters.object("column_types").entrySet()) {
      String word = String.valueOf(entry.getValue());
      types.put(
          entry.getKey(),
          LogicalType.parse(word)
              .orElseThrow(
                  () ->
                      new StepException(
                          "column_types: '"
                              + word
                              + "' is not a type for column '"
                              + entry.getKey()
                              + "'; allowed are "
                              + LogicalType.ALLOWED
                              + ".")));
    }
    return types;
  }

  /** The columns with the types they have here. */
  public List<DatasetColumn> columns() {
    return columns;
  }

  /** The name of the row number, from 1. */
  public String row() {
    return prefix + "row";
  }

  /** The name under which a column stands as the file stores it. */
  public String raw(DatasetColumn column) {
    return prefix + "raw_" + (columns.indexOf(column) + 1);
  }

  /** The whole view: row number, typed columns, stored columns. */
  public String select() {
    List<String> items = new ArrayList<>();
    items.add(rowNumber() + " AS " + quote(row()));
    for (DatasetColumn column : columns) {
      items.add(typed(column) + " AS " + quote(column.name()));
      items.add(quote(column.name()) + " AS " + quote(raw(column)));
    }
    return "SELECT " + String.join(", ", items) + " FROM " + source();
  }

  /** Only the typed columns, for figures. */
  public String selectTyped() {
    List<String> items = new ArrayList<>();
    for (DatasetColumn column : columns) {
      items.add(typed(column) + " AS " + quote(column.name()));
    }
    return "SELECT " + String.join(", ", items) + " FROM " + Dataset.scan(file);
  }

  /**
   * Makes the view known to a session.
   *
   * @param name the name to select from
   */
  public void create(DuckDbSession session, String name) {
    session.execute("CREATE OR REPLACE TEMP VIEW " + quote(name) + " AS " + select());
  }

  private String typed(DatasetColumn column) {
    String stored = quote(column.name());
    LogicalType type = column.type();
    if (column.engineType().equals(type.engineType())) {
      return stored;
    }
    if (column.isStoredAsText()) {
      return type.cast(stored);
    }
    return LogicalType.ofEngineType(column.engineType()).equals(type)
        ? "CAST(" + stored + " AS " + type.engineType() + ")"
        : type.cast("CAST(" + stored + " AS VARCHAR)");
  }

  private boolean hasColumn(String name) {
    return columns.stream().anyMatch(column -> column.name().equalsIgnoreCase(name));
  }

  /** The file's own numbering is free of charge, unless a column bears its name. */
  private String rowNumber() {
    return hasColumn("file_row_number") ? "row_number() OVER ()" : "file_row_number + 1";
  }

  private String source() {
    return hasColumn("file_row_number")
        ? Dataset.scan(file)
        : "read_parquet("
            + literal(file.toString())
            + ", hive_partitioning = false, file_row_number = true)";
  }

  private void requireAccepted(DuckDbSession session, List<DatasetColumn> changed, String source)
      throws StepException {
    for (DatasetColumn column : changed) {
      String text = "CAST(" + quote(raw(column)) + " AS VARCHAR)";
      List<String> refused =
          session.query(
              """
              SELECT %s, left(%s, %d) FROM (%s)
              WHERE NOT %s ORDER BY 1 LIMIT 1
              """
                  .formatted(
                      quote(row()),
                      text,
                      MAX_QUOTED,
                      rawSelect(column),
                      column.type().accepts(text)),
              row ->
                  "Column '"
                      + column.name()
                      + "' of '"
                      + source
                      + "' cannot be read as "
                      + column.type()
                      + ": row "
                      + row.integer(1)
                      + " holds '"
                      + row.text(2)
                      + "'. Correct the value or set another type in column_types.");
      if (!refused.isEmpty()) {
        throw new StepException(refused.get(0));
      }
    }
  }

  private String rawSelect(DatasetColumn column) {
    return "SELECT %s AS %s, %s AS %s FROM %s"
        .formatted(rowNumber(), quote(row()), quote(column.name()), quote(raw(column)), source());
  }

  /** A prefix that no column begins with. */
  private static String freePrefix(List<DatasetColumn> columns) {
    String prefix = "__etl_";
    boolean free = false;
    while (!free) {
      String tried = prefix;
      free =
          columns.stream()
              .noneMatch(column -> column.name().toLowerCase(Locale.ROOT).startsWith(tried));
      if (!free) {
        prefix = "_" + prefix;
      }
    }
    return prefix;
  }
}
