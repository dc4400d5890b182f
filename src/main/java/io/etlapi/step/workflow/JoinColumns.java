package io.etlapi.step.workflow;

import static io.etlapi.engine.SqlIdentifier.quote;

import io.etlapi.step.StepException;
import io.etlapi.step.dataset.DatasetColumn;
import io.etlapi.step.dataset.LogicalType;
import io.etlapi.step.dataset.TypedView;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The columns of a join's result: those of the left table, then those of the right one. A key of
 * the same name on both sides is one column; any other name that both have gets the suffix of its
 * side. Names are the same if they differ only in case, as in SQL.
 */
final class JoinColumns {

  private final List<String> items = new ArrayList<>();
  private final Map<String, LogicalType> types = new LinkedHashMap<>();
  private final Set<String> taken = new HashSet<>();

  private JoinColumns() {}

  /** What a join is made of, for naming its columns. */
  record Sides(
      TypedView left, TypedView right, List<JoinKey> keys, JoinType type, List<String> suffixes) {

    private Optional<JoinKey> sharedKey(DatasetColumn column) {
      return keys.stream()
          .filter(JoinKey::isShared)
          .filter(key -> key.left().equals(column) || key.right().equals(column))
          .findFirst();
    }
  }

  static JoinColumns of(Sides sides) throws StepException {
    JoinColumns columns = new JoinColumns();
    if (sides.type().keepsOnlyLeft()) {
      for (DatasetColumn column : sides.left().columns()) {
        columns.add(raw("l", sides.left(), column), column.name(), Optional.of(column.type()));
      }
      return columns;
    }
    Set<String> inLeft = names(sides.left());
    Set<String> inRight = names(sides.right());
    for (DatasetColumn column : sides.left().columns()) {
      Optional<JoinKey> shared = sides.sharedKey(column);
      if (shared.isPresent()) {
        columns.addShared(sides, shared.get());
      } else {
        columns.add(
            raw("l", sides.left(), column),
            column.name() + (inRight.contains(key(column)) ? sides.suffixes().get(0) : ""),
            Optional.of(column.type()));
      }
    }
    for (DatasetColumn column : sides.right().columns()) {
      if (sides.sharedKey(column).isEmpty()) {
        columns.add(
            raw("r", sides.right(), column),
            column.name() + (inLeft.contains(key(column)) ? sides.suffixes().get(1) : ""),
            Optional.of(column.type()));
      }
    }
    return columns;
  }

  private void addShared(Sides sides, JoinKey key) throws StepException {
    String left = raw("l", sides.left(), key.left());
    String right = raw("r", sides.right(), key.right());
    switch (sides.type()) {
      case RIGHT -> add(right, key.left().name(), Optional.of(key.right().type()));
      case OUTER -> {
        boolean sameStorage = key.left().engineType().equals(key.right().engineType());
        String both = sameStorage ? "coalesce(%s, %s)" : "coalesce(%s::VARCHAR, %s::VARCHAR)";
        add(
            both.formatted(left, right),
            key.left().name(),
            key.left().type().equals(key.right().type())
                ? Optional.of(key.left().type())
                : Optional.empty());
      }
      default -> add(left, key.left().name(), Optional.of(key.left().type()));
    }
  }

  private void add(String sql, String name, Optional<LogicalType> type) throws StepException {
    if (!taken.add(name.toLowerCase(Locale.ROOT))) {
      throw new StepException(
          "The joined table would have two columns '%s'; choose other suffixes.".formatted(name));
    }
    items.add(sql + " AS " + quote(name));
    type.ifPresent(known -> types.put(name, known));
  }

  /** The select list, over the left view as {@code l} and the right one as {@code r}. */
  String select() {
    return String.join(", ", items);
  }

  /** Meanings of the columns; one that is missing must be inferred. */
  Map<String, LogicalType> types() {
    return types;
  }

  private static String raw(String alias, TypedView view, DatasetColumn column) {
    return alias + "." + quote(view.raw(column));
  }

  private static Set<String> names(TypedView view) {
    return view.columns().stream().map(JoinColumns::key).collect(Collectors.toSet());
  }

  private static String key(DatasetColumn column) {
    return column.name().toLowerCase(Locale.ROOT);
  }
}
