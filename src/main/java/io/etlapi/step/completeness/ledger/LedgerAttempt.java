package io.etlapi.step.completeness.ledger;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.LocalDate;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One attempt at a run date, written aside until it is committed. Holds the control's only place
 * for a writer until it is closed. Used by one thread.
 */
public final class LedgerAttempt implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(LedgerAttempt.class.getName());

  private final ControlLedger ledger;
  private final LedgerDisk disk;
  private final LedgerIndex index;
  private final LedgerRun draft;
  private final Path folder;
  private final Map<String, String> files = new LinkedHashMap<>();
  private boolean switching;
  private boolean open = true;

  LedgerAttempt(ControlLedger ledger, LedgerDisk disk, LedgerIndex index, LedgerRun draft) {
    this.ledger = ledger;
    this.disk = disk;
    this.index = index;
    this.draft = draft;
    this.folder = ledger.folder(index.control()).resolve(draft.folder());
  }

  public LocalDate runDate() {
    return draft.runDate();
  }

  /** What the ledger holds until this attempt is committed. */
  public LedgerIndex index() {
    return index;
  }

  /** The committed run that breaks are carried from; empty for the first run date. */
  public Optional<LedgerRun> base() {
    return index.before(draft.runDate());
  }

  /** The state that this run date starts from. */
  public PreviousState previous() {
    return ledger.previous(index, draft.runDate());
  }

  /** Later run dates that will have to be run again once this attempt is committed. */
  public long laterRuns() {
    return index.runs().stream().filter(run -> run.runDate().isAfter(draft.runDate())).count();
  }

  /** Moves a file into the attempt. */
  public void adopt(Path file, String name) {
    try {
      files.put(name, sha256(file));
      disk.adopt(file, folder.resolve(name));
    } catch (IOException e) {
      throw ControlLedger.unavailable(ledgerOf() + " cannot be written", e);
    }
  }

  /**
   * Makes the attempt durable and switches the ledger to it. Afterwards readers see it; before,
   * whatever happens, they see what was committed before.
   *
   * @param summary figures for lists, as JSON values
   * @throws LedgerException if nothing was committed, or if the disk failed so late that only a
   *     restart can tell
   */
  public LedgerRun commit(Map<String, @Nullable Object> summary) {
    if (!open || switching) {
      throw new IllegalStateException("an attempt is committed once, before it is closed");
    }
    LedgerRun run =
        new LedgerRun(
            draft.runDate(),
            draft.attempt(),
            draft.sequence(),
            ledger.now(),
            ledger.verifiedSeconds(),
            draft.taskId(),
            draft.origin(),
            draft.base(),
            files,
            summary);
    try {
      for (String name : files.keySet()) {
        ledger.sync(folder.resolve(name));
      }
      Path controlFolder = ledger.folder(index.control());
      for (Path path = folder; path != null && !path.equals(controlFolder); ) {
        ledger.sync(path);
        path = path.getParent();
      }
    } catch (IOException e) {
      throw ControlLedger.unavailable(ledgerOf() + " cannot be written", e);
    }
    switching = true;
    ledger.commit(index, index.with(run));
    return run;
  }

  /** Gives up the place for a writer, and removes what was not committed. */
  @Override
  public void close() {
    if (!open) {
      return;
    }
    open = false;
    try {
      // Once the switch was tried it may have happened: the next attempt knows and tidies up.
      if (!switching) {
        disk.remove(folder);
      }
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "an attempt is left until the next: " + folder, e);
    } finally {
      ledger.release(index.control());
    }
  }

  private String ledgerOf() {
    return "The ledger of control '" + index.control() + "'";
  }

  private static String sha256(Path file) throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
        in.transferTo(OutputStream.nullOutputStream());
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
