package io.etlapi.step.completeness.ledger;

import static io.etlapi.engine.SqlIdentifier.literal;

import io.etlapi.engine.DuckDbSession;
import io.etlapi.engine.Row;
import io.etlapi.engine.TableAppender;
import io.etlapi.step.completeness.ledger.ClusterRolling.Carried;
import io.etlapi.step.completeness.ledger.ClusterRolling.Closed;
import io.etlapi.step.completeness.ledger.ClusterRolling.Contents;
import io.etlapi.step.completeness.ledger.ClusterRolling.Continued;
import io.etlapi.step.completeness.ledger.ClusterRolling.Decision;
import io.etlapi.step.completeness.ledger.ClusterRolling.Opened;
import io.etlapi.step.completeness.ledger.ClusterRolling.RowCount;
import io.etlapi.step.completeness.ledger.ClusterRolling.Settled;
import io.etlapi.step.completeness.ledger.ClusterRolling.Today;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Rolls a control's breaks from the run date before to today: {@code state(D) = f(state(previous),
 * breaks and row counts of D, settings)}. Reads no clock and nothing but its arguments, and orders
 * all it writes, so the same input makes the same files.
 *
 * <p>The engine joins, counts and sorts; what decides, a digest or a count per break, is streamed
 * through {@link ClusterRolling} one key and group at a time. Used once, by one thread.
 *
 * <p>Easy to get wrong: a left join with a condition on its left side alone is no hash join for the
 * engine; it holds every row against every other, which a hundred thousand breaks do not bear.
 */
public final class Rolling {

  private static final String CARRIED = "0";

  private final DuckDbSession session;
  private final RollingInput input;
  private final RollingTables tables;

  public Rolling(DuckDbSession session, RollingInput input) {
    this.session = session;
    this.input = input;
    this.tables = new RollingTables(session, input);
  }

  /** Decides on every break; afterwards the results can be read and written. */
  public RollingSummary roll(PreviousState previous) {
    tables.stage(previous);
    decide();
    Map<LocalDate, Long> ages = new LinkedHashMap<>();
    ages.put(input.runDate(), 0L);
    session.forEach(
        "SELECT DISTINCT CAST(first_seen AS VARCHAR) FROM rolling_previous ORDER BY 1",
        row -> {
          LocalDate firstSeen = LocalDate.parse(Objects.requireNonNull(row.text(1)));
          ages.put(firstSeen, input.calendar().ageDays(firstSeen, input.runDate()));
        });
    tables.conclude(ages);
    return tables.count();
  }

  /** A query for the open breaks, in their final order and with the columns that clients see. */
  public String openBreaks() {
    return tables.openBreaks();
  }

  /** A query for the breaks that closed today. */
  public String closedBreaks() {
    return tables.closedBreaks();
  }

  /**
   * Writes the state of the run date.
   *
   * @param folder one that the session may write to
   * @return the files, by the names they have in the ledger
   */
  public Map<String, Path> writeState(Path folder) {
    Map<String, Path> files = new LinkedHashMap<>();
    Map<String, String> queries = new LinkedHashMap<>();
    queries.put(RollingTables.BREAKS_FILE, tables.standing());
    queries.put(RollingTables.CLOSED_FILE, tables.closedBreaks());
    queries.put(RollingTables.GENERATIONS_FILE, tables.generations());
    queries.forEach(
        (name, query) -> {
          Path file = folder.resolve("ledger-" + name);
          session.execute(
              "COPY ("
                  + query
                  + ") TO "
                  + literal(file.toString())
                  + " (FORMAT parquet, COMPRESSION zstd)");
          files.put(name, file);
        });
    return files;
  }

