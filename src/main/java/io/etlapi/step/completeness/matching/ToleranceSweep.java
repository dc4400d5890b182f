package io.etlapi.step.completeness.matching;

import static io.etlapi.step.completeness.matching.FieldSql.ascending;
import static io.etlapi.step.completeness.matching.FieldSql.before;

import io.etlapi.engine.DuckDbSession;
import io.etlapi.step.completeness.control.Comparison;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The last stage of a 1:1 pass. Within a class both sides are sorted by the fields that have a
 * tolerance, then by all fields; if the two first rows are inside every tolerance they pair, else
 * the lower one is passed over.
 *
 * <p>Classes of one row a side are decided by the engine at once. In larger ones each decision
 * depends on the one before: both sides are read through once, in order, a page at a time, so the
 * size of a class costs no memory.
 */
final class ToleranceSweep {

  private static final int PAGE = 8_192;

  private final DuckDbSession session;
  private final MatchModel model;
  private final long lastSrcId;

  ToleranceSweep(DuckDbSession session, MatchModel model, long lastSrcId) {
    this.session = session;
    this.model = model;
    this.lastSrcId = lastSrcId;
  }

  void sweep(
      String free,
      String eligible,
      List<String> alike,
      List<Comparison> tolerant,
      String target,
      int pass)
      throws InterruptedException {
    String members =
        "SELECT *, %s AS class FROM %s WHERE %s".formatted(FieldSql.hash(alike), free, eligible);
    session.execute(
        """
        CREATE OR REPLACE TABLE sweep_class AS
        SELECT class, count(*) AS members, min(row_id) AS first_id, max(row_id) AS last_id,
          row_number() OVER () AS number
        FROM (%s) GROUP BY class
        HAVING first_id <= %d AND last_id > %2$d\
        """
            .formatted(members, lastSrcId));
    pairSingles(free, tolerant, target, pass);
    if (session.number("SELECT count(*) FROM sweep_class WHERE members > 2") > 0) {
      sweepLarger(members, tolerant, target, pass);
    }
    session.execute("DROP TABLE sweep_class");
  }

  private void pairSingles(String free, List<Comparison> tolerant, String target, int pass) {
    String agree =
        tolerant.stream()
            .map(
                compare -> {
                  MatchField field = model.field(compare.field());
                  return FieldSql.agree(compare, field, field.of("s"), field.of("t"));
                })
            .collect(Collectors.joining(" AND "));
    session.execute(
        """
        INSERT INTO %s
        SELECT %d, first_id, last_id
        FROM sweep_class
        JOIN %s AS s ON s.row_id = first_id
        JOIN %3$s AS t ON t.row_id = last_id
        WHERE members = 2 AND %s\
        """
            .formatted(target, pass, free, agree));
  }

  private void sweepLarger(String members, List<Comparison> tolerant, String target, int pass)
      throws InterruptedException {
    Map<String, MatchField> measured = new LinkedHashMap<>();
    tolerant.forEach(compare -> measured.put(compare.field(), model.field(compare.field())));
    List<MatchField> fields = List.copyOf(measured.values());
    List<String> order = FieldSql.concat(ascending(fields), ascending(model.fields()));
    for (String side : List.of("src", "tgt")) {
      session.execute(
          """
          CREATE OR REPLACE TABLE sweep_%1$s AS
          SELECT row_number() OVER (ORDER BY number, %2$srow_id) AS place,
            number, row_id%3$s
          FROM (%4$s) JOIN sweep_class USING (class)
          WHERE members > 2 AND side = '%1$s'
          ORDER BY place\
          """
              .formatted(
                  side,
                  before(order),
                  FieldSql.after(fields.stream().map(this::read).toList()),
                  members));
    }
    List<SweptRow.Rule> rules = SweptRow.rules(tolerant, model, fields);
    Cursor src = new Cursor("sweep_src", fields);
    Cursor tgt = new Cursor("sweep_tgt", fields);
    Pairs pairs = new Pairs(target, pass);
    SweptRow s = src.next();
    SweptRow t = tgt.next();
    while (s != null && t != null) {
      int lower = Long.compare(s.group(), t.group());
      if (lower == 0) {
        if (SweptRow.agree(s, t, rules)) {
          pairs.add(s.rowId(), t.rowId());
          s = src.next();
          t = tgt.next();
          continue;
        }
        lower = s.compareValues(t);
      }
      if (lower < 0) {
        s = src.next();
      } else {
        t = tgt.next();
      }
    }
    pairs.finish();
    session.execute("DROP TABLE sweep_src");
    session.execute("DROP TABLE sweep_tgt");
  }

  /** The value in a form that Java reads without loss. */
  private String read(MatchField field) {
    String column = field.column();
    String value =
        switch (field.type().kind()) {
          case INTEGER -> FieldSql.amount(field.type(), column);
          case DATE -> "CAST(" + column + " - DATE '1970-01-01' AS BIGINT)";
          case TIMESTAMP -> "epoch_us(" + column + ")";
          case TEXT, DECIMAL, DOUBLE, BOOLEAN -> column;
        };
    return value + " AS " + field.prefixed("swept_");
  }

  /** Reads one side in order, a page at a time. */
  private final class Cursor {
    private final String table;
    private final List<MatchField> fields;
    private final List<SweptRow> page = new ArrayList<>();
    private int next;
    private long read;

    Cursor(String table, List<MatchField> fields) {
      this.table = table;
      this.fields = fields;
    }

    @Nullable SweptRow next() throws InterruptedException {
      if (next == page.size()) {
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        turn();
      }
      return next < page.size() ? page.get(next++) : null;
    }

    private void turn() {
      page.clear();
      next = 0;
      session.forEach(
          "SELECT * FROM %s WHERE place > %d AND place <= %d ORDER BY place"
              .formatted(table, read, read + PAGE),
          row -> {
            @Nullable Comparable<?>[] values = new Comparable<?>[fields.size()];
            for (int i = 0; i < values.length; i++) {
              values[i] = SweptRow.value(row.value(i + 4));
            }
            page.add(new SweptRow(row.integer(2), row.integer(3), values));
          });
      read += PAGE;
    }
  }

  /** Collects pairs and hands them to the engine in bulk; its appender takes texts. */
  private final class Pairs {
    private static final String FOUND = "sweep_found";
    private final String target;
    private final int pass;
    private final List<long[]> found = new ArrayList<>();

    Pairs(String target, int pass) {
      this.target = target;
      this.pass = pass;
      session.execute("CREATE OR REPLACE TABLE " + FOUND + " (src_id VARCHAR, tgt_id VARCHAR)");
    }

    void add(long src, long tgt) {
      found.add(new long[] {src, tgt});
      if (found.size() == PAGE) {
        append();
      }
    }

    private void append() {
      try (var appender = session.appender(FOUND)) {
        for (long[] pair : found) {
          appender.row(Long.toString(pair[0]), Long.toString(pair[1]));
        }
      }
      found.clear();
    }

    void finish() {
      append();
      session.execute(
          "INSERT INTO %s SELECT %d, CAST(src_id AS BIGINT), CAST(tgt_id AS BIGINT) FROM %s"
              .formatted(target, pass, FOUND));
      session.execute("DROP TABLE " + FOUND);
    }
  }
}
