package io.etlapi.step.completeness.matching;

import io.etlapi.engine.DuckDbSession;
import io.etlapi.engine.SqlIdentifier;
import io.etlapi.step.completeness.control.Comparison;
import io.etlapi.step.completeness.control.Pass;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The matches as people read them: one row for every row that is in a match, with match_id, pass,
 * side, row_id and differences. {@code differences} names the compared and balance fields in which
 * the two sides of the match are not equal, with SRC - TGT for numbers (sums in a match of several
 * rows) and days; it is null where there are none.
 */
public final class MatchTable {

  private static final String DIFFERENCES = "match_difference";

  private final DuckDbSession session;
  private final MatchModel model;

  public MatchTable(DuckDbSession session, MatchModel model) {
    this.session = session;
    this.model = model;
  }

  /** The query, in the order of row_id; run after {@link Matching}, in its session. */
  public String select() {
    findDifferences();
    return """
    SELECT m.match_id, %1$s AS pass, m.side, m.row_id, d.differences
    FROM (
      SELECT src_id AS match_id, pass, 'src' AS side, src_id AS row_id FROM %2$s
      UNION ALL
      SELECT src_id, pass, 'tgt', tgt_id FROM %2$s
      UNION ALL
      SELECT match_id, pass, side, row_id FROM %3$s) AS m
    LEFT JOIN %4$s AS d ON d.match_id = m.match_id
    ORDER BY m.row_id\
    """
        .formatted(passName(), Matching.PAIRS, Matching.GROUP_MEMBERS, DIFFERENCES);
  }

  private String passName() {
    StringBuilder name = new StringBuilder("CASE m.pass");
    List<Pass> passes = model.rules().passes();
    for (int i = 0; i < passes.size(); i++) {
      name.append(" WHEN ").append(i).append(" THEN ");
      name.append(SqlIdentifier.literal(passes.get(i).id()));
    }
    return name.append(" END").toString();
  }

  private void findDifferences() {
    session.execute(
        "CREATE OR REPLACE TABLE " + DIFFERENCES + " (match_id BIGINT, differences VARCHAR)");
    List<Pass> passes = model.rules().passes();
    for (int number = 0; number < passes.size(); number++) {
      Pass pass = passes.get(number);
      if (pass.cardinality() != Pass.Cardinality.ONE_TO_ONE) {
        betweenSums(number, pass);
      } else if (mayDiffer(pass)) {
        betweenRows(number, pass);
      }
    }
  }

  private boolean mayDiffer(Pass pass) {
    Set<String> compared =
        pass.compare().stream().map(Comparison::field).collect(Collectors.toSet());
    return pass.compare().stream().anyMatch(c -> c.kind() != Comparison.Kind.EXACT)
        || !compared.containsAll(model.rules().balance());
  }

  private void betweenRows(int number, Pass pass) {
    List<MatchField> fields = MatchModel.union(model.comparedIn(pass), model.balanceFields());
    String pieces =
        fields.stream().map(MatchTable::betweenValues).collect(Collectors.joining(",\n  "));
    session.execute(
        """
        INSERT INTO %s
        SELECT p.src_id, concat_ws('; ', %s)
        FROM %s AS p
        JOIN combined AS s ON s.row_id = p.src_id
        JOIN combined AS t ON t.row_id = p.tgt_id
        WHERE p.pass = %d AND NOT (%s)\
        """
            .formatted(
                DIFFERENCES, pieces, Matching.PAIRS, number, FieldSql.same("s", "t", fields)));
  }

  private static String betweenValues(MatchField field) {
    String s = field.of("s");
    String t = field.of("t");
    String values = "concat(coalesce(%s, 'null'), ' / ', coalesce(%s, 'null'))";
    String asText = values.formatted("CAST(" + s + " AS VARCHAR)", "CAST(" + t + " AS VARCHAR)");
    String difference =
        field.type().isNumeric()
            ? "coalesce(CAST(%s - %s AS VARCHAR), %s)"
                .formatted(
                    FieldSql.amount(field.type(), s), FieldSql.amount(field.type(), t), asText)
            : field.type().isTemporal()
                ? "coalesce(concat(CAST(%s AS VARCHAR), ' days'), %s)"
                    .formatted(FieldSql.signedDays(s, t), asText)
                : asText;
    return "CASE WHEN %s IS DISTINCT FROM %s THEN concat(%s, ': ', %s) END"
        .formatted(s, t, SqlIdentifier.literal(field.name()), difference);
  }

  private void betweenSums(int number, Pass pass) {
    List<MatchField> fields =
        MatchModel.union(model.comparedIn(pass), model.balanceFields()).stream()
            .filter(field -> field.type().isNumeric())
            .toList();
    if (fields.isEmpty()) {
      return;
    }
    List<String> sums = new ArrayList<>();
    Set<String> pieces = new LinkedHashSet<>();
    for (MatchField field : fields) {
      String amount = FieldSql.amount(field.type(), field.column());
      String difference = field.prefixed("diff_");
      sums.add(
          "sum(CASE side WHEN 'src' THEN %1$s ELSE -%1$s END) AS %2$s"
              .formatted(amount, difference));
      pieces.add(
          "CASE WHEN %1$s <> 0 THEN concat(%2$s, ': ', CAST(%1$s AS VARCHAR)) END"
              .formatted(difference, SqlIdentifier.literal(field.name())));
    }
    session.execute(
        """
        INSERT INTO %s
        SELECT match_id, nullif(concat_ws('; ', %s), '')
        FROM (
          SELECT match_id, %s
          FROM (SELECT match_id, row_id FROM %s WHERE pass = %d)
          JOIN combined USING (row_id) GROUP BY match_id)\
        """
            .formatted(
                DIFFERENCES,
                String.join(",\n  ", pieces),
                String.join(",\n  ", sums),
                Matching.GROUP_MEMBERS,
                number));
  }
}
