package io.etlapi.step.completeness.ledger;

import io.etlapi.json.JsonException;
import io.etlapi.task.TaskException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.Period;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * The ledgers of all controls, one folder each:
 *
 * <pre>
 * {control_id}/ledger.json                        what is committed; replaced by an atomic rename
 * {control_id}/runs/{run date}/{attempt}/...      the files of one attempt, never changed
 * {control_id}/actions.jsonl                      what people decided, only ever added to
 * </pre>
 *
 * An attempt counts from the moment {@code ledger.json} names it, and not before; what it does not
 * name is a leftover, removed when the next attempt begins. Readers take one {@link LedgerIndex}
 * and see that commit whatever happens meanwhile: superseded attempts stay until the next attempt.
 * Thread-safe.
 */
public final class ControlLedger {

  private static final System.Logger LOG = System.getLogger(ControlLedger.class.getName());
  static final String COMMIT_FILE = "ledger.json";
  private static final String ASIDE = ".ledger.json.tmp";
  private static final String RUNS = "runs";

  /** The writer of each control's folder, over all ledgers of this process. */
  private static final Map<Path, String> WRITERS = new ConcurrentHashMap<>();

  private final Path root;
  private final LedgerDisk disk;
  private final Clock clock;
  private final VerifiedTime verified;
  private final int retentionDays;

  /** After a failed fsync nobody knows what the disk holds: nothing is committed any more. */
  private volatile boolean failed;

  /**
   * A ledger that holds nothing open.
   *
   * @param root the folder of all controls; made when first needed
   * @param verified holds against the clock when something is to be removed by its age
   * @param retentionDays age of a commit at which its run date is removed; 0 keeps all
   */
  public ControlLedger(
      Path root, LedgerDisk disk, Clock clock, VerifiedTime verified, int retentionDays) {
    this.root = root.toAbsolutePath().normalize();
    this.disk = disk;
    this.clock = clock;
    this.verified = verified;
    this.retentionDays = retentionDays;
  }

  /** The controls that have committed something, by name. */
  public List<ControlId> controls() {
    if (!Files.isDirectory(root)) {
      return List.of();
    }
    try (Stream<Path> folders = Files.list(root)) {
      return folders
          .filter(folder -> Files.isRegularFile(folder.resolve(COMMIT_FILE)))
          .map(folder -> String.valueOf(folder.getFileName()))
          .filter(ControlId::isValid)
          .map(ControlId::new)
          .sorted()
          .toList();
    } catch (IOException e) {
      throw unavailable("The ledgers cannot be listed", e);
    }
  }

  /** What is committed now; empty if the control has never run. */
  public LedgerIndex index(ControlId control) {
    try {
      return LedgerIndex.ofBytes(control, Files.readAllBytes(folder(control).resolve(COMMIT_FILE)));
    } catch (NoSuchFileException e) {
      return LedgerIndex.empty(control);
    } catch (IOException e) {
      throw unavailable("The ledger of control '" + control + "' cannot be read", e);
    } catch (JsonException | IllegalArgumentException | DateTimeException e) {
      throw new LedgerException(
          Reason.STORAGE_UNAVAILABLE,
          "The ledger of control '" + control + "' is damaged: " + e.getMessage() + ".",
          e);
    }
  }

  /** A file of a committed run. */
  public Path file(ControlId control, LedgerRun run, String name) {
    return folder(control).resolve(run.folder()).resolve(name);
  }

  Path folder(ControlId control) {
    return root.resolve(control.value());
  }

