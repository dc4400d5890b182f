package io.etlapi.step.classic;

import static io.etlapi.engine.SqlIdentifier.literal;
import static io.etlapi.engine.SqlIdentifier.quote;

import io.etlapi.engine.DuckDbSession;
import io.etlapi.step.Step;
import io.etlapi.step.StepContext;
import io.etlapi.step.StepDescription;
import io.etlapi.step.StepException;
import io.etlapi.step.StepInput;
import io.etlapi.step.StepParameters;
import io.etlapi.step.StepResult;
import io.etlapi.step.dataset.Dataset;
import io.etlapi.step.dataset.DatasetColumn;
import io.etlapi.step.dataset.LogicalType;
import io.etlapi.step.dataset.TypedView;
import io.etlapi.step.parameters.ParameterSchema;
import io.etlapi.step.publish.PublishedTable;
import io.etlapi.step.publish.StepResults;
import io.etlapi.step.publish.TablePublisher;
import io.etlapi.step.workflow.JoinKey;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Adds columns of a lookup table to each row. A key that occurs twice in the lookup is an error: it
 * is not known which row is meant. A null key finds nothing.
 */
@ApplicationScoped
public class EnrichStep implements Step {

  private static final String NAME = "enrich";
  private static final String ROWS = "__etl_rows";
  private static final String LOOKUP = "__etl_lookup";

  private static final StepDescription DESCRIPTION =
      ClassicSchemas.step(
          NAME,
          "Enrich Data",
          "Adds columns of a lookup table to each row, by equal keys. Keys that the lookup lacks"
              + " give nulls, rejected rows or a failure, as asked.",
          ParameterSchema.of()
              .optional("on", ClassicSchemas.texts("an object of column and column of the lookup"))
              .optional(
                  "add", ClassicSchemas.texts("an object of new column and column of the lookup"))
              .optional(
                  "missing",
                  ClassicSchemas.oneOf(
                      "what becomes of a row that the lookup lacks", "null", "reject", "fail"))
              .optional(
                  "lookup_path",
                  ParameterSchema.readPath(
                      "the path of the lookup (Parquet), if it is not an earlier output"))
              .optional("column_types", ParameterSchema.columnTypes())
              .optional(
                  "file_path",
                  ParameterSchema.readPath("the path of a Parquet file, if no output is given")),
          true);

  /** The rows and the lookup, with all that the queries need of them. */
  private record Tables(
      Dataset rows, Dataset lookup, TypedView left, TypedView right, List<JoinKey> keys) {

    String on() {
      return keys.stream()
          .map(key -> key.leftSql(left) + " = " + key.rightSql(right))
          .collect(Collectors.joining(" AND "));
    }

    String shownKey() {
      return keys.stream()
          .map(
              key ->
                  literal(key.left().name() + " = '")
                      + " || coalesce(CAST(l."
                      + quote(left.raw(key.left()))
                      + " AS VARCHAR), '(null)') || ''''")
          .collect(Collectors.joining(" || ', ' || "));
    }

    String unmatched() {
      return quote(ROWS) + " l ANTI JOIN " + quote(LOOKUP) + " r ON " + on();
    }
  }

  @Override
  public StepDescription describe() {
    return DESCRIPTION;
  }

