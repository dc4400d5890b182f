package io.etlapi.step.completeness.ledger;

import static io.etlapi.engine.SqlIdentifier.literal;
import static io.etlapi.engine.SqlIdentifier.quote;

import io.etlapi.engine.Column;
import io.etlapi.engine.DuckDbSession;
import io.etlapi.engine.TableAppender;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The tables of one rolling: the state before, today's breaks, how many rows stand behind each, and
 * from the decisions on them the tables that are committed. Wide rows stay in the engine; only what
 * decides passes through Java.
 */
final class RollingTables {

  /** Every break that stands in the data, open or settled, with what the next date needs. */
  static final String BREAKS_FILE = "breaks.parquet";

  /** The breaks that closed on this run date. */
  static final String CLOSED_FILE = "closed.parquet";

  /** The last generation of every break that is closed. */
  static final String GENERATIONS_FILE = "generations.parquet";

  /** Columns that the next run date needs and nobody else sees. */
  static final String OWN = "_etl_";

  static final List<String> LIFE =
      List.of("first_seen", "age_days", "age_bucket", "times_seen", "generation", "status");

  private final DuckDbSession session;
  private final RollingInput input;
  private final Map<String, Column> columns = new LinkedHashMap<>();

  RollingTables(DuckDbSession session, RollingInput input) {
    this.session = session;
    this.input = input;
    for (Column column : session.describe("SELECT * FROM " + quote(input.breaks()))) {
      if (!column.name().equals("break_id")) {
        columns.put(column.name(), column);
      }
    }
  }

  /** Fills the tables that decisions rest on. */
  void stage(PreviousState previous) {
    stageToday();
    stagePrevious(previous);
    stageDecided(previous);
    stageCounts();
  }

  private void stageToday() {
    List<String> order = new ArrayList<>(List.of(OWN + "cluster", OWN + "src IS NOT NULL"));
    input.fields().forEach(field -> order.add(quote("src_" + field) + " NULLS FIRST"));
    order.add(OWN + "tgt IS NOT NULL");
    input.fields().forEach(field -> order.add(quote("tgt_" + field) + " NULLS FIRST"));
    Stream.of("src_file", "src_line", "tgt_file", "tgt_line", "category")
        .forEach(name -> order.add(name + " NULLS FIRST"));
    session.execute(
        """
        CREATE TEMP TABLE rolling_today AS
        SELECT %s,
          %s AS _etl_cluster,
          CASE WHEN side <> 'tgt' THEN %s END AS _etl_src,
          CASE WHEN side <> 'src' THEN %s END AS _etl_tgt
        FROM %s
        ORDER BY %s\
        """
            .formatted(
                payload("", columns.keySet().stream()),
                CanonicalSql.cluster("", input.key(), input.groupBy(), columns),
                CanonicalSql.digest(input.fields(), "src_", columns),
                CanonicalSql.digest(input.fields(), "tgt_", columns),
                quote(input.breaks()),
                String.join(", ", order)));
  }

  private void stagePrevious(PreviousState previous) {
    if (previous.files().isPresent()) {
      PreviousState.Files files = previous.files().get();
      session.execute(
          "CREATE TEMP TABLE rolling_previous AS SELECT * FROM " + parquet(files.breaks()));
      session.execute(
          "CREATE TEMP TABLE rolling_generations AS SELECT * FROM " + parquet(files.generations()));
      return;
    }
    session.execute(
        """
        CREATE TEMP TABLE rolling_previous (
          break_id VARCHAR, category VARCHAR, first_seen DATE, times_seen BIGINT,
          generation BIGINT, status VARCHAR, _etl_cluster VARCHAR, _etl_src VARCHAR,
          _etl_tgt VARCHAR, _etl_opened_as VARCHAR, _etl_ordinal BIGINT, _etl_settled VARCHAR,
          _etl_src_rows BIGINT, _etl_src_same BIGINT, _etl_tgt_rows BIGINT, _etl_tgt_same BIGINT)\
        """);
    session.execute(
        """
        CREATE TEMP TABLE rolling_generations (
          break_id VARCHAR, generation BIGINT, closed_on DATE, close_reason VARCHAR)\
        """);
  }

