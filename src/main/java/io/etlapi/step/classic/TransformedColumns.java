package io.etlapi.step.classic;

import static io.etlapi.engine.SqlIdentifier.quote;

import io.etlapi.engine.Column;
import io.etlapi.engine.DuckDbSession;
import io.etlapi.engine.EngineException;
import io.etlapi.engine.SqlExpression;
import io.etlapi.step.StepException;
import io.etlapi.step.dataset.ColumnNames;
import io.etlapi.step.dataset.DatasetColumn;
import io.etlapi.step.dataset.Expressions;
import io.etlapi.step.dataset.LogicalType;
import io.etlapi.step.dataset.TypedView;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The columns of a table while it is transformed: one query around the other, one per column. */
final class TransformedColumns {

  private static final int MAX_NAME = 200;

  private final DuckDbSession session;

  /** A column, as expressions see it and, if it was not derived, as the file stores it. */
  private record Current(String name, DatasetColumn typed, Optional<String> stored) {}

  private final List<Current> columns = new ArrayList<>();
  private String relation;

  TransformedColumns(DuckDbSession session, TypedView view, String relation) {
    this.session = session;
    this.relation = relation;
    for (DatasetColumn column : view.columns()) {
      columns.add(new Current(column.name(), column, Optional.of(view.raw(column))));
    }
  }

  /** Adds a column after the others, or puts a new value in an existing one's place. */
  void derive(String to, String sql) throws StepException {
    requireName(to);
    SqlExpression expression =
        Expressions.parse(
            session,
            "expression for " + to,
            sql,
            columns.stream().map(Current::typed).toList(),
            true);
    int index = indexOf(to);
    String name = index < 0 ? to : columns.get(index).typed().name();
    String next =
        index < 0 ? "(SELECT *, %s AS %s FROM %s)" : "(SELECT * REPLACE (%s AS %s) FROM %s)";
    next = next.formatted(expression.sql(), quote(name), relation);
    String type;
    try {
      type =
          session.describe("SELECT " + quote(name) + " FROM " + next).stream()
              .map(Column::type)
              .findFirst()
              .orElseThrow();
    } catch (EngineException e) {
      throw Expressions.failure("expression for " + to, sql, e);
    }
    relation = next;
    Current derived =
        new Current(
            name, new DatasetColumn(name, LogicalType.ofEngineType(type), type), Optional.empty());
    if (index < 0) {
      columns.add(derived);
    } else {
      columns.set(index, derived);
    }
  }

  void drop(String name, String source) throws StepException {
    columns.remove(require(name, source));
    if (columns.isEmpty()) {
      throw new StepException("drop names every column: nothing would be left.");
    }
  }

  /** Renames all at once, so that two columns may swap their names. */
  void rename(Map<String, @Nullable Object> names, String source) throws StepException {
    Map<Integer, String> byIndex = new LinkedHashMap<>();
    for (Map.Entry<String, @Nullable Object> entry : names.entrySet()) {
      String to = String.valueOf(entry.getValue()).strip();
      requireName(to);
      byIndex.put(columns.indexOf(require(entry.getKey(), source)), to);
    }
    byIndex.forEach(
        (index, to) -> {
          Current column = columns.get(index);
          columns.set(index, new Current(to, column.typed(), column.stored()));
        });
    Map<String, String> seen = new LinkedHashMap<>();
    for (Current column : columns) {
      String other = seen.put(column.name().toLowerCase(Locale.ROOT), column.typed().name());
      if (other != null) {
        throw new StepException(
            "rename would name two columns '%s': '%s' and '%s'. Choose another name or drop one."
                .formatted(column.name(), other, column.typed().name()));
      }
    }
  }

  /** The meanings of the columns that keep the text of the file. */
  Map<String, LogicalType> keptTypes() {
    Map<String, LogicalType> types = new LinkedHashMap<>();
    for (Current column : columns) {
      if (column.stored().isPresent()) {
        types.put(column.name(), column.typed().type());
      }
    }
    return types;
  }

  String select(String order) {
    List<String> items = new ArrayList<>();
    for (Current column : columns) {
      items.add(
          quote(column.stored().orElse(column.typed().name())) + " AS " + quote(column.name()));
    }
    return "SELECT %s FROM %s ORDER BY %s".formatted(String.join(", ", items), relation, order);
  }

  private Current require(String name, String source) throws StepException {
    DatasetColumn found =
        ColumnNames.require(columns.stream().map(Current::typed).toList(), name, source);
    return columns.stream()
        .filter(column -> column.typed().equals(found))
        .findFirst()
        .orElseThrow();
  }

  private int indexOf(String name) {
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).typed().name().equalsIgnoreCase(name)) {
        return i;
      }
    }
    return -1;
  }

  private static void requireName(String name) throws StepException {
    if (name.isEmpty()
        || name.length() > MAX_NAME
        || name.chars().anyMatch(Character::isISOControl)
        || name.toLowerCase(Locale.ROOT).startsWith("__etl_")) {
      throw new StepException(
          "'%s' cannot be a column's name: it must have 1 to %d characters, no control characters, and not begin with __etl_."
              .formatted(name.replaceAll("\\p{Cntrl}", "?"), MAX_NAME));
    }
  }
}
