package io.etlapi.step.completeness.matching;

import static io.etlapi.step.completeness.matching.FieldSql.before;

import io.etlapi.engine.DuckDbSession;
import io.etlapi.step.StepContext;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The control totals of the combined rows: rows and sums of every side and group. */
final class ControlTotals {

  private final DuckDbSession session;
  private final MatchModel model;

  ControlTotals(DuckDbSession session, MatchModel model) {
    this.session = session;
    this.model = model;
  }

  /** For people; at most {@value Account#MAX_LINES} lines. */
  Map<String, @Nullable Object> details(StepContext context) {
    List<String> groups = model.rules().groupBy();
    List<String> sums =
        model.balanceFields().stream()
            .map(
                field ->
                    "coalesce(sum(%s), 0)".formatted(FieldSql.amount(field.type(), field.column())))
            .toList();
    List<Map<String, @Nullable Object>> lines = new ArrayList<>();
    long[] all = new long[3];
    session.forEach(
        """
        SELECT side, count(*), count(*) FILTER (WHERE key_null),
          count(*) FILTER (WHERE duplicate)%s%s
        FROM combined GROUP BY %sside ORDER BY %sside\
        """
            .formatted(
                FieldSql.after(
                    model.groupFields().stream()
                        .map(field -> "CAST(" + field.column() + " AS VARCHAR)")
                        .toList()),
                FieldSql.after(sums),
                before(FieldSql.quoted(model.groupFields())),
                before(FieldSql.ascending(model.groupFields()))),
        row -> {
          all[0]++;
          all[1] += row.integer(3);
          all[2] += row.integer(4);
          if (lines.size() < Account.MAX_LINES) {
            Map<String, @Nullable Object> line = new LinkedHashMap<>();
            Map<String, @Nullable Object> group = new LinkedHashMap<>();
            for (int i = 0; i < groups.size(); i++) {
              group.put(groups.get(i), row.text(5 + i));
            }
            line.put("side", row.text(1));
            line.put("group", group);
            line.put("rows", row.integer(2));
            for (int i = 0; i < sums.size(); i++) {
              BigDecimal sum = row.decimal(5 + groups.size() + i);
              line.put(model.rules().balance().get(i), sum == null ? "0" : sum.toPlainString());
            }
            lines.add(line);
          }
        });
    context.log(all[1] + " rows with a null in the key, " + all[2] + " duplicate rows");
    Map<String, @Nullable Object> details = new LinkedHashMap<>();
    details.put("key_null_rows", all[1]);
    details.put("duplicate_rows", all[2]);
    details.put("total_lines", all[0]);
    details.put("totals", lines);
    return details;
  }
}