  private void stageDecided(PreviousState previous) {
    session.execute(
        "CREATE TEMP TABLE rolling_decided (break_id VARCHAR, generation VARCHAR, reason VARCHAR)");
    session.execute(
        "CREATE TEMP TABLE rolling_owners (break_id VARCHAR, generation VARCHAR, owner VARCHAR)");
    try (TableAppender decided = session.appender("rolling_decided")) {
      previous
          .closings(input.runDate())
          .values()
          .forEach(
              action ->
                  decided.row(
                      action.breakId(),
                      Integer.toString(action.generation()),
                      action.closes().orElseThrow().name()));
    }
    try (TableAppender owners = session.appender("rolling_owners")) {
      previous
          .owners(input.runDate())
          .values()
          .forEach(
              action ->
                  owners.row(
                      action.breakId(), Integer.toString(action.generation()), action.owner()));
    }
  }

  /** Only rows that share key and group with a break matter: at most few of the millions. */
  private void stageCounts() {
    Map<String, Column> rows = new LinkedHashMap<>();
    session
        .describe("SELECT * FROM " + quote(input.rows()))
        .forEach(column -> rows.put(column.name(), column));
    session.execute(
        """
        CREATE TEMP TABLE rolling_clusters AS
        SELECT _etl_cluster FROM rolling_today UNION SELECT _etl_cluster FROM rolling_previous\
        """);
    session.execute(
        """
        CREATE TEMP TABLE rolling_rows AS
        WITH clustered AS (SELECT *, %s AS _etl_cluster FROM %s)
        SELECT _etl_cluster, side, row_id, %s AS content
        FROM clustered SEMI JOIN rolling_clusters USING (_etl_cluster)\
        """
            .formatted(
                CanonicalSql.cluster("", input.key(), input.groupBy(), rows),
                quote(input.rows()),
                CanonicalSql.digest(input.fields(), "", rows)));
    session.execute(
        """
        CREATE TEMP TABLE rolling_contents AS
        WITH matched AS (
          SELECT row_id FROM %s AS m
          SEMI JOIN rolling_rows AS r ON r.row_id = m.row_id)
        SELECT _etl_cluster, side, content, count(*) AS same,
          count(*) FILTER (row_id IN (FROM matched)) AS matched
        FROM rolling_rows GROUP BY ALL\
        """
            .formatted(quote(input.matches())));
    session.execute(
        """
        CREATE TEMP TABLE rolling_sides AS
        SELECT _etl_cluster,
          coalesce(sum(same) FILTER (side = 'src'), 0)::BIGINT AS src_rows,
          coalesce(sum(same) FILTER (side = 'tgt'), 0)::BIGINT AS tgt_rows,
          coalesce(sum(matched) FILTER (side = 'src'), 0)::BIGINT AS src_matched,
          coalesce(sum(matched) FILTER (side = 'tgt'), 0)::BIGINT AS tgt_matched
        FROM rolling_contents GROUP BY ALL\
        """);
  }

  /** Fills the tables that are committed. Every first_seen there is needs its age. */
  void conclude(Map<LocalDate, Long> ages) {
    session.execute(
        "CREATE TEMP TABLE rolling_age_texts (day VARCHAR, age VARCHAR, bucket VARCHAR)");
    try (TableAppender appender = session.appender("rolling_age_texts")) {
      ages.forEach(
          (day, age) -> appender.row(day.toString(), Long.toString(age), input.buckets().of(age)));
    }
    session.execute(
        """
        CREATE TEMP TABLE rolling_ages AS
        SELECT day::DATE AS first_seen, age::BIGINT AS age_days, bucket AS age_bucket
        FROM rolling_age_texts\
        """);
    concludeStanding();
    concludeClosed();
    session.execute(
        """
        CREATE TEMP TABLE rolling_generations_now AS
        SELECT break_id, generation, closed_on, close_reason
        FROM (
          SELECT break_id, generation, closed_on, close_reason FROM rolling_generations
          UNION ALL
          SELECT break_id, generation, closed_on, close_reason FROM rolling_closed)
        ANTI JOIN (SELECT break_id FROM rolling_standing WHERE _etl_settled IS NULL)
          USING (break_id)
        QUALIFY row_number() OVER (PARTITION BY break_id ORDER BY generation DESC) = 1\
        """);
  }

