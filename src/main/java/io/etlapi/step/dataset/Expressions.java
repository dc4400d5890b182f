package io.etlapi.step.dataset;

import io.etlapi.engine.DuckDbSession;
import io.etlapi.engine.EngineException;
import io.etlapi.engine.ExpressionException;
import io.etlapi.engine.SessionCancelledException;
import io.etlapi.engine.SqlExpression;
import io.etlapi.engine.SqlIdentifier;
import io.etlapi.engine.UnknownColumnException;
import io.etlapi.step.NearestName;
import io.etlapi.step.StepException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** SQL expressions of requests over the columns of a table, with messages for their authors. */
public final class Expressions {

  private static final int MAX_LISTED = 40;
  private static final int MAX_QUOTED = 200;

  private Expressions() {}

  /**
   * Reads an expression.
   *
   * @param role what the request calls it, such as {@code "condition"}
   * @param columns what it may name
   * @param caseSensitive false: texts compare, and LIKE matches, whatever their case
   * @throws StepException if it is refused or does not fit the columns' types
   */
  public static SqlExpression parse(
      DuckDbSession session,
      String role,
      String text,
      List<DatasetColumn> columns,
      boolean caseSensitive)
      throws StepException {
    Map<String, String> sql = new LinkedHashMap<>();
    for (DatasetColumn column : columns) {
      String name = SqlIdentifier.quote(column.name());
      boolean folded = !caseSensitive && column.type().isText();
      sql.put(column.name(), folded ? "(" + name + " COLLATE NOCASE)" : name);
    }
    try {
      return SqlExpression.parse(session, text, new SqlExpression.Scope(sql, !caseSensitive));
    } catch (UnknownColumnException e) {
      List<String> known = List.copyOf(sql.keySet());
      String all = String.join(", ", known.subList(0, Math.min(MAX_LISTED, known.size())));
      String more =
          known.size() > MAX_LISTED ? " and " + (known.size() - MAX_LISTED) + " more" : "";
      throw new StepException(
          "The %s %s names a column '%s' that is not there%s The columns are: %s%s."
              .formatted(
                  role,
                  quoted(text),
                  e.column(),
                  NearestName.of(e.column(), known)
                      .map(near -> "; did you mean '" + near + "'?")
                      .orElse("."),
                  all,
                  more),
          e);
    } catch (ExpressionException e) {
      throw new StepException(
          "The %s %s is refused. %s".formatted(role, quoted(text), e.getMessage()), e);
    }
  }

  /**
   * Reads a condition and checks that it is true or false.
   *
   * @param relation what its columns come from
   */
  public static SqlExpression parseCondition(
      DuckDbSession session,
      String role,
      String text,
      List<DatasetColumn> columns,
      boolean caseSensitive,
      String relation)
      throws StepException {
    SqlExpression condition = parse(session, role, text, columns, caseSensitive);
    String type;
    try {
      type = session.describe("SELECT " + condition.sql() + " AS c FROM " + relation).get(0).type();
    } catch (EngineException e) {
      throw failure(role, text, e);
    }
    if (!type.equals("BOOLEAN")) {
      throw new StepException(
          "The %s %s must be true or false for each row; its value is of type %s."
              .formatted(role, quoted(text), type));
    }
    return condition;
  }

  /**
   * What to tell the author when the engine cannot evaluate an expression.
   *
   * @throws EngineException the same, if it says nothing about the expression
   */
  public static StepException failure(String role, String text, EngineException e) {
    String message = String.valueOf(e.getMessage());
    int end = message.indexOf('\n');
    String first = (end < 0 ? message : message.substring(0, end)).strip();
    boolean aboutTheExpression =
        first.startsWith("Binder Error")
            || first.startsWith("Conversion Error")
            || first.startsWith("Out of Range Error")
            || first.startsWith("Invalid Input Error");
    if (e instanceof SessionCancelledException || !aboutTheExpression) {
      throw e;
    }
    String reason = first.substring(first.indexOf(':') + 1).strip();
    return new StepException(
        "The %s %s cannot be evaluated: %s".formatted(role, quoted(text), reason), e);
  }

  private static String quoted(String text) {
    String line = text.replaceAll("\\p{Cntrl}", " ");
    return "'" + (line.length() <= MAX_QUOTED ? line : line.substring(0, MAX_QUOTED) + "…") + "'";
  }
}
