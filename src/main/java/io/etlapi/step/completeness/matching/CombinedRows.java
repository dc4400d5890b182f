package io.etlapi.step.completeness.matching;

import static io.etlapi.step.completeness.matching.FieldSql.before;

import io.etlapi.engine.DuckDbSession;
import io.etlapi.engine.SqlIdentifier;
import io.etlapi.step.completeness.control.Side;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Stacks both sides into one relation: {@code side}, {@code row_id}, every field, {@code _file},
 * {@code _line}, {@code carried}, {@code key_null}, {@code duplicate}.
 *
 * <p>{@code row_id} is unique over the stack and all of SRC comes before TGT: source rows in the
 * order of their file, then carried source rows, then the target's likewise. What follows tells the
 * side from the number where that is quicker.
 */
public final class CombinedRows {

  private static final String DUPLICATES = "combined_duplicate";

  private final DuckDbSession session;
  private final MatchModel model;
  private final Map<Side, Input> inputs;

  /**
   * The rows of one side.
   *
   * @param relation SQL of a relation (a table, or a query in parentheses) with the fields this
   *     side has, {@code _file}, {@code _line} and {@code row_number} from 1 without gaps
   * @param rows how many it has
   * @param fields names of the fields it has; others are null
   * @param carried the same for rows of open breaks that a delta feed carries in; null if none
   * @param carriedRows how many of them
   */
  public record Input(
      String relation, long rows, List<String> fields, @Nullable String carried, long carriedRows) {

    public Input {
      fields = List.copyOf(fields);
    }

    /** A side into which nothing is carried. */
    public static Input of(String relation, long rows, List<String> fields) {
      return new Input(relation, rows, fields, null, 0);
    }
  }

  public CombinedRows(DuckDbSession session, MatchModel model, Input src, Input tgt) {
    this.session = session;
    this.model = model;
    this.inputs = Map.of(Side.SRC, src, Side.TGT, tgt);
  }

  /**
   * The relation as a query, rows in the order of {@code row_id}. Prepares what it reads, so it is
   * valid in this session only.
   */
  public String select() {
    prepareStack();
    findDuplicates();
    return """
    SELECT side, row_id, %s_file, _line, carried, key_null,
      row_id IN (SELECT row_id FROM %s) AS duplicate
    FROM combined_stack\
    """
        .formatted(before(FieldSql.quoted(model.fields())), DUPLICATES);
  }

  /** Carried rows of a side that a new row of the same key and group replaced. */
  public long superseded(Side side) {
    Input input = input(side);
    return input.carried() == null
        ? 0
        : input.carriedRows()
            - session.number(
                "SELECT count(*) FROM combined_stack WHERE carried AND side = ?", side.key());
  }

  private Input input(Side side) {
    Input input = inputs.get(side);
    if (input == null) {
      throw new IllegalStateException("no rows of " + side.key());
    }
    return input;
  }

  private void prepareStack() {
    List<String> parts = new ArrayList<>();
    long before = 0;
    for (Side side : Side.values()) {
      Input input = input(side);
      session.execute(
          "CREATE OR REPLACE VIEW combined_%s AS %s"
              .formatted(side.key(), typed(side, input.relation(), input, before, false)));
      parts.add("SELECT * FROM combined_" + side.key());
      before += input.rows();
      if (input.carried() != null) {
        session.execute(
            "CREATE OR REPLACE TABLE combined_%s_carried AS %s"
                .formatted(side.key(), typed(side, input.carried(), input, before, true)));
        replaceCarried(side);
        parts.add("SELECT * FROM combined_" + side.key() + "_carried");
        before += input.carriedRows();
      }
    }
    session.execute(
        "CREATE OR REPLACE VIEW combined_stack AS " + String.join("\nUNION ALL ", parts));
  }

  private String typed(Side side, String relation, Input input, long before, boolean carried) {
    String fields =
        model.fields().stream()
            .map(
                field ->
                    "CAST("
                        + (input.fields().contains(field.name()) ? field.column() : "NULL")
                        + " AS "
                        + field.type().sql()
                        + ") AS "
                        + field.column())
            .collect(Collectors.joining(", "));
    return """
    SELECT %s AS side, CAST(row_number + %d AS BIGINT) AS row_id, %s,
      _file, CAST(_line AS BIGINT) AS _line, %s AS carried, %s AS key_null
    FROM %s\
    """
        .formatted(
            SqlIdentifier.literal(side.key()),
            before,
            fields,
            carried,
            FieldSql.anyNull(model.keyFields()),
            relation);
  }

  /** The new row is the truth about the record; the carried one would count it twice. */
  private void replaceCarried(Side side) {
    session.execute(
        """
        DELETE FROM combined_%1$s_carried AS old
        WHERE NOT old.key_null AND EXISTS (
          SELECT 1 FROM combined_%1$s AS fresh WHERE %2$s)\
        """
            .formatted(side.key(), FieldSql.same("fresh", "old", model.keyAndGroup())));
  }

  /** First by hash, which is narrow; then the few that remain by value. */
  private void findDuplicates() {
    String key = FieldSql.columns(model.keyAndGroup());
    String hash =
        FieldSql.hash(FieldSql.concat(List.of("side"), FieldSql.quoted(model.keyAndGroup())));
    session.execute(
        """
        CREATE OR REPLACE TABLE %1$s AS
        WITH repeated AS (
          SELECT %3$s AS class FROM combined_stack WHERE NOT key_null
          GROUP BY class HAVING count(*) > 1)
        SELECT row_id FROM (
          SELECT row_id, count(*) OVER (PARTITION BY side, %2$s) AS rows
          FROM combined_stack
          WHERE NOT key_null AND %3$s IN (SELECT class FROM repeated))
        WHERE rows > 1\
        """
            .formatted(DUPLICATES, key, hash));
  }
}
