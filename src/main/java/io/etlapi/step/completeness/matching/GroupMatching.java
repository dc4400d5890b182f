package io.etlapi.step.completeness.matching;

import io.etlapi.engine.DuckDbSession;
import io.etlapi.step.completeness.control.Comparison;
import io.etlapi.step.completeness.control.Pass;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Passes 1:n, n:1 and n:m: all free rows of a group form one match, or none do. Numbers compare
 * their sums; days must hold for every pair of the two sides; what else is compared as equal joins
 * the group.
 */
final class GroupMatching {

  private final DuckDbSession session;
  private final MatchModel model;

  GroupMatching(DuckDbSession session, MatchModel model) {
    this.session = session;
    this.model = model;
  }

  void match(String free, String eligible, int number, Pass pass) {
    List<String> alike = new ArrayList<>(FieldSql.quoted(model.onAndGroup(pass)));
    Set<String> measures = new LinkedHashSet<>();
    List<String> conditions = new ArrayList<>(List.of(counts(pass.cardinality())));
    for (Comparison compare : pass.compare()) {
      MatchField field = model.field(compare.field());
      if (field.type().isNumeric()) {
        measures.addAll(sums(field));
        conditions.add(sumsAgree(compare, field));
      } else if (compare.kind() == Comparison.Kind.DAYS) {
        measures.addAll(dates(field));
        conditions.add(daysAgree(compare, field));
      } else {
        alike.add(
            compare.kind() == Comparison.Kind.TEXT
                ? FieldSql.folded(field, field.column())
                : field.column());
      }
    }
    String members =
        "SELECT *, %s AS class FROM %s WHERE %s".formatted(FieldSql.hash(alike), free, eligible);
    session.execute(
        """
        INSERT INTO %1$s
        WITH member AS (%2$s),
        grouped AS (
          SELECT class, min(row_id) AS match_id,
            count(*) FILTER (WHERE side = 'src') AS src_rows,
            count(*) FILTER (WHERE side = 'tgt') AS tgt_rows%3$s
          FROM member GROUP BY class)
        SELECT match_id, %4$d, side, row_id
        FROM member JOIN (SELECT class, match_id FROM grouped WHERE %5$s) USING (class)\
        """
            .formatted(
                Matching.GROUP_MEMBERS,
                members,
                FieldSql.after(measures),
                number,
                String.join("\n  AND ", conditions)));
  }

  private static String counts(Pass.Cardinality cardinality) {
    return switch (cardinality) {
      case ONE_TO_MANY -> "src_rows = 1 AND tgt_rows >= 1";
      case MANY_TO_ONE -> "src_rows >= 1 AND tgt_rows = 1";
      case ONE_TO_ONE, MANY_TO_MANY -> "src_rows >= 1 AND tgt_rows >= 1";
    };
  }

  private static List<String> sums(MatchField field) {
    String amount = FieldSql.amount(field.type(), field.column());
    return List.of(
        "sum(" + amount + ") FILTER (WHERE side = 'src') AS " + field.prefixed("src_sum_"),
        "sum(" + amount + ") FILTER (WHERE side = 'tgt') AS " + field.prefixed("tgt_sum_"),
        "count(" + amount + ") AS " + field.prefixed("values_"));
  }

  /** A null among them prevents the match, even if all are null. */
  private static String sumsAgree(Comparison compare, MatchField field) {
    MatchField sum = new MatchField(field.name(), FieldSql.amountType(field.type()));
    return field.prefixed("values_")
        + " = src_rows + tgt_rows AND "
        + FieldSql.agree(compare, sum, field.prefixed("src_sum_"), field.prefixed("tgt_sum_"));
  }

  private static List<String> dates(MatchField field) {
    List<String> measures = new ArrayList<>();
    for (String side : List.of("src", "tgt")) {
      for (String bound : List.of("min", "max")) {
        measures.add(
            "%s(CAST(%s AS DATE)) FILTER (WHERE side = '%s') AS %s"
                .formatted(bound, field.column(), side, field.prefixed(side + "_" + bound + "_")));
      }
    }
    measures.add("count(" + field.column() + ") AS " + field.prefixed("values_"));
    return measures;
  }

  /** The two extreme pairs decide for all; nulls agree only among themselves. */
  private static String daysAgree(Comparison compare, MatchField field) {
    String tolerance = compare.tolerance().toPlainString();
    return """
    (%1$s = 0 OR (%1$s = src_rows + tgt_rows AND %2$s - %3$s <= %6$s AND %4$s - %5$s <= %6$s))\
    """
        .formatted(
            field.prefixed("values_"),
            field.prefixed("src_max_"),
            field.prefixed("tgt_min_"),
            field.prefixed("tgt_max_"),
            field.prefixed("src_min_"),
            tolerance);
  }
}
