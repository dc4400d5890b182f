package io.etlapi.store;

import io.etlapi.json.Json;
import io.etlapi.json.JsonException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Counts the seconds that this storage has verifiably been alive. It never goes back and never runs
 * ahead of true time, whatever happens to the wall clock: while the machine stays up, its uptime
 * counts, also over restarts of the server; what lies between two starts of the machine counts as
 * nothing. So an age on this clock is at most the true age. Thread-safe.
 */
public final class StorageClock implements AutoCloseable {

  private static final System.Logger LOGGER = System.getLogger(StorageClock.class.getName());

  private final DurableFiles files;
  private final Path file;
  private final Uptime uptime;
  private long aliveMillis;
  private Uptime.@Nullable Reading last;

  private StorageClock(DurableFiles files, Path file, Uptime uptime, long aliveMillis) {
    this.files = files;
    this.file = file;
    this.uptime = uptime;
    this.aliveMillis = aliveMillis;
  }

  /**
   * Goes on where the clock of this storage stopped.
   *
   * @param latestTick the highest reading that any task has recorded: a clock whose file was lost
   *     goes on from there
   */
  static StorageClock open(
      StorageLayout layout, DurableFiles files, Uptime uptime, long latestTick) {
    StorageClock clock = new StorageClock(files, layout.clock(), uptime, latestTick * 1000);
    clock.goOn();
    clock.checkpointOrWarn();
    return clock;
  }

  private synchronized void goOn() {
    try {
      Map<String, @Nullable Object> saved =
          Json.parseObject(new String(files.read(file), StandardCharsets.UTF_8));
      if (saved.get("alive_millis") instanceof Long alive
          && saved.get("uptime_millis") instanceof Long millis
          && saved.get("boot_id") instanceof String boot) {
        if (alive >= aliveMillis) {
          aliveMillis = alive;
          // Counts on from the saved reading if the machine has been up since.
          last = new Uptime.Reading(boot, millis);
        }
      }
    } catch (IOException | JsonException e) {
      LOGGER.log(
          System.Logger.Level.DEBUG, "the storage clock starts anew: its file cannot be read", e);
    }
  }

  /** Seconds that this storage has verifiably been alive. */
  public synchronized long tick() {
    advance();
    return aliveMillis / 1000;
  }

  private void advance() {
    Uptime.Reading now;
    try {
      now = uptime.read();
    } catch (IOException e) {
      // The clock stands still until it can be read: an age is then too small, never too great.
      LOGGER.log(System.Logger.Level.DEBUG, "the uptime cannot be read", e);
      return;
    }
    Uptime.Reading before = last;
    if (before != null && before.bootId().equals(now.bootId())) {
      aliveMillis += Math.max(0, now.millis() - before.millis());
    }
    last = now;
  }

  /**
   * Writes the reading down, durably. To be called about once a minute: over a crash of the machine
   * the clock loses what was not written down.
   *
   * @throws StoreException if it could not be written
   */
  public synchronized void checkpoint() {
    advance();
    Uptime.Reading reading = last;
    Map<String, @Nullable Object> state = new LinkedHashMap<>();
    state.put("alive_millis", aliveMillis);
    state.put("boot_id", reading == null ? null : reading.bootId());
    state.put("uptime_millis", reading == null ? null : reading.millis());
    files.write(file, (Json.write(state) + "\n").getBytes(StandardCharsets.UTF_8));
  }

  private void checkpointOrWarn() {
    try {
      checkpoint();
    } catch (StoreException e) {
      LOGGER.log(System.Logger.Level.WARNING, "the storage clock was not written", e);
    }
  }

  /** Writes the last reading down. */
  @Override
  public void close() {
    checkpointOrWarn();
  }
}
