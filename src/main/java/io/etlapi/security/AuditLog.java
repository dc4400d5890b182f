package io.etlapi.security;

import io.etlapi.config.EtlConfig;
import io.etlapi.json.Json;
import io.etlapi.task.TaskId;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Who changed what, and who was denied: one line of JSON each, appended to a file for each day
 * (UTC) in the folder {@code audit} of the storage. Holds no query, header or body, so no token and
 * no parameter; JSON leaves no text a way to begin a line of its own.
 *
 * <p>Denied requests beyond {@value #MAX_DENIED} a minute of one address, or ten times that of all,
 * are not listed: a stranger must not fill the disk. Thread-safe.
 */
@ApplicationScoped
public class AuditLog {

  static final int MAX_DENIED = 100;
  static final String FOLDER = "audit";
  static final String SUFFIX = ".jsonl";

  private static final System.Logger LOG = System.getLogger("io.etlapi.security");
  private static final long COMPLAINT_INTERVAL_NANOS = Duration.ofMinutes(1).toNanos();
  private static final int MAX_PATH = 512;

  private Path folder = Path.of("");
  private Clock clock = Clock.systemUTC();
  private Duration retention = Duration.ZERO;
  private final FailureLimit deniedOfOne = new FailureLimit(MAX_DENIED, System::nanoTime);
  private final FailureLimit deniedOfAll = new FailureLimit(10 * MAX_DENIED, System::nanoTime);

  private @Nullable LocalDate day;
  private @Nullable OutputStream out;
  private long complainedAt = System.nanoTime() - COMPLAINT_INTERVAL_NANOS;

  /**
   * What is recorded of a request.
   *
   * @param caller null if nobody is known to have sent it
   * @param from address of the client
   * @param path below the context root, without the query
   * @param location header of the answer: leads to a new task
   * @param status of the answer
   */
  public record Entry(
      @Nullable Caller caller,
      String from,
      String method,
      String path,
      Optional<String> location,
      int status) {}

  /** For the container's proxy. */
  protected AuditLog() {}

  @Inject
  public AuditLog(EtlConfig config, Clock clock) {
    this(config.storage().directory().resolve(FOLDER), config.security().auditRetention(), clock);
  }

  /**
   * A log in a folder, which is made when the first line is written.
   *
   * @param retention age at which the file of a day is removed; zero keeps all
   */
  AuditLog(Path folder, Duration retention, Clock clock) {
    this.folder = folder;
    this.retention = retention;
    this.clock = clock;
  }

  /**
   * Records a request that has been answered.
   *
   * @param denied whether it was refused before any resource saw it
   */
  public void add(Entry entry, boolean denied) {
    if (denied && (deniedOfOne.add(entry.from()) || deniedOfAll.add(""))) {
      return;
    }
    Instant now = clock.instant();
    byte[] line = (Json.write(members(entry, now)) + "\n").getBytes(StandardCharsets.UTF_8);
    append(line, LocalDate.ofInstant(now, ZoneOffset.UTC));
  }

  private static Map<String, @Nullable Object> members(Entry entry, Instant now) {
    Caller caller = entry.caller();
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    members.put("when", now);
    members.put("principal", caller == null ? null : caller.name());
    members.put("role", caller == null ? null : caller.role().word());
    members.put("from", entry.from());
    members.put("method", clip(entry.method(), 20));
    members.put("path", clip(entry.path(), MAX_PATH));
    members.put("task_id", task(entry).map(TaskId::toString).orElse(null));
    members.put("status", entry.status());
    return members;
  }

  /** The task that was made, or that the path names. */
  private static Optional<TaskId> task(Entry entry) {
    return entry.location().flatMap(AuditLog::lastSegment).or(() -> lastSegment(entry.path()));
  }

  private static Optional<TaskId> lastSegment(String path) {
    return TaskId.parse(path.substring(path.lastIndexOf('/') + 1));
  }

  private static String clip(String text, int length) {
    return text.length() <= length ? text : text.substring(0, length) + "…";
  }

  private synchronized void append(byte[] line, LocalDate today) {
    try {
      OutputStream open = out;
      if (open == null || !today.equals(day)) {
        close();
        Files.createDirectories(folder);
        removeOld(today);
        open = new FileOutputStream(folder.resolve(today + SUFFIX).toFile(), true);
        out = open;
        day = today;
      }
      open.write(line);
    } catch (IOException e) {
      close();
      complain(e);
    }
  }

  private void complain(IOException e) {
    long now = System.nanoTime();
    if (now - complainedAt >= COMPLAINT_INTERVAL_NANOS) {
      complainedAt = now;
      LOG.log(System.Logger.Level.ERROR, "The audit log cannot be written", e);
    }
  }

  private void removeOld(LocalDate today) throws IOException {
    if (retention.isZero()) {
      return;
    }
    LocalDate first = today.minusDays(retention.toDays());
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + SUFFIX)) {
      for (Path file : files) {
        String name = String.valueOf(file.getFileName());
        try {
          if (LocalDate.parse(name.substring(0, name.length() - SUFFIX.length())).isBefore(first)) {
            Files.deleteIfExists(file);
          }
        } catch (DateTimeParseException e) {
          LOG.log(System.Logger.Level.DEBUG, "not a file of the audit log: " + name);
        }
      }
    }
  }

  /** Closes the file of the day; the next line opens it again. */
  @PreDestroy
  synchronized void close() {
    OutputStream open = out;
    out = null;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        complain(e);
      }
    }
  }
}
