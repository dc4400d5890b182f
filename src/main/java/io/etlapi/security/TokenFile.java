package io.etlapi.security;

import io.etlapi.json.JsonException;
import io.etlapi.store.DurableFiles;
import io.etlapi.store.RealDisk;
import io.etlapi.store.StoreException;
import io.etlapi.task.TaskException;
import io.etlapi.task.TaskException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The tokens that let callers in, as a file has them. The file is looked at about once a second and
 * read again when it has changed, so a token can be revoked with any editor. A file that cannot be
 * read lets nobody in: a revocation that was written with a typing error must not go unnoticed.
 *
 * <p>Looking a token up takes no lock, and no file access but that once a second. Thread-safe.
 */
final class TokenFile {

  private static final System.Logger LOG = System.getLogger("io.etlapi.security");

  private static final long LOOK_INTERVAL_NANOS = 1_000_000_000L;

  /** A file may change again without a new time while its time is that young. */
  private static final Duration YOUNG = Duration.ofSeconds(3);

  private static final String PREFIX = "etl_";
  private static final int TOKEN_BYTES = 32;

  private final Path file;
  private final Clock clock;
  private final LongSupplier nanoTime;
  private final SecureRandom random = new SecureRandom();
  private final ReentrantLock changing = new ReentrantLock();
  private final AtomicLong lookedAt;
  private volatile Reading reading = Reading.NONE;

  /** What tells one version of the file from another. */
  private record Stamp(long bytes, @Nullable FileTime modified, @Nullable Object key) {}

  /** What was read; the tokens are none where there is a fault. */
  private record Reading(TokenDocument document, Stamp stamp, boolean young, String fault) {
    static final Reading NONE =
        new Reading(TokenDocument.EMPTY, new Stamp(-1, null, null), true, "it was not read yet");
  }

  /** Reads the file, which need not be there. */
  TokenFile(Path file, Clock clock, LongSupplier nanoTime) {
    this.file = file;
    this.clock = clock;
    this.nanoTime = nanoTime;
    this.lookedAt = new AtomicLong(nanoTime.getAsLong());
    look();
  }

  /** The token of that digest, expired or not; null if there is none. */
  @Nullable Token find(Digest digest) {
    lookIfDue();
    return reading.document().find(digest);
  }

  /** All tokens, in the order of the file. */
  List<Token> all() {
    lookIfDue();
    return reading.document().tokens();
  }

  /** Why nobody is let in; empty if the file could be read. */
  Optional<String> fault() {
    lookIfDue();
    String fault = reading.fault();
    return fault.isEmpty() ? Optional.empty() : Optional.of(fault);
  }

  /**
   * Makes a token; it is durable when this returns.
   *
   * @param expiresAt null for never
   * @return the token, which is nowhere kept
   * @throws TaskException if the name is taken, or the file cannot be read or written
   */
  String create(String name, Role role, @Nullable Instant expiresAt) {
    byte[] bits = new byte[TOKEN_BYTES];
    random.nextBytes(bits);
    String text = PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
    changing.lock();
    try {
      TokenDocument now = current();
      if (now.named(name).isPresent()) {
        throw new TaskException(
            Reason.WRONG_STATE,
            "There is a token '" + name + "' already: choose another name, or revoke that one.");
      }
      write(now.with(new Token(name, role, Digest.of(text), clock.instant(), expiresAt)));
      return text;
    } finally {
      changing.unlock();
    }
  }

  /**
   * Removes a token; who holds it is refused when this returns.
   *
   * @param lastAdminToo whether the last token of an admin may go
   * @throws TaskException if there is none of that name, it is the last of an admin, or the file
   *     cannot be read or written
   */
  void revoke(String name, boolean lastAdminToo) {
    changing.lock();
    try {
      TokenDocument now = current();
      if (now.named(name).isEmpty()) {
        throw new TaskException(Reason.NOT_FOUND, "There is no token '" + name + "'.");
      }
      TokenDocument then = now.without(name);
      Instant time = clock.instant();
      if (!lastAdminToo
          && then.tokens().stream()
              .noneMatch(token -> token.role() == Role.ADMIN && !token.isExpired(time))) {
        throw new TaskException(
            Reason.WRONG_STATE,
            "'"
                + name
                + "' is the last valid token of an admin: make another one first, or remove it"
                + " from the token file.");
      }
      write(then);
    } finally {
      changing.unlock();
    }
  }

  private TokenDocument current() {
    look();
    Reading now = reading;
    if (!now.fault().isEmpty()) {
      throw new TaskException(
          Reason.STORAGE_UNAVAILABLE, "The token file cannot be changed: " + now.fault() + ".");
    }
    return now.document();
  }

  private void write(TokenDocument document) {
    try (RealDisk disk = new RealDisk(List.of())) {
      // Where the name is a link, what it leads to is replaced.
      Path target = file.toRealPath();
      Path folder = target.getParent();
      if (folder == null) {
        throw new NoSuchFileException(file.toString());
      }
      try (DurableFiles files = new DurableFiles(new OwnerOnlyDisk(disk), folder)) {
        files.write(target, document.toBytes());
      }
    } catch (IOException | StoreException e) {
      LOG.log(System.Logger.Level.ERROR, "The token file " + file + " cannot be written", e);
      throw new TaskException(
          Reason.STORAGE_UNAVAILABLE,
          "The token file (ETL_TOKENS_FILE) cannot be written; the server's log says why.",
          e);
    }
    look();
  }

  private void lookIfDue() {
    long last = lookedAt.get();
    long now = nanoTime.getAsLong();
    // One thread looks; the others go on with what was read last.
    if (now - last >= LOOK_INTERVAL_NANOS && lookedAt.compareAndSet(last, now)) {
      look();
    }
  }

  private synchronized void look() {
    Reading before = reading;
    try {
      Stamp stamp = stamp();
      if (stamp.equals(before.stamp()) && !before.young()) {
        return;
      }
      FileTime modified = stamp.modified();
      boolean young =
          modified != null && modified.toInstant().isAfter(clock.instant().minus(YOUNG));
      TokenDocument document = TokenDocument.parse(Files.readAllBytes(file));
      reading = new Reading(document, stamp, young, "");
      if (!before.fault().isEmpty()) {
        LOG.log(
            System.Logger.Level.INFO,
            "the token file " + file + " has " + document.tokens().size() + " tokens");
      }
    } catch (NoSuchFileException e) {
      refuseAll(before, "the file that ETL_TOKENS_FILE names is not there");
    } catch (IOException e) {
      refuseAll(before, "the file that ETL_TOKENS_FILE names cannot be opened");
    } catch (JsonException e) {
      refuseAll(before, "the file that ETL_TOKENS_FILE names is faulty: " + e.getMessage());
    }
  }

  private void refuseAll(Reading before, String fault) {
    reading = new Reading(TokenDocument.EMPTY, Reading.NONE.stamp(), true, fault);
    if (!before.fault().equals(fault)) {
      LOG.log(System.Logger.Level.ERROR, "Nobody is let in: " + fault + " (" + file + ")");
    }
  }

  private Stamp stamp() throws IOException {
    BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
    if (!found.isRegularFile()) {
      throw new NoSuchFileException(file.toString());
    }
    return new Stamp(found.size(), found.lastModifiedTime(), found.fileKey());
  }
}