  /**
   * Begins an attempt at a run date; close it, whether or not it was committed.
   *
   * @param taskId the task that will commit
   * @param origin what today's breaks were made by
   * @param seen the {@link LedgerIndex#sequence} when the run began; empty if unknown
   * @param carries whether the run took rows from the state before, as a delta feed does
   * @throws LedgerException if the run date cannot be run, another attempt at the control is under
   *     way, or another run committed since {@code seen} what this one would overwrite or carried
   *     from
   */
  public LedgerAttempt begin(
      ControlId control,
      LocalDate runDate,
      String taskId,
      String origin,
      OptionalLong seen,
      boolean carries) {
    refuseIfFailed();
    refuseFuture(runDate);
    Path folder = folder(control);
    String other = WRITERS.putIfAbsent(folder, taskId);
    if (other != null) {
      throw new LedgerException(
          Reason.WRONG_STATE,
          "Control '"
              + control
              + "' is being committed by task "
              + other
              + ": one run of a control at a time. Run "
              + runDate
              + " again when that task has ended.");
    }
    try {
      LedgerIndex index = index(control);
      if (seen.isPresent()) {
        refuseOverlap(index, runDate, origin, seen.getAsLong(), carries);
      }
      refuseBeforeFirst(index, runDate);
      removeLeftovers(control, index);
      int attempt = index.run(runDate).map(run -> run.attempt() + 1).orElse(1);
      LedgerRun draft =
          new LedgerRun(
              runDate,
              attempt,
              index.sequence() + 1,
              clock.instant(),
              verified.seconds(),
              taskId,
              origin,
              index.before(runDate).map(LedgerRun::asBase).orElse(null),
              Map.of(),
              Map.of());
      disk.createFolders(folder.resolve(draft.folder()));
      return new LedgerAttempt(this, disk, index, draft);
    } catch (IOException e) {
      release(control);
      throw unavailable("The ledger of control '" + control + "' cannot be written", e);
    } catch (RuntimeException | Error e) {
      release(control);
      throw e;
    }
  }

  /** The state that a run date starts from. */
  PreviousState previous(LedgerIndex index, LocalDate runDate) {
    ControlId control = index.control();
    return new PreviousState(
        index
            .before(runDate)
            .map(
                run ->
                    new PreviousState.Files(
                        run.runDate(),
                        file(control, run, RollingTables.BREAKS_FILE),
                        file(control, run, RollingTables.GENERATIONS_FILE))),
        actions(control).all());
  }

  /** What people decided about the breaks of a control. */
  BreakActions actions(ControlId control) {
    return new BreakActions(this, disk, control);
  }

  Instant now() {
    return clock.instant();
  }

  long verifiedSeconds() {
    return verified.seconds();
  }

  void release(ControlId control) {
    WRITERS.remove(folder(control));
  }

  private void refuseIfFailed() {
    if (failed) {
      throw new LedgerException(
          Reason.STORAGE_UNAVAILABLE,
          "The disk failed to keep what was written to the ledger: nothing is committed until the"
              + " server is restarted.");
    }
  }

