package io.etlapi.step.classic;

import static io.etlapi.engine.SqlIdentifier.quote;

import io.etlapi.database.DataSources;
import io.etlapi.database.Database;
import io.etlapi.database.DatabaseColumn;
import io.etlapi.database.DatabaseException;
import io.etlapi.database.DatabaseTable;
import io.etlapi.database.TableWriter;
import io.etlapi.engine.DuckDbSession;
import io.etlapi.engine.Row;
import io.etlapi.step.StepContext;
import io.etlapi.step.StepException;
import io.etlapi.step.StepResult;
import io.etlapi.step.dataset.Dataset;
import io.etlapi.step.dataset.DatasetColumn;
import io.etlapi.step.dataset.LogicalType;
import io.etlapi.step.dataset.TypedView;
import io.etlapi.step.publish.PublishedTable;
import io.etlapi.step.publish.StepResults;
import io.etlapi.step.publish.TablePublisher;
import io.etlapi.step.workflow.WorkflowInput;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Loads into a table of another database in one transaction, committed last: whatever fails before,
 * the table is as it was. Values that the target's columns cannot hold without loss are refused
 * here, with row and value; many databases would round them.
 */
final class DatabaseTarget {

  /** The engine's driver holds the result of a query; so rows are asked for in portions. */
  private static final int PORTION = 10_000;

  private static final String VIEW = "__etl_load";

  private DatabaseTarget() {}

  static StepResult load(StepContext context, DataSources sources)
      throws StepException, InterruptedException {
    StepResults results = StepResults.begin(context, LoadStep.NAME);
    LoadStrategy strategy = LoadStrategy.of(context.parameters());
    String source = DatabaseSource.required(context, ClassicSchemas.DATASOURCE);
    String tableName = DatabaseSource.required(context, ClassicSchemas.TABLE);
    Dataset dataset = WorkflowInput.single(context, LoadStep.NAME);
    DuckDbSession session = context.session(List.of(dataset.path()));
    TypedView sent = TypedView.of(session, dataset, TypedView.overrides(context.parameters()));
    try (Database database = sources.open(source)) {
      DatabaseTable target = database.table(tableName);
      List<DatabaseColumn> columns =
          DatabaseSource.choose(
              database.columns(target),
              sent.columns().stream().map(DatasetColumn::name).toList(),
              tableName);
      context.progress(10, "check the values against the table");
      TypedView view = fitted(session, dataset, sent, columns);
      view.create(session, VIEW);
      LoadKey key = LoadKey.of(session, context.parameters(), strategy, dataset, view, quote(VIEW));
      PublishedTable table = publish(context, session, dataset, sent);

      Map<String, @Nullable Object> details = new LinkedHashMap<>();
      details.put("target_system", "jdbc");
      details.put("datasource", source);
      details.put("table", target.toString());
      details.put("load_strategy", strategy.word());
      details.put("key", key.columns().stream().map(DatasetColumn::name).toList());
      if (strategy == LoadStrategy.REPLACE) {
        details.put("rows_deleted", database.clear(target));
      }
      List<DatabaseColumn> keys = new ArrayList<>();
      for (DatasetColumn column : key.columns()) {
        keys.add(columns.get(view.columns().indexOf(column)));
      }
      try (TableWriter writer =
          strategy == LoadStrategy.UPSERT
              ? database.upserter(target, columns, keys)
              : database.appender(target, columns)) {
        write(context, session, view, columns, table.rows(), writer);
        details.put("rows_inserted", writer.inserted());
        details.put("rows_updated", writer.updated());
      }
      StepResult result =
          results.input(dataset.fileInfo(session)).details(details).build(session, table);
      context.throwIfStopped();
      database.commit();
      return result;
    } catch (DatabaseException e) {
      throw new StepException(e.getMessage() + " Nothing was loaded.", e);
    }
  }

  /**
   * The rows with the types of the target.
   *
   * @throws StepException naming column, row and value that the target cannot hold
   */
  private static TypedView fitted(
      DuckDbSession session, Dataset dataset, TypedView sent, List<DatabaseColumn> columns)
      throws StepException {
    Map<String, LogicalType> types = new LinkedHashMap<>();
    for (int i = 0; i < columns.size(); i++) {
      Optional<LogicalType> type = DatabaseSource.type(columns.get(i));
      DatasetColumn column = sent.columns().get(i);
      if (type.isPresent() && !type.get().isText() && !isDoubleToDouble(type.get(), column)) {
        types.put(column.name(), type.get());
      }
    }
    return sent.with(session, types, dataset.sentPath());
  }

  private static boolean isDoubleToDouble(LogicalType target, DatasetColumn column) {
    return target.equals(LogicalType.DOUBLE) && column.type().isNumber();
  }

  private static PublishedTable publish(
      StepContext context, DuckDbSession session, Dataset dataset, TypedView view)
      throws StepException, InterruptedException {
    String items =
        view.columns().stream()
            .map(column -> quote(column.name()))
            .collect(Collectors.joining(", "));
    return TablePublisher.of(context, session, LoadStep.NAME)
        .input(dataset)
        .types(view.columns())
        .write("data.parquet", "SELECT " + items + " FROM " + dataset.scan());
  }

  private static void write(
      StepContext context,
      DuckDbSession session,
      TypedView view,
      List<DatabaseColumn> columns,
      long rows,
      TableWriter writer)
      throws DatabaseException, InterruptedException {
    List<String> items = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      DatasetColumn column = view.columns().get(i);
      boolean text = columns.get(i).kind() == DatabaseColumn.Kind.TEXT;
      items.add("CAST(" + quote(text ? view.raw(column) : column.name()) + " AS VARCHAR)");
    }
    String select =
        "SELECT %1$s FROM %2$s WHERE %3$s > ? AND %3$s <= ? ORDER BY %3$s"
            .formatted(String.join(", ", items), quote(VIEW), quote(view.row()));
    for (long from = 0; from < rows; from += PORTION) {
      context.throwIfStopped();
      context.progress((int) (30 + 45 * from / rows), "row " + from + " of " + rows);
      for (List<@Nullable String> row :
          session.query(select, each -> texts(each, items.size()), from, from + PORTION)) {
        writer.row(row);
      }
    }
    writer.flush();
    context.log(
        "Wrote %d rows: %d inserted, %d updated"
            .formatted(rows, writer.inserted(), writer.updated()));
  }

  private static List<@Nullable String> texts(Row row, int count) {
    List<@Nullable String> texts = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      texts.add(row.text(i));
    }
    return texts;
  }
}
