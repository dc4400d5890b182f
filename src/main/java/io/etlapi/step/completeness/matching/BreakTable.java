package io.etlapi.step.completeness.matching;

import static io.etlapi.step.completeness.matching.FieldSql.before;

import io.etlapi.engine.DuckDbSession;
import io.etlapi.engine.EngineException;
import io.etlapi.engine.SqlIdentifier;
import io.etlapi.step.StepException;
import io.etlapi.step.completeness.control.Explanation;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The breaks as people read them, in the table {@value #BREAKS}: break_id, category, explanation,
 * owner, side ({@code src}, {@code tgt}, or {@code both} for VALUE), key and group fields, {@code
 * src_<f>} and {@code tgt_<f>} of every field, {@code diff_<f>} of every balance field,
 * differing_fields, src_file, src_line, tgt_file, tgt_line, src_row_id, tgt_row_id.
 *
 * <p>{@code diff_<f>} is SRC - TGT with nulls as 0, so a break of one side counts +SRC or -TGT. The
 * id is provisional: the place in a total order of the contents. Rolling gives the lasting one.
 */
public final class BreakTable {

  public static final String BREAKS = "breaks";

  private static final String RAW = "break_raw";

  private final DuckDbSession session;
  private final MatchModel model;

  public BreakTable(DuckDbSession session, MatchModel model) {
    this.session = session;
    this.model = model;
  }

  /**
   * Makes the table; run after {@link Matching}, in its session.
   *
   * @param explanations whose conditions are already confined to the columns of a break
   * @throws StepException if a condition cannot be evaluated
   */
  public void make(List<Explanation> explanations) throws StepException {
    session.execute("CREATE OR REPLACE TABLE %s AS %s".formatted(RAW, raw()));
    List<String> reasons = new ArrayList<>();
    List<String> owners = new ArrayList<>();
    for (int i = 0; i < explanations.size(); i++) {
      Explanation explanation = explanations.get(i);
      check(i, explanation);
      String when = "WHEN (" + explanation.when() + "\n) THEN ";
      reasons.add(when + SqlIdentifier.literal(explanation.as()));
      owners.add(
          when
              + (explanation.owner() == null
                  ? "NULL"
                  : SqlIdentifier.literal(explanation.owner())));
    }
    session.execute(
        """
        CREATE OR REPLACE TABLE %s AS
        SELECT 'P' || lpad(CAST(row_number() OVER (ORDER BY %s) AS VARCHAR), 9, '0') AS break_id,
          category, %s AS explanation, %s AS owner, * EXCLUDE (category)
        FROM %s ORDER BY break_id\
        """
            .formatted(BREAKS, order(), cases(reasons), cases(owners), RAW));
    session.execute("DROP TABLE " + RAW);
  }

  private static String cases(List<String> whens) {
    return whens.isEmpty() ? "CAST(NULL AS VARCHAR)" : "CASE " + String.join(" ", whens) + " END";
  }

  private void check(int number, Explanation explanation) throws StepException {
    try {
      session.number("SELECT count(*) FROM %s WHERE (%s\n)".formatted(RAW, explanation.when()));
    } catch (EngineException e) {
      throw new StepException(
          "explain[%d], \"%s\": its condition cannot be evaluated: %s"
              .formatted(number, explanation.as(), e.getMessage()),
          e);
    }
  }

  private String raw() {
    List<MatchField> where = model.keyAndGroup();
    List<String> items = new ArrayList<>();
    for (MatchField field : where) {
      items.add(
          "CASE b.side WHEN 'tgt' THEN %s ELSE %s END AS %s"
              .formatted(field.of("t"), field.of("s"), field.column()));
    }
    model.fields().forEach(field -> items.add(field.of("s") + " AS " + field.prefixed("src_")));
    model.fields().forEach(field -> items.add(field.of("t") + " AS " + field.prefixed("tgt_")));
    for (MatchField field : model.balanceFields()) {
      items.add(
          "coalesce(%s, 0) - coalesce(%s, 0) AS %s"
              .formatted(
                  FieldSql.amount(field.type(), field.of("s")),
                  FieldSql.amount(field.type(), field.of("t")),
                  field.prefixed("diff_")));
    }
    return """
    SELECT b.category, b.side, %sCASE b.side WHEN 'both' THEN %s END AS differing_fields,
      s._file AS src_file, s._line AS src_line, t._file AS tgt_file, t._line AS tgt_line,
      b.src_id AS src_row_id, b.tgt_id AS tgt_row_id
    FROM %s AS b
    LEFT JOIN %s AS s ON s.row_id = b.src_id
    LEFT JOIN %4$s AS t ON t.row_id = b.tgt_id\
    """
        .formatted(before(items), differing(), Matching.BREAK_ROWS, Matching.UNMATCHED);
  }

  private String differing() {
    List<MatchField> fields = model.differing();
    return fields.isEmpty()
        ? "''"
        : fields.stream()
            .map(
                field ->
                    "CASE WHEN %s IS DISTINCT FROM %s THEN %s END"
                        .formatted(
                            field.of("s"), field.of("t"), SqlIdentifier.literal(field.name())))
            .collect(Collectors.joining(", ", "concat_ws(', ', ", ")"));
  }

  /** By record, then by content; the row numbers decide only between equals. */
  private String order() {
    List<String> order = new ArrayList<>();
    model.groupFields().forEach(field -> order.add(field.column() + " NULLS FIRST"));
    model.keyFields().forEach(field -> order.add(field.column() + " NULLS FIRST"));
    order.add("category");
    order.add("side");
    for (String side : List.of("src_", "tgt_")) {
      model.fields().forEach(field -> order.add(field.prefixed(side) + " NULLS FIRST"));
    }
    order.add("src_row_id");
    order.add("tgt_row_id");
    return String.join(", ", order);
  }
}
