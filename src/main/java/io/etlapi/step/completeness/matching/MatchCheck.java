package io.etlapi.step.completeness.matching;

import io.etlapi.engine.DuckDbSession;
import io.etlapi.engine.SqlIdentifier;
import io.etlapi.step.completeness.control.Comparison;
import io.etlapi.step.completeness.control.Pass;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Account 6: takes every match as it was written and holds its rows, value by value, against the
 * pass that it claims. This is what lets the matching tell rows apart by a hash.
 */
final class MatchCheck {

  private final DuckDbSession session;
  private final MatchModel model;

  MatchCheck(DuckDbSession session, MatchModel model) {
    this.session = session;
    this.model = model;
  }

  /** One line a pass. */
  List<Map<String, @Nullable Object>> check() {
    List<Map<String, @Nullable Object>> lines = new ArrayList<>();
    Map<String, Long> goodPairs = goodPairs();
    for (Pass pass : model.rules().passes()) {
      boolean single = pass.cardinality() == Pass.Cardinality.ONE_TO_ONE;
      long rows = session.number("SELECT count(*) FROM matches WHERE pass = ?", pass.id());
      // A match bears the number of its first source row, so this counts each match once.
      long matches =
          session.number(
              "SELECT count(*) FROM matches WHERE pass = ? AND row_id = match_id AND side = 'src'",
              pass.id());
      long good = rows == 0 ? 0 : single ? goodPairs.getOrDefault(pass.id(), 0L) : goodGroups(pass);
      boolean complete = single ? rows == 2 * matches : rows == 0 || groups(pass) == matches;
      Map<String, @Nullable Object> line = new LinkedHashMap<>();
      line.put("pass", pass.id());
      line.put("matches", matches);
      line.put("satisfied", good);
      line.put("closes", good == matches && complete);
      lines.add(line);
    }
    return lines;
  }

  private long groups(Pass pass) {
    return session.number("SELECT count(DISTINCT match_id) FROM matches WHERE pass = ?", pass.id());
  }

  /** All passes of one row with one in a single join: it is the widest of the proof. */
  private Map<String, Long> goodPairs() {
    List<MatchField> used = MatchModel.union(model.keyFields(), model.groupFields());
    StringBuilder holds = new StringBuilder();
    for (Pass pass : model.rules().passes()) {
      if (pass.cardinality() == Pass.Cardinality.ONE_TO_ONE) {
        used = MatchModel.union(used, model.named(pass.on()));
        used = MatchModel.union(used, model.comparedIn(pass));
        holds
            .append(" WHEN ")
            .append(SqlIdentifier.literal(pass.id()))
            .append(" THEN ")
            .append(String.join(" AND ", conditions(pass)));
      }
    }
    Map<String, Long> good = new LinkedHashMap<>();
    if (!holds.isEmpty()) {
      session.forEach(
          """
          SELECT m.pass, count(*) FROM matches AS m
          JOIN (SELECT row_id, %1$s FROM combined WHERE side = 'src') AS s ON s.row_id = m.match_id
          JOIN (SELECT row_id, %1$s FROM combined WHERE side = 'tgt') AS t ON t.row_id = m.row_id
          WHERE m.side = 'tgt' AND CASE m.pass%2$s ELSE false END
          GROUP BY m.pass\
          """
              .formatted(FieldSql.columns(used), holds),
          row -> good.put(String.valueOf(row.text(1)), row.integer(2)));
    }
    return good;
  }

  private List<String> conditions(Pass pass) {
    List<String> conditions = new ArrayList<>();
    model.named(pass.on()).forEach(field -> conditions.add(field.of("s") + " = " + field.of("t")));
    conditions.add(FieldSql.same("s", "t", model.groupFields()));
    for (String side : List.of("s", "t")) {
      model.keyFields().forEach(field -> conditions.add(field.of(side) + " IS NOT NULL"));
    }
    for (Comparison compare : pass.compare()) {
      MatchField field = model.field(compare.field());
      conditions.add(FieldSql.agree(compare, field, field.of("s"), field.of("t")));
    }
    return conditions;
  }

  private long goodGroups(Pass pass) {
    List<MatchField> on = MatchModel.union(model.named(pass.on()), model.keyFields());
    List<String> alike = new ArrayList<>(FieldSql.quoted(model.onAndGroup(pass)));
    Set<String> sums = new LinkedHashSet<>();
    List<String> onSums = new ArrayList<>();
    List<String> conditions = new ArrayList<>();
    on.forEach(field -> conditions.add("count(" + field.column() + ") = count(*)"));
    conditions.add(counts(pass.cardinality()));
    for (Comparison compare : pass.compare()) {
      MatchField field = model.field(compare.field());
      if (field.type().isNumeric()) {
        conditions.add("count(" + field.column() + ") = count(*)");
        MatchField sum = new MatchField(field.name(), FieldSql.amountType(field.type()));
        String src = field.prefixed("src_sum_");
        String tgt = field.prefixed("tgt_sum_");
        sums.add(total(field, "src") + " AS " + src);
        sums.add(total(field, "tgt") + " AS " + tgt);
        onSums.add(FieldSql.agree(compare, sum, src, tgt));
      } else if (compare.kind() == Comparison.Kind.DAYS) {
        conditions.add(daysHold(compare, field.column()));
      } else {
        alike.add(
            compare.kind() == Comparison.Kind.TEXT
                ? FieldSql.folded(field, field.column())
                : field.column());
      }
    }
    for (String value : alike) {
      conditions.add(
          "(count(%1$s) IN (0, count(*)) AND min(%1$s) IS NOT DISTINCT FROM max(%1$s))"
              .formatted(value));
    }
    return session.number(
        """
        SELECT count(*) FROM (
          SELECT match_id%s FROM combined
          JOIN (SELECT match_id, row_id FROM matches WHERE pass = ?) USING (row_id)
          GROUP BY match_id HAVING %s)
        WHERE %s\
        """
            .formatted(
                FieldSql.after(sums),
                String.join(" AND ", conditions),
                onSums.isEmpty() ? "true" : String.join(" AND ", onSums)),
        pass.id());
  }

  private static String counts(Pass.Cardinality cardinality) {
    String src = "count(*) FILTER (WHERE side = 'src')";
    String tgt = "count(*) FILTER (WHERE side = 'tgt')";
    return switch (cardinality) {
      case ONE_TO_MANY -> src + " = 1 AND " + tgt + " >= 1";
      case MANY_TO_ONE -> src + " >= 1 AND " + tgt + " = 1";
      case ONE_TO_ONE, MANY_TO_MANY -> src + " >= 1 AND " + tgt + " >= 1";
    };
  }

  private static String daysHold(Comparison compare, String column) {
    return """
    (count(%1$s) = 0 OR (count(%1$s) = count(*)
      AND max(CAST(%1$s AS DATE)) FILTER (WHERE side = 'src')
        - min(CAST(%1$s AS DATE)) FILTER (WHERE side = 'tgt') <= %2$s
      AND max(CAST(%1$s AS DATE)) FILTER (WHERE side = 'tgt')
        - min(CAST(%1$s AS DATE)) FILTER (WHERE side = 'src') <= %2$s))\
    """
        .formatted(column, compare.tolerance().toPlainString());
  }

  private static String total(MatchField field, String side) {
    return "sum("
        + FieldSql.amount(field.type(), field.column())
        + ") FILTER (WHERE side = '"
        + side
        + "')";
  }
}