  @Override
  public StepResult run(StepContext context) throws StepException, InterruptedException {
    StepResults results = StepResults.begin(context, NAME);
    StepParameters parameters = context.parameters();
    Tables tables = open(context);
    DuckDbSession session = context.session(List.of());
    context.progress(10, "check the lookup's keys");
    requireUniqueKeys(session, tables);
    Map<String, DatasetColumn> added = added(parameters, tables);

    String missing = parameters.text("missing", "null");
    long misses = session.number("SELECT count(*) FROM " + tables.unmatched());
    if (misses > 0 && missing.equals("fail")) {
      throw firstMiss(session, tables, misses);
    }
    boolean reject = misses > 0 && missing.equals("reject");
    String kept =
        tables.left().columns().stream()
            .map(column -> "l." + quote(tables.left().raw(column)) + " AS " + quote(column.name()))
            .collect(Collectors.joining(", "));
    TablePublisher publisher =
        TablePublisher.of(context, session, NAME)
            .input(tables.rows())
            .input(tables.lookup())
            .types(types(tables, added));
    if (reject) {
      PublishedTable rejected =
          TablePublisher.of(context, session, NAME)
              .types(tables.left().columns())
              .write(
                  "rejected.parquet",
                  "SELECT %s FROM %s ORDER BY l.%s"
                      .formatted(kept, tables.unmatched(), quote(tables.left().row())));
      publisher.sideFile("rejected", rejected.fileName());
    }
    context.progress(40, "join the lookup");
    String items =
        added.entrySet().stream()
            .map(
                add ->
                    ", r."
                        + quote(tables.right().raw(add.getValue()))
                        + " AS "
                        + quote(add.getKey()))
            .collect(Collectors.joining());
    PublishedTable table =
        publisher.write(
            "data.parquet",
            "SELECT %s%s FROM %s l %s JOIN %s r ON %s ORDER BY l.%s"
                .formatted(
                    kept,
                    items,
                    quote(ROWS),
                    reject ? "INNER" : "LEFT",
                    quote(LOOKUP),
                    tables.on(),
                    quote(tables.left().row())));
    Map<String, @Nullable Object> details = new LinkedHashMap<>();
    details.put("lookup_rows", tables.lookup().rows(session));
    details.put("added", List.copyOf(added.keySet()));
    details.put("rows_read", tables.rows().rows(session));
    details.put("rows_without_match", misses);
    details.put("missing", missing);
    details.put("rejected_rows", reject ? misses : 0L);
    details.put("rejected_file", reject ? context.published("rejected.parquet").toString() : null);
    context.log(
        "Added %s to %d rows; %d had no match in the lookup"
            .formatted(String.join(", ", added.keySet()), table.rows(), misses));
    return results.input(tables.rows().fileInfo(session)).details(details).build(session, table);
  }

  private static Tables open(StepContext context) throws StepException, InterruptedException {
    StepParameters parameters = context.parameters();
    Dataset lookup = null;
    Dataset rows = null;
    Optional<String> lookupPath = parameters.text("lookup_path").filter(path -> !path.isBlank());
    Optional<String> rowsPath = parameters.text("file_path").filter(path -> !path.isBlank());
    if (lookupPath.isPresent()) {
      lookup = Dataset.open(context.files(), lookupPath.get());
    }
    if (rowsPath.isPresent()) {
      rows = Dataset.open(context.files(), rowsPath.get());
    }
    List<StepInput> given = new ArrayList<>();
    for (StepInput input : context.inputs()) {
      if (input.filePath().isEmpty()) {
        continue;
      }
      if (lookup == null && input.name().equals("lookup")) {
        lookup = Dataset.open(context.files(), input);
      } else {
        given.add(input);
      }
    }
    if (rows == null && !given.isEmpty()) {
      rows = Dataset.open(context.files(), given.remove(0));
    }
    if (lookup == null && given.size() == 1) {
      lookup = Dataset.open(context.files(), given.remove(0));
    }
    if (rows == null || lookup == null || !given.isEmpty()) {
      throw new StepException(
          "enrich needs two tables: the rows and the lookup. Send two earlier outputs (the one"
              + " named lookup, or else the second, is the lookup), or name files in file_path and"
              + " lookup_path.");
    }
    DuckDbSession session = context.session(List.of(rows.path(), lookup.path()));
    TypedView left = TypedView.of(session, rows, TypedView.overrides(parameters));
    TypedView right = TypedView.of(session, lookup, Map.of());
    List<JoinKey> keys = new ArrayList<>();
    for (Map.Entry<String, @Nullable Object> on : parameters.object("on").entrySet()) {
      keys.add(
          JoinKey.of(
              rows.require(left.columns(), List.of(on.getKey())).get(0),
              lookup.require(right.columns(), List.of(String.valueOf(on.getValue()))).get(0)));
    }
    if (keys.isEmpty() || parameters.object("add").isEmpty()) {
      throw new StepException(
          "enrich needs on and add, such as \"on\": {\"book\": \"book_id\"}, \"add\": {\"desk\":"
              + " \"desk_name\"}.");
    }
    left.create(session, ROWS);
    right.create(session, LOOKUP);
    return new Tables(rows, lookup, left, right, keys);
  }

