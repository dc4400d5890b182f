package io.etlapi.engine;

import io.etlapi.json.Json;
import io.etlapi.json.JsonException;
import io.etlapi.json.JsonLimits;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An SQL expression from a stranger, made safe: one scalar value from the columns of one row. The
 * engine's own parser reads it, an allow list decides on every node of the result, and the SQL is
 * written anew from what was allowed. No statement, subquery, aggregate, window, parameter, or
 * function that reaches files, settings or the network can be part of it.
 *
 * <p>Whether its types fit is known only to a session that has the columns; the engine says so when
 * the expression is used.
 */
public final class SqlExpression {

  /** Each level of an expression is up to three levels of JSON. */
  private static final JsonLimits TREE =
      new JsonLimits(4 * ExpressionBounds.MAX_NESTING, 1_000_000, 64L << 20);

  private final String sql;
  private final Set<String> columns;

  private SqlExpression(String sql, Set<String> columns) {
    this.sql = sql;
    this.columns = columns;
  }

  /** What an expression may name, and how it compares. */
  public record Scope(Map<String, String> sqlByColumn, boolean ignoreCase) {

    public Scope {
      sqlByColumn = new LinkedHashMap<>(sqlByColumn);
    }

    /** Columns that stand for themselves. */
    public static Scope of(Collection<String> columns) {
      Map<String, String> sql = new LinkedHashMap<>();
      columns.forEach(name -> sql.put(name, SqlIdentifier.quote(name)));
      return new Scope(sql, false);
    }

    /** The exact name, else the only one that differs in case alone. */
    private Optional<String> resolve(String name) {
      if (sqlByColumn.containsKey(name)) {
        return Optional.of(name);
      }
      List<String> similar =
          sqlByColumn.keySet().stream().filter(known -> known.equalsIgnoreCase(name)).toList();
      return similar.size() == 1 ? Optional.of(similar.get(0)) : Optional.empty();
    }
  }

  /**
   * Reads an expression over columns that stand for themselves.
   *
   * @throws UnknownColumnException if it names a column that is not there
   * @throws ExpressionException if it is refused for another reason
   */
  public static SqlExpression parse(DuckDbSession session, String text, Collection<String> columns)
      throws ExpressionException {
    return parse(session, text, Scope.of(columns));
  }

  /** Reads an expression; see {@link #parse(DuckDbSession, String, Collection)}. */
  public static SqlExpression parse(DuckDbSession session, String text, Scope scope)
      throws ExpressionException {
    ExpressionBounds.check(text);
    Object item = onlyItem(tree(session, text));
    Set<String> used = new LinkedHashSet<>();
    Function<String, Optional<String>> resolve =
        name -> {
          Optional<String> column = scope.resolve(name);
          column.ifPresent(used::add);
          return column.map(scope.sqlByColumn()::get);
        };
    String sql = new ExpressionRenderer(resolve, scope.ignoreCase()).render(item);
    return new SqlExpression(sql, used);
  }

  private static Map<String, @Nullable Object> tree(DuckDbSession session, String text)
      throws ExpressionException {
    Map<String, @Nullable Object> tree;
    try {
      String json =
          session
              .query(
                  "SELECT json_serialize_sql(CAST(? AS VARCHAR))",
                  row -> Objects.requireNonNullElse(row.text(1), "{}"),
                  "SELECT " + text)
              .get(0);
      tree = Json.parseObject(json.getBytes(StandardCharsets.UTF_8), TREE);
    } catch (SessionCancelledException e) {
      throw e;
    } catch (JsonException | EngineException e) {
      throw new ExpressionException("The expression is not an SQL expression.");
    }
    if (!Boolean.FALSE.equals(tree.get("error"))) {
      throw new ExpressionException(
          "The expression is not an SQL expression: " + reason(tree) + ".");
    }
    return tree;
  }

  private static String reason(Map<String, @Nullable Object> tree) {
    String message = String.valueOf(tree.get("error_message")).strip();
    if (message.startsWith("Only SELECT")) {
      return "it holds a statement";
    }
    int end = message.indexOf('\n');
    String first = end < 0 ? message : message.substring(0, end);
    return first.endsWith(".") ? first.substring(0, first.length() - 1) : first;
  }

  /** The one item of the one select list, from a select node that has nothing else. */
  private static @Nullable Object onlyItem(Map<String, @Nullable Object> tree)
      throws ExpressionException {
    List<?> statements = ExpressionRenderer.list(tree, "statements");
    if (statements.size() != 1) {
      throw ExpressionRenderer.refused("more than one statement");
    }
    Map<?, ?> node =
        ExpressionRenderer.object(ExpressionRenderer.object(statements.get(0)).get("node"));
    if (!"SELECT_NODE".equals(node.get("type"))) {
      throw ExpressionRenderer.refused("UNION, EXCEPT, INTERSECT or another query");
    }
    for (Map.Entry<?, ?> member : node.entrySet()) {
      requireAbsent(String.valueOf(member.getKey()), member.getValue());
    }
    List<?> items = ExpressionRenderer.list(node, "select_list");
    if (items.size() != 1) {
      throw new ExpressionException(
          "The expression has %d values separated by commas; it must have one."
              .formatted(items.size()));
    }
    return items.get(0);
  }

  private static void requireAbsent(String member, @Nullable Object value)
      throws ExpressionException {
    boolean absent =
        switch (member) {
          case "type", "select_list" -> true;
          case "from_table" ->
              value == null
                  || (value instanceof Map<?, ?> table
                      && "EMPTY".equals(table.get("type"))
                      && table.get("sample") == null);
          case "aggregate_handling" -> "STANDARD_HANDLING".equals(value);
          case "cte_map" ->
              value instanceof Map<?, ?> map && map.get("map") instanceof List<?> l && l.isEmpty();
          default -> value == null || (value instanceof List<?> list && list.isEmpty());
        };
    if (!absent) {
      throw ExpressionRenderer.refused(
          switch (member) {
            case "from_table" -> "FROM";
            case "where_clause" -> "WHERE";
            case "group_expressions", "group_sets", "aggregate_handling" -> "GROUP BY";
            case "modifiers" -> "DISTINCT, ORDER BY or LIMIT";
            default -> member.replace('_', ' ').toUpperCase(Locale.ROOT);
          });
    }
  }

  /**
   * The expression in parentheses or otherwise closed: safe to embed anywhere a value may stand.
   */
  public String sql() {
    return sql;
  }

  /** The columns that it reads, as the scope spells them. */
  public Set<String> columns() {
    return Set.copyOf(columns);
  }

  @Override
  public String toString() {
    return sql;
  }
}
