package io.etlapi.step.workflow;

import static io.etlapi.engine.SqlIdentifier.quote;

import io.etlapi.engine.DuckDbSession;
import io.etlapi.step.NearestName;
import io.etlapi.step.StepException;
import io.etlapi.step.dataset.ColumnNames;
import io.etlapi.step.dataset.DatasetColumn;
import io.etlapi.step.dataset.TypedView;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One figure of {@code aggregate}: a function of a column, such as {@code sum:amount}, or the
 * number of rows, {@code count}.
 *
 * @param column empty for the number of rows
 */
record Aggregation(AggregateFunction function, Optional<DatasetColumn> column) {

  /** Plain numbers as files hold them; text that is none cannot be added up. */
  private static final String NUMBER = "[+-]?[0-9]+(\\.[0-9]+)?";

  private static final int MAX_QUOTED = 80;

  /**
   * Reads {@code function:column}.
   *
   * @param source the file, for messages
   */
  static Aggregation parse(String text, TypedView view, String source) throws StepException {
    int colon = text.indexOf(':');
    String word = (colon < 0 ? text : text.substring(0, colon)).strip();
    String column = colon < 0 ? "" : text.substring(colon + 1).strip();
    Optional<AggregateFunction> function = AggregateFunction.of(word);
    if (function.isEmpty()) {
      throw new StepException(
          "aggregations: '%s' is not a function%s The functions are: %s."
              .formatted(
                  word,
                  NearestName.of(word.toLowerCase(Locale.ROOT), AggregateFunction.words())
                      .map(near -> "; did you mean '" + near + "'?")
                      .orElse("."),
                  String.join(", ", AggregateFunction.words())));
    }
    boolean rows = column.isEmpty() || column.equals("*");
    if (rows && function.get() == AggregateFunction.COUNT) {
      return new Aggregation(function.get(), Optional.empty());
    }
    if (rows) {
      throw new StepException(
          "aggregations: '%s' names no column; write %s:column.".formatted(text, word));
    }
    return new Aggregation(
        function.get(), Optional.of(ColumnNames.require(view.columns(), column, source)));
  }

  /** The name of its column in the result, such as {@code sum_amount}. */
  String name() {
    return function.word() + column.map(of -> "_" + of.name()).orElse("");
  }

  String sql(TypedView view) {
    if (column.isEmpty()) {
      return "count(*)";
    }
    String value = quote(column.get().name());
    // Only a column without any value passes the check and is still no number.
    boolean nothing = function.isNumeric() && !column.get().type().isNumber();
    return nothing
        ? "CAST(max(NULL) AS DOUBLE)"
        : function.sql(value, column.get().type(), quote(view.row()));
  }

  /**
   * Checks that a function of numbers has numbers.
   *
   * @param relation the view
   * @throws StepException naming the column and the first value that is no number, with its row
   */
  void requireNumbers(DuckDbSession session, TypedView view, String relation, String source)
      throws StepException {
    if (!function.isNumeric() || column.isEmpty() || column.get().type().isNumber()) {
      return;
    }
    DatasetColumn of = column.get();
    String text = "CAST(" + quote(view.raw(of)) + " AS VARCHAR)";
    List<String> offending =
        session.query(
            """
            SELECT %1$s, left(%2$s, %3$d) FROM %4$s
            WHERE trim(%2$s) <> ''
            ORDER BY regexp_full_match(trim(%2$s), '%5$s'), 1 LIMIT 1
            """
                .formatted(quote(view.row()), text, MAX_QUOTED, relation, NUMBER),
            row -> "row " + row.integer(1) + " holds '" + row.text(2) + "'");
    if (!offending.isEmpty()) {
      throw new StepException(
          ("%s needs numbers, but column '%s' of '%s' is of type %s: %s. Correct the value, or set"
                  + " column_types {\"%s\": \"decimal(p,s)\"} if all its values are numbers.")
              .formatted(
                  function.word(), of.name(), source, of.type(), offending.get(0), of.name()));
    }
  }
}
