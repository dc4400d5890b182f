package io.etlapi.step.completeness.ledger;

import io.etlapi.engine.DuckDbEngine;
import io.etlapi.engine.DuckDbSession;
import io.etlapi.engine.TableAppender;
import io.etlapi.step.completeness.control.RollingRules.Days;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Rolls days one after another with the real engine and shows what became of the breaks. */
final class RollingBench {

  static final ControlId CONTROL = new ControlId("trades");

  private final DuckDbEngine engine;
  private final Path root;
  boolean snapshot = true;
  RunCalendar calendar = new RunCalendar(Days.ALL, List.of());
  final List<BreakAction> actions = new ArrayList<>();
  private final TreeMap<LocalDate, Path> states = new TreeMap<>();

  /** A break of the ledger, by what tests look at. */
  record Seen(
      String id,
      String category,
      String side,
      @Nullable String ref,
      @Nullable String src,
      @Nullable String tgt,
      LocalDate firstSeen,
      long ageDays,
      long timesSeen,
      long generation,
      String status,
      @Nullable String owner) {}

  /** A rolled day. */
  record Rolled(RollingSummary summary, List<Seen> open, Map<String, String> closed) {
    Seen only() {
      if (open.size() != 1) {
        throw new AssertionError("one open break is expected: " + open);
      }
      return open.get(0);
    }
  }

  RollingBench(Path root) {
    this.root = root;
    this.engine = new DuckDbEngine(512L << 20, 1, 1L << 30, root.resolve("spill"));
  }

  Rolled roll(String date, Day day) {
    LocalDate runDate = LocalDate.parse(date);
    Path folder = folder(runDate);
    Map.Entry<LocalDate, Path> before = states.lowerEntry(runDate);
    List<Path> readable =
        before == null
            ? List.of()
            : List.of(
                before.getValue().resolve("ledger-breaks.parquet"),
                before.getValue().resolve("ledger-generations.parquet"));
    try (DuckDbSession session = engine.open(readable, folder)) {
      load(session, day);
      Rolling rolling = new Rolling(session, input(runDate));
      RollingSummary summary =
          rolling.roll(
              new PreviousState(
                  Optional.ofNullable(before)
                      .map(
                          state ->
                              new PreviousState.Files(
                                  state.getKey(), readable.get(0), readable.get(1))),
                  actions));
      rolling.writeState(folder);
      states.put(runDate, folder);
      List<Seen> open = session.query(seen(rolling.openBreaks()), RollingBench::seen);
      Map<String, String> closed = new TreeMap<>();
      session.forEach(
          "SELECT break_id, close_reason FROM (" + rolling.closedBreaks() + ")",
          row -> closed.put(text(row.text(1)), text(row.text(2))));
      return new Rolled(summary, open, closed);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** The files of a rolled date. */
  Map<String, byte[]> files(String date) {
    Map<String, byte[]> files = new TreeMap<>();
    try (var list = Files.list(Objects.requireNonNull(states.get(LocalDate.parse(date))))) {
      for (Path file : list.toList()) {
        files.put(String.valueOf(file.getFileName()), Files.readAllBytes(file));
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return files;
  }

  private Path folder(LocalDate runDate) {
    try {
      return Files.createTempDirectory(root, runDate + "-");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  RollingInput input(LocalDate runDate) {
    return new RollingInput(
        CONTROL,
        runDate,
        List.of("ref"),
        List.of("ccy"),
        List.of("ref", "ccy", "amount"),
        snapshot,
        calendar,
        new AgeBuckets(List.of(1, 5, 30)),
        "todays_breaks",
        "todays_rows",
        "todays_matches");
  }

  static void load(DuckDbSession session, Day day) {
    session.execute(
        """
        CREATE TABLE texts (category VARCHAR, side VARCHAR, ref VARCHAR, ccy VARCHAR,
          src_held VARCHAR, src_amount VARCHAR, tgt_held VARCHAR, tgt_amount VARCHAR,
          line VARCHAR)\
        """);
    try (TableAppender appender = session.appender("texts")) {
      int line = 0;
      for (Day.Break found : day.breaks) {
        appender.row(
            found.category(),
            found.side(),
            found.any().ref(),
            found.any().ccy(),
            found.src() == null ? null : "held",
            found.src() == null ? null : found.src().amount(),
            found.tgt() == null ? null : "held",
            found.tgt() == null ? null : found.tgt().amount(),
            Integer.toString(++line));
      }
    }
    session.execute(
        """
        CREATE TABLE todays_breaks AS
        SELECT 'provisional' AS break_id, category, CAST(NULL AS VARCHAR) AS explanation,
          'ops' AS owner, side, ref, ccy,
          CASE WHEN src_held IS NOT NULL THEN ref END AS src_ref,
          CASE WHEN src_held IS NOT NULL THEN ccy END AS src_ccy,
          src_amount::DECIMAL(18,2) AS src_amount,
          CASE WHEN tgt_held IS NOT NULL THEN ref END AS tgt_ref,
          CASE WHEN tgt_held IS NOT NULL THEN ccy END AS tgt_ccy,
          tgt_amount::DECIMAL(18,2) AS tgt_amount,
          coalesce(src_amount::DECIMAL(18,2), 0) - coalesce(tgt_amount::DECIMAL(18,2), 0)
            AS diff_amount,
          'amount' AS differing_fields, 'src.csv' AS src_file, line::BIGINT AS src_line,
          'tgt.csv' AS tgt_file, line::BIGINT AS tgt_line
        FROM texts\
        """);
    session.execute(
        """
        CREATE TABLE row_texts (side VARCHAR, ref VARCHAR, ccy VARCHAR, amount VARCHAR,
          matched VARCHAR)\
        """);
    try (TableAppender appender = session.appender("row_texts")) {
      List<Day.Line> free = new ArrayList<>(day.lines());
      for (Day.Line row : day.matched) {
        free.remove(row);
        appender.row(row.side(), row.ref(), row.ccy(), row.amount(), "true");
      }
      for (Day.Line row : free) {
        appender.row(row.side(), row.ref(), row.ccy(), row.amount(), "false");
      }
    }
    session.execute(
        """
        CREATE TABLE todays_rows AS
        SELECT rowid AS row_id, side, ref, ccy, amount::DECIMAL(18,2) AS amount,
          side || '.csv' AS _file, rowid + 2 AS _line
        FROM row_texts\
        """);
    session.execute(
        """
        CREATE TABLE todays_matches AS
        SELECT rowid AS row_id FROM row_texts WHERE matched::BOOLEAN\
        """);
  }

  private static String seen(String open) {
    return """
    SELECT break_id, category, side, ref, CAST(src_amount AS VARCHAR),
      CAST(tgt_amount AS VARCHAR), CAST(first_seen AS VARCHAR), age_days, times_seen,
      generation, status, owner
    FROM (%s)\
    """
        .formatted(open);
  }

  private static Seen seen(io.etlapi.engine.Row row) {
    return new Seen(
        text(row.text(1)),
        text(row.text(2)),
        text(row.text(3)),
        row.text(4),
        row.text(5),
        row.text(6),
        LocalDate.parse(text(row.text(7))),
        row.integer(8),
        row.integer(9),
        row.integer(10),
        text(row.text(11)),
        row.text(12));
  }

  private static String text(@Nullable String text) {
    return Objects.requireNonNull(text);
  }
}