  private void concludeStanding() {
    session.execute(
        """
        CREATE TEMP TABLE rolling_standing AS
        WITH identified AS (
          SELECT t.*, d.kind, d.reason, d.opened_as, d.ordinal::BIGINT AS ordinal,
            d.break_id AS continued,
            coalesce(d.break_id, %s) AS break_id
          FROM rolling_decisions d JOIN rolling_today t ON t.rowid = d.today::BIGINT),
        aged AS (
          SELECT i.* REPLACE (coalesce(o.owner, i.owner) AS owner),
            CASE WHEN i.continued IS NULL THEN $run_date ELSE p.first_seen END AS first_seen,
            CASE WHEN i.continued IS NULL THEN 1 ELSE p.times_seen + 1 END AS times_seen,
            CASE WHEN i.continued IS NULL THEN coalesce(g.generation, 0) + 1 ELSE p.generation END
              AS generation,
            CASE WHEN i.continued IS NULL AND g.break_id IS NULL THEN 'NEW'
                 WHEN i.continued IS NULL THEN 'REOPENED'
                 WHEN i.reason IS NOT NULL THEN i.reason
                 ELSE 'CONTINUED' END AS status,
            coalesce(i.opened_as, p._etl_opened_as) AS _etl_opened_as,
            coalesce(i.ordinal, p._etl_ordinal) AS _etl_ordinal,
            i.reason AS _etl_settled
          FROM identified i
          LEFT JOIN rolling_previous p ON p.break_id = i.continued
          LEFT JOIN rolling_generations g
            ON g.break_id = CASE WHEN i.continued IS NULL THEN i.break_id END
          LEFT JOIN rolling_owners o
            ON o.break_id = i.continued AND o.generation::BIGINT = p.generation)
        SELECT b.break_id, %s, b.first_seen, a.age_days, a.age_bucket, b.times_seen, b.generation,
          b.status, b._etl_cluster, b._etl_src, b._etl_tgt, b._etl_opened_as, b._etl_ordinal,
          b._etl_settled, b.kind = 'SETTLED_NOW' AS _etl_settles_now,
          coalesce(n.src_rows, 0) AS _etl_src_rows, coalesce(s.same, 0) AS _etl_src_same,
          coalesce(n.tgt_rows, 0) AS _etl_tgt_rows, coalesce(t.same, 0) AS _etl_tgt_same
        FROM aged b
        JOIN rolling_ages a ON a.first_seen = b.first_seen
        LEFT JOIN rolling_sides n ON n._etl_cluster = b._etl_cluster
        LEFT JOIN rolling_contents s
          ON s._etl_cluster = b._etl_cluster AND s.side = 'src' AND s.content = b._etl_src
        LEFT JOIN rolling_contents t
          ON t._etl_cluster = b._etl_cluster AND t.side = 'tgt' AND t.content = b._etl_tgt\
        """
            .replace("$run_date", "DATE " + literal(input.runDate().toString()))
            .formatted(
                CanonicalSql.breakId(
                    input.control().value(), "d.opened_as", "t._etl_cluster", "d.ordinal"),
                payload("b.", columns.keySet().stream())));
  }

  /** What closed shows its rows as they were when last seen, in today's columns. */
  private void concludeClosed() {
    Map<String, String> before = new LinkedHashMap<>();
    session
        .describe("SELECT * FROM rolling_previous")
        .forEach(column -> before.put(column.name(), column.type()));
    String carried =
        columns.values().stream()
            .map(column -> asToday(column, before))
            .collect(Collectors.joining(", "));
    session.execute(
        """
        CREATE TEMP TABLE rolling_closed AS
        WITH closed AS (
          SELECT p.break_id, %s, p.first_seen, p.times_seen, p.generation, d.reason AS close_reason
          FROM rolling_decisions d JOIN rolling_previous p ON p.break_id = d.break_id
          WHERE d.kind = 'CLOSED'
          UNION ALL
          SELECT s.break_id, %s, s.first_seen, s.times_seen, s.generation, s._etl_settled
          FROM rolling_standing s WHERE s._etl_settles_now)
        SELECT c.break_id, %s, c.first_seen, a.age_days, a.age_bucket, c.times_seen, c.generation,
          'CLOSED' AS status, $run_date AS closed_on, c.close_reason
        FROM closed c JOIN rolling_ages a ON a.first_seen = c.first_seen\
        """
            .replace("$run_date", "DATE " + literal(input.runDate().toString()))
            .formatted(
                carried,
                payload("s.", columns.keySet().stream()),
                payload("c.", columns.keySet().stream())));
  }

