package io.etlapi.step.classic;

import static io.etlapi.engine.SqlIdentifier.literal;
import static io.etlapi.engine.SqlIdentifier.quote;

import io.etlapi.engine.DuckDbSession;
import io.etlapi.step.StepException;
import io.etlapi.step.StepParameters;
import io.etlapi.step.dataset.Dataset;
import io.etlapi.step.dataset.DatasetColumn;
import io.etlapi.step.dataset.TypedView;
import io.etlapi.step.parameters.NameList;
import java.util.List;
import java.util.stream.Collectors;

/** The columns by which an upsert knows a row; in the rows to load each key occurs once. */
record LoadKey(List<DatasetColumn> columns) {

  /**
   * Reads the key of a request; empty unless rows are upserted.
   *
   * @param relation the created view of the rows
   * @throws StepException if it is missing, or a row has no key, or two rows have the same
   */
  static LoadKey of(
      DuckDbSession session,
      StepParameters parameters,
      LoadStrategy strategy,
      Dataset dataset,
      TypedView view,
      String relation)
      throws StepException {
    if (strategy != LoadStrategy.UPSERT) {
      return new LoadKey(List.of());
    }
    List<String> names = NameList.of(parameters, "key");
    if (names.isEmpty()) {
      throw new StepException(
          "upsert needs key: the columns by which a row is known, such as order_id.");
    }
    LoadKey key = new LoadKey(dataset.require(view.columns(), names));
    key.requireUnique(session, view, relation);
    return key;
  }

  private void requireUnique(DuckDbSession session, TypedView view, String relation)
      throws StepException {
    String keys =
        columns.stream().map(column -> quote(column.name())).collect(Collectors.joining(", "));
    String shown =
        columns.stream()
            .map(
                column ->
                    literal(column.name() + " = '")
                        + " || coalesce(CAST(any_value("
                        + quote(view.raw(column))
                        + ") AS VARCHAR), '') || ''''")
            .collect(Collectors.joining(" || ', ' || "));
    String row = quote(view.row());
    String anyNull =
        columns.stream()
            .map(column -> "count(" + quote(column.name()) + ") < count(*)")
            .collect(Collectors.joining(" OR "));
    List<String> faults =
        session.query(
            """
            SELECT %1$s, count(*), array_to_string(list_sort(list(%2$s))[:5], ', '), %3$s, min(%2$s)
            FROM %4$s GROUP BY %5$s HAVING count(*) > 1 OR %3$s ORDER BY min(%2$s) LIMIT 1
            """
                .formatted(shown, row, anyNull, relation, keys),
            found ->
                found.flag(4)
                    ? "Row %d has no value in its key (%s); upsert cannot know which row it means."
                        .formatted(
                            found.integer(5),
                            columns.stream()
                                .map(DatasetColumn::name)
                                .collect(Collectors.joining(", ")))
                    : "The key %s occurs %d times in the rows to load (rows %s); upsert would not know which one counts."
                        .formatted(found.text(1), found.integer(2), found.text(3)));
    if (!faults.isEmpty()) {
      throw new StepException(faults.get(0));
    }
  }
}
