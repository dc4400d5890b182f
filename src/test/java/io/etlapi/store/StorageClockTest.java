package io.etlapi.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The clock that no wall clock can fool. */
class StorageClockTest {

  private Path folder;

  private String bootId = "first boot";
  private long uptimeSeconds = 1000;
  private boolean readable = true;
  private RealDisk disk;
  private DurableFiles files;

  @BeforeEach
  void open(@TempDir Path given) throws IOException {
    folder = given;
    disk = new RealDisk(List.of(folder));
    files = new DurableFiles(disk, folder);
  }

  @AfterEach
  void close() {
    files.close();
    disk.close();
  }

  private Uptime.Reading uptime() throws IOException {
    if (!readable) {
      throw new IOException("Too many open files");
    }
    return new Uptime.Reading(bootId, uptimeSeconds * 1000);
  }

  private StorageClock clock(long latestTick) {
    return StorageClock.open(new StorageLayout(folder), files, this::uptime, latestTick);
  }

  @Test
  void itBeginsAtZeroAndCountsWhileTheMachineIsUp() {
    StorageClock clock = clock(0);
    assertEquals(0, clock.tick());
    uptimeSeconds += 90;
    assertEquals(90, clock.tick());
  }

  @Test
  void aRestartOfTheServerCountsTheTimeBetween() {
    StorageClock clock = clock(0);
    uptimeSeconds += 10;
    clock.close();
    uptimeSeconds += 50;
    assertEquals(60, clock(0).tick());
  }

  @Test
  void aCrashOfTheServerLosesNothingWhileTheMachineStaysUp() {
    clock(0);
    uptimeSeconds += 100;
    assertEquals(100, clock(0).tick());
  }

  @Test
  void whileTheMachineIsOffNothingCounts() {
    StorageClock clock = clock(0);
    uptimeSeconds += 10;
    clock.checkpoint();
    bootId = "second boot";
    uptimeSeconds = 5000;
    StorageClock again = clock(0);
    assertEquals(10, again.tick());
    uptimeSeconds += 7;
    assertEquals(17, again.tick());
  }

  @Test
  void anUptimeThatGoesBackNeverTakesTheClockBack() {
    StorageClock clock = clock(0);
    uptimeSeconds += 30;
    assertEquals(30, clock.tick());
    uptimeSeconds -= 500;
    assertEquals(30, clock.tick());
    uptimeSeconds += 5;
    assertEquals(35, clock.tick());
  }

  @Test
  void aLostFileGoesOnFromWhatTheTasksRecorded() throws IOException {
    for (@Nullable String content :
        new @Nullable String[] {null, "", "{}", "rubbish", "{\"alive_millis\": -5}"}) {
      Path file = folder.resolve("clock.json");
      Files.deleteIfExists(file);
      if (content != null) {
        Files.writeString(file, content);
      }
      assertEquals(4711, clock(4711).tick());
    }
  }

  @Test
  void aFileThatIsBehindTheTasksGoesOnFromTheTasks() {
    clock(0).close();
    assertEquals(4711, clock(4711).tick());
  }

  @Test
  void aClockThatCannotBeReadStandsStillAndGoesOnLater() {
    StorageClock clock = clock(0);
    uptimeSeconds += 10;
    assertEquals(10, clock.tick());
    readable = false;
    uptimeSeconds += 10;
    assertEquals(10, clock.tick());
    readable = true;
    assertEquals(20, clock.tick());
  }

  @Test
  void thisMachinesUptimeOnlyGrows() throws IOException {
    SystemUptime uptime = new SystemUptime();
    Uptime.Reading first = uptime.read();
    Uptime.Reading second = uptime.read();
    assertEquals(first.bootId(), second.bootId());
    assertTrue(second.millis() >= first.millis());
    assertTrue(first.millis() >= 0);
  }
}
