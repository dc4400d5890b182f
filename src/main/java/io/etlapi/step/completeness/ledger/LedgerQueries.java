package io.etlapi.step.completeness.ledger;

import static io.etlapi.engine.SqlIdentifier.literal;
import static io.etlapi.engine.SqlIdentifier.quote;

import io.etlapi.engine.Column;
import io.etlapi.engine.DuckDbSession;
import io.etlapi.engine.EngineException;
import io.etlapi.json.Json;
import io.etlapi.step.StepException;
import io.etlapi.step.publish.JsonValues;
import io.etlapi.task.TaskException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What people ask a ledger, as of any run date. Answers are JSON values as clients see them. A
 * question is answered from one commit, whatever is committed meanwhile. Thread-safe.
 */
public final class LedgerQueries {

  private static final Pattern BREAK_ID = Pattern.compile("[0-9a-f]{32}");

  private static final List<String> OPEN = List.of("NEW", "CONTINUED", "REOPENED");

  /** For one break by its id, in whatever state. */
  private static final BreaksQuery ANY =
      new BreaksQuery(
          Optional.empty(), BreaksQuery.Status.ALL, Optional.empty(), 0, 1, Optional.empty());

  private final ControlLedger ledger;
  private final Sessions sessions;

  /** Opens engine sessions for people, who should not wait behind long tasks. */
  @FunctionalInterface
  public interface Sessions {
    DuckDbSession open(Collection<Path> readable, Path folder) throws InterruptedException;
  }

  /**
   * One page of breaks.
   *
   * @param run which run date was asked, with {@code status} CURRENT or STALE
   * @param next where the next page begins; empty on the last
   */
  public record Page(
      Map<String, @Nullable Object> run,
      List<Map<String, @Nullable Object>> breaks,
      Optional<BreaksQuery.Cursor> next) {

    /** As clients see it. */
    public Map<String, @Nullable Object> toJson() {
      Map<String, @Nullable Object> json = new LinkedHashMap<>();
      json.put("control_id", run.get("control_id"));
      json.put("run_date", run.get("run_date"));
      json.put("run_status", run.get("status"));
      json.put("breaks", breaks);
      json.put("next_cursor", next.map(BreaksQuery.Cursor::toString).orElse(null));
      return json;
    }
  }

  public LedgerQueries(ControlLedger ledger, Sessions sessions) {
    this.ledger = ledger;
    this.sessions = sessions;
  }

  /** All controls by name, each with its newest run. */
  public List<Map<String, @Nullable Object>> controls() {
    return ledger.controls().stream().map(id -> control(ledger.index(id))).toList();
  }

  /** One control. */
  public Map<String, @Nullable Object> control(String id) {
    return control(require(id));
  }

