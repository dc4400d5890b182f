package io.etlapi.execution;

import io.etlapi.json.Json;
import io.etlapi.json.JsonException;
import io.etlapi.store.DurableFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Keeps the clean-up's schedule over restarts. */
final class CleanupScheduleFile {

  private static final System.Logger LOG = System.getLogger("io.etlapi.tasks");

  private final DurableFiles files;
  private final Path file;

  CleanupScheduleFile(DurableFiles files, Path file) {
    this.files = files;
    this.file = file;
  }

  /** The schedule that was saved last; the default if none was or it cannot be read. */
  CleanupSchedule load() {
    try {
      Map<String, @Nullable Object> saved =
          Json.parseObject(Files.readString(file, StandardCharsets.UTF_8));
      return new CleanupSchedule(
          number(saved.get("hour")),
          number(saved.get("minute")),
          ZoneId.of(String.valueOf(saved.get("timezone"))));
    } catch (NoSuchFileException e) {
      return CleanupSchedule.DEFAULT;
    } catch (IOException | JsonException | IllegalArgumentException | DateTimeException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "the clean-up schedule cannot be read; it is daily at 23:00 UTC until it is set again",
          e);
      return CleanupSchedule.DEFAULT;
    }
  }

  /**
   * Saves a schedule.
   *
   * @throws io.etlapi.store.StoreException if it cannot be made durable
   */
  void save(CleanupSchedule schedule) {
    Map<String, @Nullable Object> saved = new LinkedHashMap<>();
    saved.put("hour", schedule.hour());
    saved.put("minute", schedule.minute());
    saved.put("timezone", schedule.zone().getId());
    files.write(file, Json.write(saved).getBytes(StandardCharsets.UTF_8));
  }

  private static int number(@Nullable Object value) {
    if (value instanceof Long number) {
      return Math.toIntExact(number);
    }
    throw new IllegalArgumentException("not a number: " + value);
  }
}