  private static void requireUniqueKeys(DuckDbSession session, Tables tables) throws StepException {
    List<String> keys = tables.keys().stream().map(key -> key.rightSql(tables.right())).toList();
    String shown =
        tables.keys().stream()
            .map(
                key ->
                    literal(key.right().name() + " = '")
                        + " || CAST(any_value(r."
                        + quote(tables.right().raw(key.right()))
                        + ") AS VARCHAR) || ''''")
            .collect(Collectors.joining(" || ', ' || "));
    String row = "r." + quote(tables.right().row());
    List<String> faults =
        session.query(
            """
            SELECT %1$s, count(*), array_to_string(list_sort(list(%2$s))[:5], ', ')
            FROM %3$s r WHERE %4$s GROUP BY %5$s HAVING count(*) > 1 ORDER BY min(%2$s) LIMIT 1
            """
                .formatted(
                    shown,
                    row,
                    quote(LOOKUP),
                    keys.stream()
                        .map(key -> key + " IS NOT NULL")
                        .collect(Collectors.joining(" AND ")),
                    String.join(", ", keys)),
            found ->
                "The lookup '%s' has the key %s %d times (rows %s); a key may occur once, or it is not known which row is meant."
                    .formatted(
                        tables.lookup().sentPath(),
                        found.text(1),
                        found.integer(2),
                        found.text(3)));
    if (!faults.isEmpty()) {
      throw new StepException(faults.get(0));
    }
  }

  private static Map<String, DatasetColumn> added(StepParameters parameters, Tables tables)
      throws StepException {
    Map<String, DatasetColumn> added = new LinkedHashMap<>();
    for (Map.Entry<String, @Nullable Object> add : parameters.object("add").entrySet()) {
      String name = add.getKey().strip();
      boolean taken =
          tables.left().columns().stream().anyMatch(column -> column.name().equalsIgnoreCase(name))
              || added.keySet().stream().anyMatch(other -> other.equalsIgnoreCase(name));
      if (name.isEmpty() || taken) {
        throw new StepException(
            "add: the rows would have two columns '%s'; choose another name.".formatted(name));
      }
      added.put(
          name,
          tables
              .lookup()
              .require(tables.right().columns(), List.of(String.valueOf(add.getValue())))
              .get(0));
    }
    return added;
  }

  private static StepException firstMiss(DuckDbSession session, Tables tables, long misses) {
    return session
        .query(
            "SELECT %s, l.%s FROM %s ORDER BY 2 LIMIT 1"
                .formatted(tables.shownKey(), quote(tables.left().row()), tables.unmatched()),
            row ->
                new StepException(
                    "%d rows have a key that the lookup '%s' does not have; the first is row %d with %s."
                        .formatted(
                            misses, tables.lookup().sentPath(), row.integer(2), row.text(1))))
        .get(0);
  }

  private static Map<String, LogicalType> types(Tables tables, Map<String, DatasetColumn> added) {
    Map<String, LogicalType> types = new LinkedHashMap<>();
    tables.left().columns().forEach(column -> types.put(column.name(), column.type()));
    added.forEach((name, column) -> types.put(name, column.type()));
    return types;
  }
}