  private static Map<String, @Nullable Object> control(LedgerIndex index) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("control_id", index.control().value());
    json.put("runs", index.runs().size());
    json.put("first_run_date", index.first().map(run -> run.runDate().toString()).orElse(null));
    json.put(
        "stale_run_dates",
        index.runs().stream()
            .map(LedgerRun::runDate)
            .filter(index::isStale)
            .map(LocalDate::toString)
            .toList());
    json.put("latest", index.latest().map(run -> view(index, run)).orElse(null));
    return json;
  }

  /** The run dates of a control, newest first. */
  public List<Map<String, @Nullable Object>> runs(String id) {
    LedgerIndex index = require(id);
    List<Map<String, @Nullable Object>> runs = new ArrayList<>();
    index.runs().forEach(run -> runs.add(0, view(index, run)));
    return runs;
  }

  private static Map<String, @Nullable Object> view(LedgerIndex index, LedgerRun run) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("control_id", index.control().value());
    json.put("run_date", run.runDate().toString());
    json.put("status", index.isStale(run.runDate()) ? "STALE" : "CURRENT");
    json.put("attempt", run.attempt());
    json.put("committed_at", run.committedAt().toString());
    json.put("task_id", run.taskId());
    json.put("previous_run_date", run.base() == null ? null : run.base().runDate().toString());
    json.putAll(run.summary());
    return json;
  }

  /**
   * The proof of one run date, with every line of its accounts.
   *
   * @throws LedgerException if the ledger has no such run date, or cannot be read
   */
  public Map<String, @Nullable Object> proof(String id, LocalDate runDate) {
    LedgerIndex index = require(id);
    LedgerRun run = require(index, Optional.of(runDate));
    Path file = ledger.file(index.control(), run, BreakRollingStep.PROOF_FILE);
    try {
      return Json.parseObject(Files.readString(file));
    } catch (IOException e) {
      throw ControlLedger.unavailable("The proof of run date " + runDate, e);
    }
  }

  /** Breaks of one run date, oldest first. */
  public Page breaks(String id, BreaksQuery query) throws InterruptedException {
    LedgerIndex index = require(id);
    return breaks(index, require(index, query.runDate()), query, Optional.empty());
  }

  /**
   * One break as of a run date, with what people did about it.
   *
   * @throws LedgerException if that run date does not know it
   */
  public Map<String, @Nullable Object> find(String id, String breakId, Optional<LocalDate> runDate)
      throws InterruptedException {
    LedgerIndex index = require(id);
    LedgerRun run = require(index, runDate);
    Map<String, @Nullable Object> found =
        found(index, run, breakId)
            .orElseThrow(
                () ->
                    new LedgerException(
                        Reason.NOT_FOUND,
                        "Control '"
                            + id
                            + "' has no break '"
                            + (BREAK_ID.matcher(breakId).matches() ? breakId : "…")
                            + "' on run date "
                            + run.runDate()
                            + "."));
    found.put(
        "actions",
        actions(index.control()).all().stream()
            .filter(action -> action.breakId().equals(breakId))
            .filter(action -> !action.runDate().isAfter(run.runDate()))
            .map(BreakAction::toJson)
            .toList());
    return found;
  }

  private Optional<Map<String, @Nullable Object>> found(
      LedgerIndex index, LedgerRun run, String breakId) throws InterruptedException {
    if (!BREAK_ID.matcher(breakId).matches()) {
      return Optional.empty();
    }
    List<Map<String, @Nullable Object>> found =
        breaks(index, run, ANY, Optional.of(breakId)).breaks();
    return found.isEmpty() ? Optional.empty() : Optional.of(new LinkedHashMap<>(found.get(0)));
  }

  /** What became of a break, run date by run date, oldest first. */
  public List<Map<String, @Nullable Object>> history(String id, String breakId)
      throws InterruptedException {
    LedgerIndex index = require(id);
    List<Map<String, @Nullable Object>> history = new ArrayList<>();
    if (index.isEmpty() || !BREAK_ID.matcher(breakId).matches()) {
      return history;
    }
    List<BreakAction> decided = actions(index.control()).all();
    // One session for all of them: each takes longer to open than a run date to read.
    List<Path> files = new ArrayList<>();
    for (LedgerRun run : index.runs()) {
      files.add(ledger.file(index.control(), run, RollingTables.BREAKS_FILE));
      files.add(ledger.file(index.control(), run, RollingTables.CLOSED_FILE));
    }
    LedgerRun latest = index.latest().orElseThrow();
    try (DuckDbSession session = sessions.open(files, folder(index.control(), latest))) {
      for (LedgerRun run : index.runs()) {
        BreakOverlay overlay = new BreakOverlay(decided, run.runDate());
        for (Map<String, @Nullable Object> found :
            one(
                index,
                run,
                () -> select(session, index.control(), run, ANY, Optional.of(breakId)))) {
          overlay.apply(found);
          Map<String, @Nullable Object> line = new LinkedHashMap<>();
          line.put("run_date", run.runDate().toString());
          line.put("run_status", index.isStale(run.runDate()) ? "STALE" : "CURRENT");
          line.putAll(found);
          history.add(line);
        }
      }
    }
    return history;
  }

  /**
   * Why the rows of a break did not match, from the evidence kept with the run date.
   *
   * @throws LedgerException if that run date does not know the break, or it had closed by then
   */
  public Map<String, @Nullable Object> explanation(
      String id, String breakId, Optional<LocalDate> runDate) throws InterruptedException {
    LedgerIndex index = require(id);
    LedgerRun run = require(index, runDate);
    Map<String, @Nullable Object> found = find(id, breakId, Optional.of(run.runDate()));
    Path folder = ledger.folder(index.control()).resolve(run.folder());
    try (DuckDbSession session = open(index.control(), run)) {
      Map<String, @Nullable Object> explained =
          new StoredEvidence(session, folder)
              .explain(breakId)
              .orElseThrow(
                  () ->
                      new LedgerException(
                          Reason.WRONG_STATE,
                          "Break "
                              + breakId
                              + " closed on run date "
                              + run.runDate()
                              + " ("
                              + found.get("close_reason")
                              + "): ask for a run date on which it was open."));
      Map<String, @Nullable Object> json = new LinkedHashMap<>();
      json.put("control_id", id);
      json.put("run_date", run.runDate().toString());
      json.put("break", found);
      json.putAll(explained);
      return json;
    } catch (EngineException e) {
      throw isThere(index, run) ? e : replaced(index, run, e);
    } catch (IOException e) {
      throw isThere(index, run)
          ? ControlLedger.unavailable("The evidence of break " + breakId, e)
          : replaced(index, run, e);
    } catch (StepException e) {
      throw new LedgerException(Reason.STORAGE_UNAVAILABLE, String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * Records what a person decided about a break of the newest run date. It takes effect in the next
   * run.
   *
   * @throws LedgerException if there is no such break, or it is not open and should be closed
   */
  public Map<String, @Nullable Object> record(
      String id, String breakId, BreakAction.Request request) throws InterruptedException {
    Map<String, @Nullable Object> found = find(id, breakId, Optional.empty());
    boolean closes =
        request.kind() == BreakAction.Kind.WRITE_OFF || request.kind() == BreakAction.Kind.CLOSE;
    if (closes && (!isOpen(found) || found.get("pending") != null)) {
      throw new LedgerException(
          Reason.WRONG_STATE,
          "Break "
              + breakId
              + " is "
              + (isOpen(found) ? "already to be closed as " + found.get("pending") : "not open")
              + ": nothing was recorded.");
    }
    ControlId control = ControlId.of(id);
    BreakAction action =
        new BreakAction(
            breakId,
            ((Number) Objects.requireNonNull(found.get("generation"))).intValue(),
            LocalDate.parse(String.valueOf(found.get("as_of"))),
            request.kind(),
            request.owner(),
            request.who(),
            ledger.now(),
            request.why());
    actions(control).append(action);
    return action.toJson();
  }

  private static boolean isOpen(Map<String, @Nullable Object> found) {
    return OPEN.contains(String.valueOf(found.get("status")));
  }

  private BreakActions actions(ControlId control) {
    return ledger.actions(control);
  }

  private LedgerIndex require(String id) {
    LedgerIndex index = ledger.index(ControlId.of(id));
    if (index.isEmpty()) {
      throw new LedgerException(
          Reason.NOT_FOUND,
          "No control is named '" + id + "': GET /controls lists those that have run.");
    }
    return index;
  }

  private static LedgerRun require(LedgerIndex index, Optional<LocalDate> runDate) {
    return (runDate.isPresent() ? index.run(runDate.get()) : index.latest())
        .orElseThrow(
            () ->
                new LedgerException(
                    Reason.NOT_FOUND,
                    "Control '"
                        + index.control()
                        + "' has no run date "
                        + runDate.map(LocalDate::toString).orElse("")
                        + " in its ledger: GET /controls/"
                        + index.control()
                        + "/runs lists those it has."));
  }

  private Page breaks(LedgerIndex index, LedgerRun run, BreaksQuery query, Optional<String> breakId)
      throws InterruptedException {
    List<Map<String, @Nullable Object>> rows =
        read(index, run, session -> select(session, index.control(), run, query, breakId));
    BreakOverlay overlay = new BreakOverlay(actions(index.control()).all(), run.runDate());
    rows.forEach(overlay::apply);
    Optional<BreaksQuery.Cursor> next = Optional.empty();
    if (rows.size() > query.limit()) {
      rows = rows.subList(0, query.limit());
      Map<String, @Nullable Object> last = rows.get(rows.size() - 1);
      next =
          Optional.of(
              new BreaksQuery.Cursor(
                  Long.parseLong(String.valueOf(last.get("age_days"))),
                  String.valueOf(last.get("break_id"))));
    }
    return new Page(view(index, run), rows, next);
  }

  private <T> T read(LedgerIndex index, LedgerRun run, Function<DuckDbSession, T> reader)
      throws InterruptedException {
    try (DuckDbSession session = open(index.control(), run)) {
      return one(index, run, () -> reader.apply(session));
    }
  }

  /** A run that was superseded twice may be gone before it is read; asking again then helps. */
  private <T> T one(LedgerIndex index, LedgerRun run, Supplier<T> reader) {
    try {
      return reader.get();
    } catch (EngineException e) {
      throw isThere(index, run) ? e : replaced(index, run, e);
    }
  }

  private boolean isThere(LedgerIndex index, LedgerRun run) {
    return Files.exists(ledger.file(index.control(), run, RollingTables.BREAKS_FILE));
  }

  private static LedgerException replaced(LedgerIndex index, LedgerRun run, Exception cause) {
    return new LedgerException(
        Reason.WRONG_STATE,
        "Run date "
            + run.runDate()
            + " of control '"
            + index.control()
            + "' was replaced while it was being read: ask again.",
        cause);
  }

  private DuckDbSession open(ControlId control, LedgerRun run) throws InterruptedException {
    return sessions.open(files(control, run), folder(control, run));
  }

  private List<Path> files(ControlId control, LedgerRun run) {
    return run.files().keySet().stream().map(name -> ledger.file(control, run, name)).toList();
  }

  private Path folder(ControlId control, LedgerRun run) {
    return ledger.folder(control).resolve(run.folder());
  }

  private List<Map<String, @Nullable Object>> select(
      DuckDbSession session,
      ControlId control,
      LedgerRun run,
      BreaksQuery query,
      Optional<String> breakId) {
    String breaks = RollingTables.parquet(ledger.file(control, run, RollingTables.BREAKS_FILE));
    String closed = RollingTables.parquet(ledger.file(control, run, RollingTables.CLOSED_FILE));
    String relation =
        """
        SELECT * FROM %s AS b
        WHERE NOT EXISTS (FROM %s AS c WHERE c.break_id = b.break_id)
        UNION ALL BY NAME SELECT * FROM %s\
        """
            .formatted(breaks, closed, closed);
    List<Column> columns =
        session.describe(relation).stream()
            .filter(column -> !column.name().startsWith(RollingTables.OWN))
            .toList();
    List<@Nullable Object> values = new ArrayList<>();
    StringBuilder where = new StringBuilder("age_days >= ?");
    values.add(query.ageMin());
    where.append(statusCondition(query.status()));
    query
        .category()
        .ifPresent(
            category -> {
              where.append(" AND category = ?");
              values.add(category);
            });
    breakId.ifPresent(
        wanted -> {
          where.append(" AND break_id = ?");
          values.add(wanted);
        });
    query
        .after()
        .ifPresent(
            cursor -> {
              where.append(" AND (age_days < ? OR (age_days = ? AND break_id > ?))");
              values.add(cursor.ageDays());
              values.add(cursor.ageDays());
              values.add(cursor.breakId());
            });
    String sql =
        "SELECT "
            + String.join(", ", columns.stream().map(column -> quote(column.name())).toList())
            + " FROM ("
            + relation
            + ") WHERE "
            + where
            + " ORDER BY age_days DESC, break_id LIMIT "
            + (query.limit() + 1);
    return session.query(
        sql,
        row -> {
          Map<String, @Nullable Object> json = new LinkedHashMap<>();
          json.put("as_of", run.runDate().toString());
          for (int i = 0; i < columns.size(); i++) {
            json.put(columns.get(i).name(), JsonValues.of(row.value(i + 1)));
          }
          return json;
        },
        values.toArray());
  }

  private static String statusCondition(BreaksQuery.Status status) {
    return switch (status) {
      case ALL -> "";
      case OPEN -> " AND status IN ('NEW', 'CONTINUED', 'REOPENED')";
      default -> " AND status = " + literal(status.name());
    };
  }
}
