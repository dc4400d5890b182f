package io.etlapi.step.completeness.matching;

import static io.etlapi.step.completeness.matching.FieldSql.before;

import io.etlapi.engine.DuckDbSession;
import io.etlapi.engine.Row;
import io.etlapi.engine.SqlIdentifier;
import io.etlapi.step.completeness.ExpectedTotal;
import io.etlapi.step.completeness.control.Pass;
import io.etlapi.step.completeness.control.Side;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Computes the accounts from the tables as they were written, not from anything the matching holds
 * in hand: relations {@code combined}, {@code matches} (see {@link MatchTable}) and {@code breaks}
 * (see {@link BreakTable}) of a session. Leaves the relation {@value #TOTALS} behind.
 */
public final class ProofAccounts {

  /**
   * Per side and group: rows, matched_rows, break_rows, key_null_rows, duplicate_rows and for every
   * balance field total_f, matched_f, breaks_f.
   */
  public static final String TOTALS = "totals";

  private final DuckDbSession session;
  private final MatchModel model;

  public ProofAccounts(DuckDbSession session, MatchModel model) {
    this.session = session;
    this.model = model;
  }

  /** The proof without account 4. */
  public Proof compute(String controlId, String runDate, Map<Side, SideFigures> figures) {
    total();
    Map<String, Map<String, @Nullable Object>> sides = new LinkedHashMap<>();
    for (Side side : Side.values()) {
      sides.put(side.key(), sideFigures(side, figures.getOrDefault(side, SideFigures.allOf(0))));
    }
    Map<String, Long> byPass = new LinkedHashMap<>();
    model.rules().passes().forEach(pass -> byPass.put(pass.id(), 0L));
    session.forEach(
        "SELECT pass, count(*) FROM matches WHERE row_id = match_id AND side = 'src' GROUP BY pass",
        row -> byPass.put(String.valueOf(row.text(1)), row.integer(2)));
    Map<String, Long> byCategory = new LinkedHashMap<>();
    Proof.CATEGORIES.forEach(category -> byCategory.put(category, 0L));
    session.forEach(
        "SELECT category, count(*) FROM breaks GROUP BY category",
        row -> byCategory.put(String.valueOf(row.text(1)), row.integer(2)));
    List<Account> accounts =
        List.of(
            Account.of(
                1,
                "per side: read + carried in = matched + in breaks + excluded + rejected +"
                    + " superseded",
                sides.entrySet().stream().map(ProofAccounts::rowLine).toList()),
            Account.of(
                2,
                "per side, group and balance field: combined = matched + in breaks",
                dispositionOfTotals()),
            Account.of(
                3,
                "per group and balance field: SRC - TGT = break differences + absorbed by matches",
                differences()),
            Account.of(
                5,
                "every row has exactly one disposition, every matched row exactly one match",
                List.of(disposition())),
            Account.of(
                6,
                "every match satisfies its pass when checked again",
                new MatchCheck(session, model).check()));
    return new Proof(controlId, runDate, sides, byPass, byCategory, notComparedMatches(), accounts);
  }

  private Map<String, @Nullable Object> sideFigures(Side side, SideFigures given) {
    Map<String, @Nullable Object> figures = new LinkedHashMap<>();
    figures.put("read", given.read());
    figures.put("carried_in", given.carriedIn());
    figures.put(
        "matched", session.number("SELECT count(*) FROM matches WHERE side = ?", side.key()));
    figures.put(
        "in_breaks", session.number("SELECT count(%s_row_id) FROM breaks".formatted(side.key())));
    figures.put("excluded", given.excluded());
    figures.put("rejected", given.rejected());
    figures.put("superseded", given.superseded());
    figures.put("expected", given.expected().stream().map(ExpectedTotal::toJson).toList());
    return figures;
  }

  private static Map<String, @Nullable Object> rowLine(
      Map.Entry<String, Map<String, @Nullable Object>> side) {
    Map<String, @Nullable Object> line = new LinkedHashMap<>();
    line.put("side", side.getKey());
    long in = 0;
    long out = 0;
    for (Map.Entry<String, @Nullable Object> figure : side.getValue().entrySet()) {
      if (figure.getValue() instanceof Long rows) {
        line.put(figure.getKey(), rows);
        if (figure.getKey().equals("read") || figure.getKey().equals("carried_in")) {
          in += rows;
        } else {
          out += rows;
        }
      }
    }
    line.put("closes", in == out);
    return line;
  }

  /** Three sums, each from a table of its own, side by side. */
  private void total() {
    List<MatchField> group = model.groupFields();
    List<MatchField> balance = model.balanceFields();
    String by = before(FieldSql.quoted(group));
    session.execute(
        """
        CREATE OR REPLACE TABLE proof_combined AS
        SELECT %sside, count(*) AS rows, count(*) FILTER (WHERE key_null) AS key_null_rows,
          count(*) FILTER (WHERE duplicate) AS duplicate_rows%s
        FROM combined GROUP BY ALL\
        """
            .formatted(by, sums(balance, "", "total_")));
    session.execute(
        """
        CREATE OR REPLACE TABLE proof_placed AS
        WITH place AS (
          SELECT row_id, pass, 'match' AS place FROM matches
          UNION ALL SELECT src_row_id, NULL, 'break' FROM breaks WHERE src_row_id IS NOT NULL
          UNION ALL SELECT tgt_row_id, NULL, 'break' FROM breaks WHERE tgt_row_id IS NOT NULL)
        SELECT %sside, pass, place, count(*) AS rows%s
        FROM combined LEFT JOIN place USING (row_id) GROUP BY ALL\
        """
            .formatted(by, sums(balance, "", "total_")));
    session.execute(
        "CREATE OR REPLACE VIEW proof_matched AS SELECT * FROM proof_placed WHERE place = 'match'");
    List<String> parts = new ArrayList<>();
    for (Side side : Side.values()) {
      parts.add(
          """
          SELECT %s'%s' AS side, count(*) AS rows%s FROM breaks
          WHERE %2$s_row_id IS NOT NULL GROUP BY ALL\
          """
              .formatted(by, side.key(), sums(balance, side.key() + "_", "total_")));
    }
    session.execute(
        "CREATE OR REPLACE TABLE proof_breaks AS " + String.join("\nUNION ALL ", parts));
    session.execute(
        """
        CREATE OR REPLACE TABLE %s AS
        WITH m AS (SELECT %sside, CAST(sum(rows) AS BIGINT) AS rows%s FROM proof_matched GROUP BY ALL)
        SELECT c.side%s, c.rows, coalesce(m.rows, 0) AS matched_rows,
          coalesce(b.rows, 0) AS break_rows, c.key_null_rows, c.duplicate_rows%s
        FROM proof_combined AS c
        LEFT JOIN m ON m.side = c.side AND %s
        LEFT JOIN proof_breaks AS b ON b.side = c.side AND %s
        ORDER BY %sc.side\
        """
            .formatted(
                TOTALS,
                by,
                again(balance),
                group.isEmpty() ? "" : ", " + FieldSql.columnsOf("c", group),
                balance.stream().map(ProofAccounts::threeTotals).collect(Collectors.joining()),
                FieldSql.same("m", "c", group),
                FieldSql.same("b", "c", group),
                before(group.stream().map(field -> field.of("c") + " NULLS FIRST").toList())));
  }

  private static String threeTotals(MatchField field) {
    String total = field.prefixed("total_");
    return ", c.%1$s AS %1$s, coalesce(m.%1$s, 0) AS %2$s, coalesce(b.%1$s, 0) AS %3$s"
        .formatted(total, field.prefixed("matched_"), field.prefixed("breaks_"));
  }

  private static String sums(List<MatchField> balance, String from, String to) {
    return balance.stream()
        .map(
            field ->
                ", coalesce(sum(%s), 0) AS %s"
                    .formatted(
                        FieldSql.amount(field.type(), field.prefixed(from)), field.prefixed(to)))
        .collect(Collectors.joining());
  }

  private static String again(List<MatchField> balance) {
    return balance.stream()
        .map(field -> ", sum(%1$s) AS %1$s".formatted(field.prefixed("total_")))
        .collect(Collectors.joining());
  }

  private List<Map<String, @Nullable Object>> dispositionOfTotals() {
    List<Map<String, @Nullable Object>> lines = new ArrayList<>();
    for (MatchField field : model.balanceFields()) {
      String select =
          "SELECT side, %s, %s, %s%s FROM %s"
              .formatted(
                  field.prefixed("total_"),
                  field.prefixed("matched_"),
                  field.prefixed("breaks_"),
                  groupTexts(),
                  TOTALS);
      session.forEach(
          select,
          row -> {
            Map<String, @Nullable Object> line = new LinkedHashMap<>();
            line.put("side", row.text(1));
            line.put("group", group(row, 5));
            line.put("field", field.name());
            line.put("combined", plain(row, 2));
            line.put("matched", plain(row, 3));
            line.put("in_breaks", plain(row, 4));
            line.put("closes", value(row, 2).compareTo(value(row, 3).add(value(row, 4))) == 0);
            lines.add(line);
          });
    }
    return lines;
  }

  private List<Map<String, @Nullable Object>> differences() {
    List<Map<String, @Nullable Object>> lines = new ArrayList<>();
    for (MatchField field : model.balanceFields()) {
      List<String> comparing = new ArrayList<>();
      for (Pass pass : model.rules().passes()) {
        if (comparesField(pass, field)) {
          comparing.add(SqlIdentifier.literal(pass.id()));
        }
      }
      String compared =
          comparing.isEmpty() ? "false" : "pass IN (" + String.join(", ", comparing) + ")";
      session.forEach(
          differenceSelect(field, compared),
          row -> {
            Map<String, @Nullable Object> line = new LinkedHashMap<>();
            BigDecimal difference = value(row, 1).subtract(value(row, 2));
            line.put("group", group(row, 6));
            line.put("field", field.name());
            line.put("src", plain(row, 1));
            line.put("tgt", plain(row, 2));
            line.put("difference", difference.toPlainString());
            line.put("in_breaks", plain(row, 3));
            line.put("by_tolerance", plain(row, 4));
            line.put("not_compared", plain(row, 5));
            line.put(
                "closes",
                difference.compareTo(value(row, 3).add(value(row, 4)).add(value(row, 5))) == 0);
            lines.add(line);
          });
    }
    return lines;
  }

  static boolean comparesField(Pass pass, MatchField field) {
    return pass.on().contains(field.name())
        || pass.compare().stream().anyMatch(compare -> compare.field().equals(field.name()));
  }

  private String differenceSelect(MatchField field, String compared) {
    List<MatchField> group = model.groupFields();
    String by = before(FieldSql.quoted(group));
    return """
    WITH c AS (
      SELECT %1$s coalesce(sum(%2$s) FILTER (WHERE side = 'src'), 0) AS src,
        coalesce(sum(%2$s) FILTER (WHERE side = 'tgt'), 0) AS tgt
      FROM proof_combined GROUP BY ALL),
    m AS (
      SELECT %1$s
        sum(CASE side WHEN 'src' THEN %2$s ELSE -%2$s END) FILTER (WHERE %3$s) AS tolerated,
        sum(CASE side WHEN 'src' THEN %2$s ELSE -%2$s END) FILTER (WHERE NOT %3$s) AS ignored
      FROM proof_matched GROUP BY ALL),
    b AS (SELECT %1$s sum(%4$s) AS difference FROM breaks GROUP BY ALL)
    SELECT src, tgt, coalesce(difference, 0), coalesce(tolerated, 0), coalesce(ignored, 0)%5$s
    FROM c LEFT JOIN m ON %6$s LEFT JOIN b ON %7$s
    %8$s\
    """
        .formatted(
            by,
            field.prefixed("total_"),
            compared,
            field.prefixed("diff_"),
            group.stream()
                .map(name -> ", CAST(" + name.of("c") + " AS VARCHAR)")
                .collect(Collectors.joining()),
            FieldSql.same("m", "c", group),
            FieldSql.same("b", "c", group),
            group.isEmpty()
                ? ""
                : "ORDER BY "
                    + group.stream()
                        .map(name -> name.of("c") + " NULLS FIRST")
                        .collect(Collectors.joining(", ")));
  }

  /** If no row is without a place and there are as many places as rows, each has exactly one. */
  private Map<String, @Nullable Object> disposition() {
    long rows = session.number("SELECT count(*) FROM combined");
    long places =
        session.number(
            """
            SELECT (SELECT count(*) FROM matches)
              + (SELECT count(src_row_id) + count(tgt_row_id) FROM breaks)\
            """);
    long without =
        session.number("SELECT CAST(sum(rows) AS BIGINT) FROM proof_placed WHERE place IS NULL");
    Map<String, @Nullable Object> line = new LinkedHashMap<>();
    line.put("rows", rows);
    line.put("with_a_disposition", rows - without);
    line.put("with_none", without);
    line.put("dispositions", places);
    line.put("closes", without == 0 && places == rows);
    return line;
  }

  private long notComparedMatches() {
    long found = 0;
    for (Pass pass : model.rules().passes()) {
      List<String> sums =
          model.balanceFields().stream()
              .filter(field -> !comparesField(pass, field))
              .map(field -> FieldSql.amount(field.type(), field.column()))
              .map(
                  amount ->
                      "sum(CASE side WHEN 'src' THEN %1$s ELSE -%1$s END) <> 0".formatted(amount))
              .toList();
      if (!sums.isEmpty()) {
        found +=
            session.number(
                """
                SELECT count(*) FROM (
                  SELECT match_id FROM combined
                  JOIN (SELECT match_id, row_id FROM matches WHERE pass = ?) USING (row_id)
                  GROUP BY match_id HAVING %s)\
                """
                    .formatted(String.join(" OR ", sums)),
                pass.id());
      }
    }
    return found;
  }

  private String groupTexts() {
    return model.groupFields().stream()
        .map(field -> ", CAST(" + field.column() + " AS VARCHAR)")
        .collect(Collectors.joining());
  }

  private Map<String, @Nullable Object> group(Row row, int from) {
    Map<String, @Nullable Object> group = new LinkedHashMap<>();
    List<String> names = model.rules().groupBy();
    for (int i = 0; i < names.size(); i++) {
      group.put(names.get(i), row.text(from + i));
    }
    return group;
  }

  private static BigDecimal value(Row row, int column) {
    BigDecimal value = row.decimal(column);
    return value == null ? BigDecimal.ZERO : value;
  }

  private static String plain(Row row, int column) {
    return value(row, column).toPlainString();
  }
}
