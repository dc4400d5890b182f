package io.etlapi.engine;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Writes a parsed expression anew, node by node, from an allow list of nodes. What is not known
 * here is refused, and what is evaluated later is this text, never the text that was sent: nothing
 * can hide from the check.
 */
final class ExpressionRenderer {

  private static final Map<String, String> COMPARISONS =
      Map.of(
          "COMPARE_EQUAL", "=",
          "COMPARE_NOTEQUAL", "<>",
          "COMPARE_LESSTHAN", "<",
          "COMPARE_GREATERTHAN", ">",
          "COMPARE_LESSTHANOREQUALTO", "<=",
          "COMPARE_GREATERTHANOREQUALTO", ">=",
          "COMPARE_DISTINCT_FROM", "IS DISTINCT FROM",
          "COMPARE_NOT_DISTINCT_FROM", "IS NOT DISTINCT FROM");

  /** Types that a cast may aim at, and that constants have. */
  private static final Set<String> TYPES =
      Set.of(
          "BOOLEAN",
          "TINYINT",
          "SMALLINT",
          "INTEGER",
          "BIGINT",
          "HUGEINT",
          "UTINYINT",
          "USMALLINT",
          "UINTEGER",
          "UBIGINT",
          "FLOAT",
          "DOUBLE",
          "VARCHAR",
          "DATE",
          "TIME",
          "TIMESTAMP",
          "INTERVAL");

  private final Function<String, Optional<String>> columns;
  private final boolean ignoreCase;

  /** Factor by which the texts on the way to the current node may have grown. */
  private long growth = 1;

  /**
   * A renderer for one expression.
   *
   * @param columns SQL for a column by the name that the expression has; empty if unknown
   * @param ignoreCase whether LIKE ignores case
   */
  ExpressionRenderer(Function<String, Optional<String>> columns, boolean ignoreCase) {
    this.columns = columns;
    this.ignoreCase = ignoreCase;
  }

  String render(@Nullable Object value) throws ExpressionException {
    Map<?, ?> node = object(value);
    if (!text(node, "alias").isEmpty()) {
      throw refused("a name for its value (" + text(node, "alias") + ")");
    }
    String nodeClass = text(node, "class");
    return switch (nodeClass) {
      case "COLUMN_REF" -> column(node);
      case "CONSTANT" -> constant(object(node.get("value")));
      case "COMPARISON" -> comparison(node);
      case "CONJUNCTION" -> conjunction(node);
      case "OPERATOR" -> operator(node);
      case "BETWEEN" ->
          "(%s BETWEEN %s AND %s)"
              .formatted(
                  render(node.get("input")), render(node.get("lower")), render(node.get("upper")));
      case "CASE" -> choice(node);
      case "CAST" -> cast(node);
      case "FUNCTION" -> function(node);
      case "SUBQUERY" -> throw refused("a subquery");
      case "WINDOW" -> throw refused("a window function");
      case "STAR" -> throw refused("'*' or COLUMNS(...)");
      case "PARAMETER" -> throw refused("a parameter ('?' or '$')");
      case "LAMBDA" -> throw refused("a lambda function");
      case "COLLATE" -> throw refused("COLLATE");
      default -> throw refused(nodeClass.toLowerCase(Locale.ROOT).replace('_', ' '));
    };
  }

  private String column(Map<?, ?> node) throws ExpressionException {
    List<?> names = list(node, "column_names");
    if (names.size() != 1) {
      String whole = names.stream().map(String::valueOf).collect(Collectors.joining("."));
      throw new ExpressionException(
          "'%s' is not a column; if its name holds dots, write it in double quotes: \"%s\"."
              .formatted(whole, whole));
    }
    String name = String.valueOf(names.get(0));
    Optional<String> sql = columns.apply(name);
    if (sql.isEmpty()) {
      throw new UnknownColumnException(name);
    }
    return sql.get();
  }

