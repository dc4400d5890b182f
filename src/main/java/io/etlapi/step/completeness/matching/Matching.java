package io.etlapi.step.completeness.matching;

import static io.etlapi.step.completeness.matching.FieldSql.ascending;
import static io.etlapi.step.completeness.matching.FieldSql.concat;
import static io.etlapi.step.completeness.matching.FieldSql.noneNull;
import static io.etlapi.step.completeness.matching.FieldSql.quoted;

import io.etlapi.engine.DuckDbSession;
import io.etlapi.step.completeness.control.Comparison;
import io.etlapi.step.completeness.control.Pass;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * Runs the passes of a control over combined rows and classifies what is left.
 *
 * <p>Reads the relation {@code combined} (see {@link CombinedRows}) of a session and makes there
 *
 * <ul>
 *   <li>{@value #PAIRS}: pass, src_id, tgt_id: the matches of one row with one;
 *   <li>{@value #GROUP_MEMBERS}: match_id, pass, side, row_id: the rows of all other matches;
 *   <li>{@value #UNMATCHED}: the rows that no pass took, with all columns;
 *   <li>{@value #BREAK_ROWS}: category, side, src_id, tgt_id.
 * </ul>
 *
 * A match is known by the lowest {@code row_id} of its source rows. {@code pass} counts from 0.
 */
public final class Matching {

  static final String PAIRS = "match_pairs";
  static final String GROUP_MEMBERS = "match_group_members";
  static final String UNMATCHED = "match_unmatched";
  static final String BREAK_ROWS = "break_rows";

  private static final Set<Comparison.Kind> EQUALITIES =
      Set.of(Comparison.Kind.EXACT, Comparison.Kind.TEXT);

  private final DuckDbSession session;
  private final MatchModel model;
  private final RankPairing pairing;
  private final long lastSrcId;

  /** Where the rows that are still free are found: the input itself until something was taken. */
  private String free = "combined";

  public Matching(DuckDbSession session, MatchModel model) {
    this.session = session;
    this.model = model;
    this.lastSrcId = session.number("SELECT max(row_id) FROM combined WHERE side = 'src'");
    this.pairing = new RankPairing(session, lastSrcId);
  }

  /**
   * Runs all passes, then classifies.
   *
   * @param progress told before each pass: its number from 0 and its id
   */
  public void run(BiConsumer<Integer, String> progress) throws InterruptedException {
    session.execute(
        "CREATE OR REPLACE TABLE " + PAIRS + " (pass INTEGER, src_id BIGINT, tgt_id BIGINT)");
    session.execute(
        "CREATE OR REPLACE TABLE "
            + GROUP_MEMBERS
            + " (match_id BIGINT, pass INTEGER, side VARCHAR, row_id BIGINT)");
    List<Pass> passes = model.rules().passes();
    for (int number = 0; number < passes.size(); number++) {
      Pass pass = passes.get(number);
      progress.accept(number, pass.id());
      if (pass.cardinality() == Pass.Cardinality.ONE_TO_ONE) {
        oneToOne(number, pass);
      } else {
        new GroupMatching(session, model).match(free, eligible(pass), number, pass);
        take(number);
      }
    }
    new BreakClassification(session, model, pairing).classify();
  }

  private String eligible(Pass pass) {
    return "NOT key_null AND " + noneNull(model.named(pass.on()));
  }

  private void oneToOne(int number, Pass pass) throws InterruptedException {
    List<MatchField> where = model.onAndGroup(pass);
    List<MatchField> compared = MatchModel.union(where, model.comparedIn(pass));
    // Equal in all harmonised fields is not enough when a compared field is enriched or derived.
    equal(number, pass, MatchModel.union(compared, model.harmonisedFields()));
    equal(number, pass, compared);
    List<Comparison> tolerant =
        MatchModel.comparisons(pass, compare -> !EQUALITIES.contains(compare.kind()));
    boolean folds =
        pass.compare().stream().anyMatch(compare -> compare.kind() == Comparison.Kind.TEXT);
    List<String> alike = alike(where, pass);
    if (!tolerant.isEmpty()) {
      new ToleranceSweep(session, model, lastSrcId)
          .sweep(free, eligible(pass), alike, tolerant, PAIRS, number);
      take(number);
    } else if (folds) {
      pairing.pair(free, eligible(pass), alike, ascending(model.fields()), PAIRS, number);
      take(number);
    }
  }

  private void equal(int number, Pass pass, List<MatchField> alike) {
    List<MatchField> others =
        model.fields().stream().filter(field -> !alike.contains(field)).toList();
    pairing.pair(free, eligible(pass), quoted(alike), ascending(others), PAIRS, number);
    take(number);
  }

  /** What the rows of a sweep share: {@code on}, group, and the fields compared as equal. */
  private List<String> alike(List<MatchField> where, Pass pass) {
    List<Comparison> equalities =
        MatchModel.comparisons(pass, compare -> EQUALITIES.contains(compare.kind()));
    return concat(
        quoted(where),
        equalities.stream()
            .map(
                compare -> {
                  MatchField field = model.field(compare.field());
                  return compare.kind() == Comparison.Kind.TEXT
                      ? FieldSql.folded(field, field.column())
                      : field.column();
                })
            .toList());
  }

  /** Takes away what the last stage matched. */
  private void take(int pass) {
    String taken =
        """
        SELECT src_id AS row_id FROM %1$s WHERE pass = %3$d
        UNION ALL SELECT tgt_id FROM %1$s WHERE pass = %3$d
        UNION ALL SELECT row_id FROM %2$s WHERE pass = %3$d\
        """
            .formatted(PAIRS, GROUP_MEMBERS, pass);
    if (free.equals(UNMATCHED)) {
      session.execute("DELETE FROM %s WHERE row_id IN (%s)".formatted(UNMATCHED, taken));
    } else {
      session.execute(
          "CREATE OR REPLACE TABLE %s AS SELECT * FROM combined ANTI JOIN (%s) USING (row_id)"
              .formatted(UNMATCHED, taken));
      free = UNMATCHED;
    }
  }
}
