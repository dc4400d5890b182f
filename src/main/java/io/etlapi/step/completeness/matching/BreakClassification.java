package io.etlapi.step.completeness.matching;

import static io.etlapi.step.completeness.matching.FieldSql.ascending;
import static io.etlapi.step.completeness.matching.FieldSql.columns;
import static io.etlapi.step.completeness.matching.FieldSql.concat;
import static io.etlapi.step.completeness.matching.FieldSql.quoted;
import static io.etlapi.step.completeness.matching.FieldSql.same;
import static io.etlapi.step.completeness.matching.Matching.BREAK_ROWS;
import static io.etlapi.step.completeness.matching.Matching.UNMATCHED;

import io.etlapi.engine.DuckDbSession;
import java.util.List;

/** Says of every unmatched row which kind of break it is part of. */
final class BreakClassification {

  private static final String VALUE_PAIRS = "break_value_pairs";

  private final DuckDbSession session;
  private final MatchModel model;
  private final RankPairing pairing;

  BreakClassification(DuckDbSession session, MatchModel model, RankPairing pairing) {
    this.session = session;
    this.model = model;
    this.pairing = pairing;
  }

  void classify() {
    session.execute(
        "CREATE OR REPLACE TABLE " + VALUE_PAIRS + " (pass INTEGER, src_id BIGINT, tgt_id BIGINT)");
    List<MatchField> where = model.keyAndGroup();
    List<String> order = ascending(model.fields());
    pairValues(0, MatchModel.union(where, model.harmonisedFields()), order);
    pairValues(1, MatchModel.union(where, model.compared()), order);
    pairValues(2, where, concat(ascending(model.compared()), order));
    findKeysOfOtherSide();
    session.execute(
        """
        CREATE OR REPLACE TABLE %s AS
        SELECT 'VALUE' AS category, 'both' AS side, src_id, tgt_id FROM %s
        UNION ALL
        SELECT
          CASE
            WHEN key_null THEN 'KEY_NULL'
            WHEN row_id IN (SELECT row_id FROM break_known) THEN
              CASE side WHEN 'src' THEN 'DUPLICATE_IN_SRC' ELSE 'DUPLICATE_IN_TGT' END
            ELSE CASE side WHEN 'src' THEN 'MISSING_IN_TGT' ELSE 'MISSING_IN_SRC' END
          END,
          side,
          CASE side WHEN 'src' THEN row_id END,
          CASE side WHEN 'tgt' THEN row_id END
        FROM %s
        WHERE row_id NOT IN (SELECT src_id FROM %2$s UNION ALL SELECT tgt_id FROM %2$s)\
        """
            .formatted(BREAK_ROWS, VALUE_PAIRS, UNMATCHED));
    session.execute("DROP TABLE break_known");
    session.execute("DROP TABLE " + VALUE_PAIRS);
  }

  private void pairValues(int stage, List<MatchField> alike, List<String> order) {
    pairing.pair(
        UNMATCHED,
        "NOT key_null AND row_id NOT IN (SELECT src_id FROM %1$s UNION ALL SELECT tgt_id FROM %1$s)"
            .formatted(VALUE_PAIRS),
        quoted(alike),
        order,
        VALUE_PAIRS,
        stage);
  }

  /** The unmatched rows whose key and group the other side has in any row, matched or not. */
  private void findKeysOfOtherSide() {
    List<MatchField> where = model.keyAndGroup();
    session.execute(
        """
        CREATE OR REPLACE TABLE break_known AS
        WITH wanted AS (
          SELECT DISTINCT side, %1$s FROM %2$s WHERE NOT key_null),
        found AS (
          SELECT DISTINCT w.side, %3$s
          FROM combined AS c JOIN wanted AS w ON c.side <> w.side AND %4$s)
        SELECT u.row_id FROM %2$s AS u JOIN found AS f ON u.side = f.side AND %5$s\
        """
            .formatted(
                columns(where),
                UNMATCHED,
                FieldSql.columnsOf("w", where),
                same("c", "w", where),
                same("u", "f", where)));
  }
}