  /** Business days begin first in the Pacific: what is today there is not yet the future. */
  private void refuseFuture(LocalDate runDate) {
    LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.ofHours(14));
    if (runDate.isAfter(today)) {
      throw new LedgerException(
          Reason.INVALID,
          "Run date "
              + runDate
              + " lies in the future (today is "
              + LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC)
              + " UTC): breaks can only be rolled up to today. Check expectedRunDate.");
    }
  }

  private static void refuseBeforeFirst(LedgerIndex index, LocalDate runDate) {
    LedgerRun first = index.first().orElse(null);
    if (first == null) {
      return;
    }
    if (runDate.isBefore(first.runDate())) {
      throw new LedgerException(
          Reason.INVALID,
          "Run date "
              + runDate
              + " lies before "
              + first.runDate()
              + ", the first in the ledger of control '"
              + index.control()
              + "': breaks are carried forward, and every age would change. Run "
              + first.runDate()
              + " or a later date, or give the history a control_id of its own.");
    }
    if (runDate.equals(first.runDate()) && first.base() != null) {
      throw new LedgerException(
          Reason.WRONG_STATE,
          "Run date "
              + runDate
              + " cannot be run again: the date it was rolled from, "
              + first.base().runDate()
              + ", has left the ledger of control '"
              + index.control()
              + "' by its age (ETL_CONTROL_RETENTION_DAYS).");
    }
  }

  private static void refuseOverlap(
      LedgerIndex index, LocalDate runDate, String origin, long seen, boolean carries) {
    Optional<LedgerRun> same = index.run(runDate).filter(run -> !run.origin().equals(origin));
    Optional<LedgerRun> base = carries ? index.before(runDate) : Optional.empty();
    Stream.concat(same.stream(), base.stream())
        .filter(run -> run.sequence() > seen)
        .findFirst()
        .ifPresent(
            run -> {
              throw new LedgerException(
                  Reason.WRONG_STATE,
                  "Task "
                      + run.taskId()
                      + " committed run date "
                      + run.runDate()
                      + " of control '"
                      + index.control()
                      + "' while this run was under way. Nothing was committed: run "
                      + runDate
                      + " again.");
            });
  }

  /** Replaces the commit file: the one moment at which the ledger changes. */
  void commit(LedgerIndex before, LedgerIndex after) {
    refuseIfFailed();
    ControlId control = before.control();
    if (index(control).sequence() != before.sequence()) {
      throw new LedgerException(
          Reason.WRONG_STATE,
          "Another process committed to the ledger of control '"
              + control
              + "' at the same time: nothing was committed.");
    }
    Path folder = folder(control);
    try {
      Path aside = folder.resolve(ASIDE);
      disk.write(aside, after.toBytes());
      sync(aside);
      disk.rename(aside, folder.resolve(COMMIT_FILE));
      sync(folder);
      sync(root);
    } catch (IOException e) {
      throw unavailable("The ledger of control '" + control + "' cannot be written", e);
    }
  }

  /** Forces to the medium; a failure is final, because a second try may report what is not so. */
  void sync(Path fileOrFolder) throws IOException {
    try {
      disk.sync(fileOrFolder);
    } catch (IOException e) {
      failed = true;
      throw e;
    }
  }

  /**
   * Removes run dates whose commit is older than the retention, by the clock and by the time that
   * verifiably passed: a clock that jumps removes nothing. The oldest go first, never the newest,
   * and none after one that stays, so that no date loses the one it was rolled from.
   *
   * @return the run dates removed
   */
  public List<LocalDate> removeExpired(ControlId control) {
    if (retentionDays == 0) {
      return List.of();
    }
    String other = WRITERS.putIfAbsent(folder(control), "that removes expired run dates");
    if (other != null) {
      return List.of();
    }
    try {
      LedgerIndex index = index(control);
      Instant limit = clock.instant().minus(Period.ofDays(retentionDays));
      long verifiedLimit = verified.seconds() - Duration.ofDays(retentionDays).toSeconds();
      List<LocalDate> expired = new ArrayList<>();
      for (LedgerRun run : index.runs()) {
        boolean old = run.committedAt().isBefore(limit) && run.verifiedSeconds() <= verifiedLimit;
        if (!old || expired.size() == index.runs().size() - 1) {
          break;
        }
        expired.add(run.runDate());
      }
      if (!expired.isEmpty()) {
        LedgerIndex kept = index.without(expired);
        commit(index, kept);
        removeLeftovers(control, kept);
      }
      return expired;
    } catch (IOException e) {
      throw unavailable("Expired run dates of control '" + control + "' stay for now", e);
    } finally {
      release(control);
    }
  }

  /** Removes what no commit names: attempts that were cut short or superseded. */
  private void removeLeftovers(ControlId control, LedgerIndex index) throws IOException {
    Path folder = folder(control);
    disk.remove(folder.resolve(ASIDE));
    for (Path date : entries(folder.resolve(RUNS))) {
      boolean used = false;
      for (Path attempt : entries(date)) {
        String name = RUNS + "/" + date.getFileName() + "/" + attempt.getFileName();
        if (index.runs().stream().anyMatch(run -> run.folder().equals(name))) {
          used = true;
        } else {
          LOG.log(System.Logger.Level.DEBUG, "removing {0} of control {1}", name, control);
          disk.remove(attempt);
        }
      }
      if (!used) {
        disk.remove(date);
      }
    }
  }

  private static List<Path> entries(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.sorted().toList();
    }
  }

  static LedgerException unavailable(String what, IOException cause) {
    return new LedgerException(
        Reason.STORAGE_UNAVAILABLE,
        what + ": the storage failed (" + cause.getClass().getSimpleName() + ").",
        cause);
  }
}