  private static String asToday(Column column, Map<String, String> before) {
    String type = before.get(column.name());
    if (type == null) {
      return "CAST(NULL AS " + column.type() + ") AS " + quote(column.name());
    }
    return type.equals(column.type())
        ? "p." + quote(column.name())
        : "TRY_CAST(p."
            + quote(column.name())
            + " AS "
            + column.type()
            + ") AS "
            + quote(column.name());
  }

  /** Counts account 4 from the tables that are committed, not from the decisions. */
  RollingSummary count() {
    Map<String, Long> closed = new LinkedHashMap<>();
    session.forEach(
        "SELECT close_reason, count(*) FROM rolling_closed GROUP BY ALL ORDER BY ALL",
        row -> closed.put(String.valueOf(row.text(1)), row.integer(2)));
    return session
        .query(
            """
            WITH before AS (SELECT break_id FROM rolling_previous WHERE _etl_settled IS NULL),
            now AS (SELECT * FROM rolling_standing WHERE _etl_settled IS NULL),
            expected AS (
              (SELECT break_id FROM before
               UNION ALL
               SELECT break_id FROM now WHERE first_seen = $run_date AND times_seen = 1)
              EXCEPT ALL
              SELECT break_id FROM rolling_closed)
            SELECT
              (SELECT count(*) FROM before),
              (SELECT count(*) FROM now WHERE first_seen = $run_date AND generation = 1),
              (SELECT count(*) FROM now WHERE first_seen = $run_date AND generation > 1),
              (SELECT count(*) FROM now),
              (SELECT count(*) FROM rolling_standing WHERE _etl_settled IS NOT NULL),
              (SELECT count(*) FROM (
                FROM expected EXCEPT ALL SELECT break_id FROM now))
              + (SELECT count(*) FROM (
                SELECT break_id FROM now EXCEPT ALL FROM expected))
              + abs((SELECT count(*) FROM rolling_today)
                - (SELECT count(*) FROM rolling_standing))\
            """
                .replace("$run_date", "DATE " + literal(input.runDate().toString())),
            row ->
                new RollingSummary(
                    row.integer(1),
                    row.integer(2),
                    row.integer(3),
                    closed,
                    row.integer(4),
                    row.integer(5),
                    row.integer(6)))
        .get(0);
  }

  /** The columns of {@code open_breaks}. */
  String openBreaks() {
    return "SELECT break_id, %s, %s FROM rolling_standing WHERE _etl_settled IS NULL %s"
        .formatted(payload("", columns.keySet().stream()), String.join(", ", LIFE), ordered());
  }

  /** The columns of {@code closed_breaks}. */
  String closedBreaks() {
    return "SELECT * FROM rolling_closed " + ordered();
  }

  String standing() {
    return "SELECT * EXCLUDE (_etl_settles_now) FROM rolling_standing " + ordered();
  }

  String generations() {
    return "SELECT * FROM rolling_generations_now ORDER BY break_id";
  }

  /** A total order, so that the same result makes the same file. */
  private String ordered() {
    return Stream.concat(input.key().stream(), input.groupBy().stream())
        .filter(columns::containsKey)
        .map(name -> quote(name) + " NULLS FIRST")
        .collect(Collectors.joining(", ", "ORDER BY ", ", break_id"));
  }

  static String parquet(Path file) {
    return "read_parquet(" + literal(file.toString()) + ")";
  }

  private static String payload(String prefix, Stream<String> names) {
    return names.map(name -> prefix + quote(name)).collect(Collectors.joining(", "));
  }
}