  private String constant(Map<?, ?> value) throws ExpressionException {
    if (Boolean.TRUE.equals(value.get("is_null"))) {
      return "NULL";
    }
    Map<?, ?> type = object(value.get("type"));
    Object content = value.get("value");
    String id = text(type, "id");
    if (content instanceof Boolean flag) {
      return flag ? "true" : "false";
    }
    if (content instanceof String string && id.equals("VARCHAR")) {
      if (string.indexOf('\0') >= 0) {
        throw new ExpressionException("A text in the expression holds a NUL character.");
      }
      return SqlIdentifier.literal(string);
    }
    if (content instanceof Map<?, ?> halves && id.endsWith("HUGEINT")) {
      return huge(halves).toString();
    }
    if (id.equals("DECIMAL")) {
      int scale = number(object(type.get("type_info")), "scale").intValue();
      BigInteger unscaled =
          content instanceof Map<?, ?> halves
              ? huge(halves)
              : new BigInteger(String.valueOf(content));
      return new BigDecimal(unscaled, scale).toPlainString();
    }
    if (content instanceof Number number && (id.equals("DOUBLE") || id.equals("FLOAT"))) {
      return "CAST('" + number + "' AS DOUBLE)";
    }
    if (content instanceof Number number && TYPES.contains(id)) {
      return number.toString();
    }
    throw refused("a constant of type " + id);
  }

  private static BigInteger huge(Map<?, ?> halves) throws ExpressionException {
    BigInteger upper = new BigInteger(number(halves, "upper").toString());
    BigInteger lower = new BigInteger(number(halves, "lower").toString());
    return upper.shiftLeft(64).add(lower);
  }

  private String comparison(Map<?, ?> node) throws ExpressionException {
    String sign = COMPARISONS.get(text(node, "type"));
    if (sign == null) {
      throw refused("the comparison " + text(node, "type"));
    }
    return "(%s %s %s)".formatted(render(node.get("left")), sign, render(node.get("right")));
  }

  private String conjunction(Map<?, ?> node) throws ExpressionException {
    String word =
        switch (text(node, "type")) {
          case "CONJUNCTION_AND" -> " AND ";
          case "CONJUNCTION_OR" -> " OR ";
          default -> throw refused(text(node, "type"));
        };
    return "(" + String.join(word, renderAll(list(node, "children"))) + ")";
  }

  private String operator(Map<?, ?> node) throws ExpressionException {
    List<String> operands = renderAll(list(node, "children"));
    String type = text(node, "type");
    return switch (type) {
      case "OPERATOR_NOT" -> "(NOT " + operands.get(0) + ")";
      case "OPERATOR_IS_NULL" -> "(" + operands.get(0) + " IS NULL)";
      case "OPERATOR_IS_NOT_NULL" -> "(" + operands.get(0) + " IS NOT NULL)";
      case "OPERATOR_COALESCE" -> "coalesce(" + String.join(", ", operands) + ")";
      case "OPERATOR_NULLIF" -> "nullif(" + String.join(", ", operands) + ")";
      case "COMPARE_IN", "COMPARE_NOT_IN" ->
          "(%s %s (%s))"
              .formatted(
                  operands.get(0),
                  type.equals("COMPARE_IN") ? "IN" : "NOT IN",
                  String.join(", ", operands.subList(1, operands.size())));
      case "ARRAY_EXTRACT", "ARRAY_SLICE", "ARRAY_CONSTRUCTOR" ->
          throw refused("a list or its elements ('[...]')");
      case "STRUCT_EXTRACT" -> throw refused("a member of a structure");
      default -> throw refused(type.toLowerCase(Locale.ROOT).replace('_', ' '));
    };
  }

  private String choice(Map<?, ?> node) throws ExpressionException {
    StringBuilder sql = new StringBuilder("(CASE");
    for (Object item : list(node, "case_checks")) {
      Map<?, ?> check = object(item);
      sql.append(" WHEN ").append(render(check.get("when_expr")));
      sql.append(" THEN ").append(render(check.get("then_expr")));
    }
    return sql.append(" ELSE ").append(render(node.get("else_expr"))).append(" END)").toString();
  }

  private String cast(Map<?, ?> node) throws ExpressionException {
    Map<?, ?> type = object(node.get("cast_type"));
    String target = text(type, "id");
    if (target.equals("DECIMAL")) {
      if (type.get("type_info") instanceof Map<?, ?> info) {
        target = "DECIMAL(%s,%s)".formatted(number(info, "width"), number(info, "scale"));
      }
    } else if (!TYPES.contains(target)) {
      throw refused(
          "a cast to %s; allowed are BOOLEAN, BIGINT, DECIMAL(p,s), DOUBLE, VARCHAR, DATE, TIME,"
                  .formatted(target)
              + " TIMESTAMP, INTERVAL and the narrower numbers");
    }
    String word = Boolean.TRUE.equals(node.get("try_cast")) ? "TRY_CAST" : "CAST";
    return "%s(%s AS %s)".formatted(word, render(node.get("child")), target);
  }