  private void decide() {
    session.execute(
        """
        CREATE TEMP TABLE rolling_decisions (
          kind VARCHAR, break_id VARCHAR, today VARCHAR, opened_as VARCHAR, ordinal VARCHAR,
          reason VARCHAR)\
        """);
    try (TableAppender decisions = session.appender("rolling_decisions")) {
      Cluster cluster = new Cluster(decisions);
      session.forEach(
          """
          SELECT b._etl_cluster, b.kind, b.id, b.opened_as, b.ordinal, b.src, b.tgt, b.key_null,
            b.settled, b.decided, b.src_rows, b.src_same, b.tgt_rows, b.tgt_same,
            coalesce(n.src_rows, 0), coalesce(s.same, 0), coalesce(n.tgt_rows, 0),
            coalesce(t.same, 0), coalesce(n.src_matched, 0), coalesce(n.tgt_matched, 0), b.place
          FROM (
            SELECT p._etl_cluster, 0 AS kind, p.break_id AS id, p._etl_opened_as AS opened_as,
              p._etl_ordinal AS ordinal, p._etl_src AS src, p._etl_tgt AS tgt,
              p.category = 'KEY_NULL' AS key_null, p._etl_settled AS settled,
              d.reason AS decided, p._etl_src_rows AS src_rows, p._etl_src_same AS src_same,
              p._etl_tgt_rows AS tgt_rows, p._etl_tgt_same AS tgt_same, 0 AS place
            FROM rolling_previous p
            LEFT JOIN rolling_decided d
              ON d.break_id = p.break_id AND d.generation::BIGINT = p.generation
            UNION ALL
            SELECT _etl_cluster, 1, NULL, NULL, NULL, _etl_src, _etl_tgt,
              category = 'KEY_NULL', NULL, NULL, 0, 0, 0, 0, rowid
            FROM rolling_today) b
          LEFT JOIN rolling_sides n ON n._etl_cluster = b._etl_cluster
          LEFT JOIN rolling_contents s
            ON s._etl_cluster = b._etl_cluster AND s.side = 'src'
              AND s.content = b.src
          LEFT JOIN rolling_contents t
            ON t._etl_cluster = b._etl_cluster AND t.side = 'tgt'
              AND t.content = b.tgt
          ORDER BY b._etl_cluster, b.kind, b.place, b.id\
          """,
          cluster::add);
      cluster.decide();
    }
  }

  /** Gathers the breaks of one key and group while rows stream by. */
  private final class Cluster {
    private final TableAppender decisions;
    private final List<Carried> carried = new ArrayList<>();
    private final List<Today> todays = new ArrayList<>();
    private @Nullable String name;
    private boolean srcMatched;
    private boolean tgtMatched;

    Cluster(TableAppender decisions) {
      this.decisions = decisions;
    }

    void add(Row row) {
      String cluster = row.text(1);
      if (!Objects.equals(cluster, name)) {
        decide();
        name = cluster;
      }
      srcMatched = row.integer(19) > 0;
      tgtMatched = row.integer(20) > 0;
      Contents contents = new Contents(row.text(6), row.text(7));
      if (CARRIED.equals(row.text(2))) {
        carried.add(
            new Carried(
                Objects.requireNonNull(row.text(3)),
                BreakSide.ofKey(Objects.requireNonNull(row.text(4))),
                (int) row.integer(5),
                contents,
                row.flag(8),
                reason(row.text(9)),
                reason(row.text(10)),
                new RowCount(row.integer(11), row.integer(12)),
                new RowCount(row.integer(15), row.integer(16)),
                new RowCount(row.integer(13), row.integer(14)),
                new RowCount(row.integer(17), row.integer(18))));
      } else {
        todays.add(new Today(row.integer(21), contents, row.flag(8)));
      }
    }

    private static @Nullable CloseReason reason(@Nullable String name) {
      return name == null ? null : CloseReason.valueOf(name);
    }

    void decide() {
      for (Decision decision :
          ClusterRolling.roll(carried, todays, srcMatched, tgtMatched, input.snapshot())) {
        write(decision);
      }
      carried.clear();
      todays.clear();
    }

    private void write(Decision decision) {
      if (decision instanceof Continued same) {
        decisions.row("CONTINUED", same.id(), Long.toString(same.today()), null, null, null);
      } else if (decision instanceof Opened opened) {
        decisions.row(
            "OPENED",
            null,
            Long.toString(opened.today()),
            opened.openedAs().key(),
            Integer.toString(opened.ordinal()),
            null);
      } else if (decision instanceof Closed closed) {
        decisions.row("CLOSED", closed.id(), null, null, null, closed.reason().name());
      } else if (decision instanceof Settled settled) {
        decisions.row(
            settled.closesNow() ? "SETTLED_NOW" : "SETTLED",
            settled.id(),
            Long.toString(settled.today()),
            null,
            null,
            settled.reason().name());
      }
    }
  }
}
