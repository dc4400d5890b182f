package io.etlapi.step.classic;

import static io.etlapi.engine.SqlIdentifier.quote;

import io.etlapi.database.DataSources;
import io.etlapi.database.Database;
import io.etlapi.database.DatabaseColumn;
import io.etlapi.database.DatabaseException;
import io.etlapi.database.DatabaseTable;
import io.etlapi.engine.DuckDbSession;
import io.etlapi.engine.TableAppender;
import io.etlapi.step.NearestName;
import io.etlapi.step.StepContext;
import io.etlapi.step.StepException;
import io.etlapi.step.dataset.LogicalType;
import io.etlapi.step.parameters.NameList;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Extracts a table or view of another database, row by row into the session. Decimals keep their
 * digits; what the database does not type (a NUMERIC without precision) is typed by its values.
 */
final class DatabaseSource {

  private static final int ROWS_BETWEEN_CALLS = 4_096;

  private DatabaseSource() {}

  static SourceRows load(StepContext context, DataSources sources, Extraction extraction)
      throws StepException, InterruptedException {
    String source = required(context, ClassicSchemas.DATASOURCE);
    String tableName = required(context, ClassicSchemas.TABLE);
    DuckDbSession session = context.session(List.of());
    try (Database database = sources.open(source)) {
      DatabaseTable table = database.table(tableName);
      List<DatabaseColumn> columns =
          choose(database.columns(table), NameList.of(context.parameters(), "columns"), tableName);
      Database.Since since = null;
      if (extraction.isIncremental()) {
        DatabaseColumn by = choose(columns, List.of(extraction.column()), tableName).get(0);
        since = new Database.Since(by, extraction.since().orElse(null));
      }
      session.execute(
          columns.stream()
              .map(column -> quote(column.name()) + " VARCHAR")
              .collect(Collectors.joining(", ", "CREATE TABLE rows (", ")")));
      long rows;
      try (TableAppender appender = session.appender("rows")) {
        long[] seen = {0};
        rows =
            database.read(
                table,
                columns,
                since,
                values -> {
                  appender.row(values);
                  if (++seen[0] % ROWS_BETWEEN_CALLS == 0) {
                    context.throwIfStopped();
                    context.progress(20, "read " + seen[0] + " rows");
                  }
                });
      }
      context.log("Read " + rows + " rows of " + table + " from " + source);
      Map<String, @Nullable Object> figures = new LinkedHashMap<>();
      figures.put("datasource", source);
      figures.put("table", table.toString());
      return new SourceRows(
          "rows",
          "rows.rowid",
          columns.stream().map(DatabaseSource::column).toList(),
          tableName,
          Optional.empty(),
          null,
          figures);
    } catch (DatabaseException e) {
      throw new StepException(String.valueOf(e.getMessage()), e);
    }
  }

  static String required(StepContext context, String name) throws StepException {
    return context
        .parameters()
        .text(name)
        .map(String::strip)
        .filter(value -> !value.isEmpty())
        .orElseThrow(
            () -> new StepException("A database needs the parameter " + name + "; it is missing."));
  }

  /** The columns of these names; without names all of them. */
  static List<DatabaseColumn> choose(List<DatabaseColumn> columns, List<String> names, String table)
      throws StepException {
    if (names.isEmpty()) {
      return requireReadable(columns, table);
    }
    List<DatabaseColumn> chosen = new ArrayList<>();
    for (String name : names) {
      DatabaseColumn found =
          columns.stream()
              .filter(column -> column.name().equals(name))
              .findFirst()
              .or(
                  () ->
                      columns.stream()
                          .filter(column -> column.name().equalsIgnoreCase(name))
                          .findFirst())
              .orElseThrow(() -> unknown(columns, name, table));
      if (!chosen.contains(found)) {
        chosen.add(found);
      }
    }
    return requireReadable(chosen, table);
  }

  private static StepException unknown(List<DatabaseColumn> columns, String name, String table) {
    List<String> known = columns.stream().map(DatabaseColumn::name).toList();
    return new StepException(
        "The table '%s' has no column '%s'%s It has: %s."
            .formatted(
                table,
                name,
                NearestName.of(name.toLowerCase(Locale.ROOT), lower(known))
                    .map(near -> "; did you mean '" + near + "'?")
                    .orElse("."),
                known.stream().limit(40).collect(Collectors.joining(", "))));
  }

  private static List<String> lower(List<String> names) {
    return names.stream().map(name -> name.toLowerCase(Locale.ROOT)).toList();
  }

  private static List<DatabaseColumn> requireReadable(List<DatabaseColumn> columns, String table)
      throws StepException {
    for (DatabaseColumn column : columns) {
      if (column.kind() == DatabaseColumn.Kind.BINARY) {
        throw new StepException(
            "The column '%s' of '%s' holds bytes (%s), which no table here can hold; name the other columns in columns."
                .formatted(column.name(), table, column.typeName()));
      }
    }
    return columns;
  }

  private static SourceRows.SourceColumn column(DatabaseColumn column) {
    String text = quote(column.name());
    return type(column)
        .map(
            type ->
                new SourceRows.SourceColumn(
                    column.name(), type.cast(text), type.cast(text), Optional.of(type)))
        .orElseGet(() -> SourceRows.SourceColumn.ofText(column.name()));
  }

  /** What a column of a database means; empty for numbers of which it does not say the digits. */
  static Optional<LogicalType> type(DatabaseColumn column) {
    return switch (column.kind()) {
      case TEXT, BINARY -> Optional.of(LogicalType.TEXT);
      case INTEGER -> Optional.of(LogicalType.INTEGER);
      case DOUBLE -> Optional.of(LogicalType.DOUBLE);
      case BOOLEAN -> Optional.of(LogicalType.BOOLEAN);
      case DATE -> Optional.of(LogicalType.DATE);
      case TIMESTAMP -> Optional.of(LogicalType.TIMESTAMP);
      case DECIMAL ->
          column.precision() >= 1
                  && column.precision() <= LogicalType.MAX_DIGITS
                  && column.scale() >= 0
                  && column.scale() <= column.precision()
              ? Optional.of(LogicalType.decimal(column.precision(), column.scale()))
              : Optional.empty();
    };
  }
}