  private String function(Map<?, ?> node) throws ExpressionException {
    String name = text(node, "function_name").toLowerCase(Locale.ROOT);
    String schema = text(node, "schema");
    boolean plain =
        (schema.isEmpty() || schema.equals("main"))
            && text(node, "catalog").isEmpty()
            && node.get("filter") == null
            && Boolean.FALSE.equals(node.get("distinct"))
            && Boolean.FALSE.equals(node.get("export_state"))
            && list(object(node.get("order_bys")), "orders").isEmpty();
    if (!plain) {
      throw refused("'" + name + "' with a schema, DISTINCT, FILTER or ORDER BY");
    }
    List<?> arguments = list(node, "children");
    if (Boolean.TRUE.equals(node.get("is_operator"))) {
      return signed(name, renderAll(arguments));
    }
    if (!ExpressionFunctions.isAllowed(name)) {
      throw new ExpressionException("The function '" + name + "' is not allowed in an expression.");
    }
    long before = growth;
    growth *= ExpressionFunctions.growth(name, arguments.size(), constants(arguments));
    if (growth > ExpressionFunctions.MAX_GROWTH) {
      throw new ExpressionException(
          "The replacements in the expression could make a text more than %d times as long."
              .formatted(ExpressionFunctions.MAX_GROWTH));
    }
    List<String> rendered = renderAll(arguments);
    growth = before;
    return SqlIdentifier.quote(name) + "(" + String.join(", ", rendered) + ")";
  }

  private String signed(String sign, List<String> operands) throws ExpressionException {
    String word = ExpressionFunctions.OPERATORS.get(sign);
    if (word == null || operands.isEmpty() || operands.size() > 2) {
      throw new ExpressionException("The operator '" + sign + "' is not allowed.");
    }
    if (ignoreCase && word.endsWith("LIKE")) {
      word = word.replace("ILIKE", "LIKE").replace("LIKE", "ILIKE");
    }
    return operands.size() == 1
        ? "(%s %s)".formatted(word, operands.get(0))
        : "(%s %s %s)".formatted(operands.get(0), word, operands.get(1));
  }

  private static Map<Integer, String> constants(List<?> arguments) throws ExpressionException {
    Map<Integer, String> constants = new LinkedHashMap<>();
    for (int i = 0; i < arguments.size(); i++) {
      Map<?, ?> argument = object(arguments.get(i));
      if ("CONSTANT".equals(argument.get("class"))) {
        Object content = object(argument.get("value")).get("value");
        constants.put(i, content == null ? "" : content.toString());
      }
    }
    return constants;
  }

  private List<String> renderAll(List<?> nodes) throws ExpressionException {
    List<String> rendered = new ArrayList<>();
    for (Object node : nodes) {
      rendered.add(render(node));
    }
    return rendered;
  }

  static ExpressionException refused(String what) {
    return new ExpressionException("An expression may not hold " + what + ".");
  }

  static Map<?, ?> object(@Nullable Object value) throws ExpressionException {
    if (value instanceof Map<?, ?> map) {
      return map;
    }
    throw unexpected();
  }

  static List<?> list(Map<?, ?> node, String member) throws ExpressionException {
    if (node.get(member) instanceof List<?> list) {
      return list;
    }
    throw unexpected();
  }

  private static String text(Map<?, ?> node, String member) throws ExpressionException {
    if (node.get(member) instanceof String text) {
      return text;
    }
    throw unexpected();
  }

  private static Number number(Map<?, ?> node, String member) throws ExpressionException {
    if (node.get(member) instanceof Number number) {
      return number;
    }
    throw unexpected();
  }

  /** The engine's parser answered in a shape that is not known here: refused, never guessed. */
  private static ExpressionException unexpected() {
    return new ExpressionException("The expression holds something that is not supported.");
  }
}
