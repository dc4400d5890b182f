package io.etlapi.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.store.FaultyDisk.Point;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The durable write, and what each fault of the disk does to it. */
class DurableFilesTest {

  private Path folder;

  private final AtomicLong nanos = new AtomicLong();
  private RealDisk real;
  private FaultyDisk disk;
  private DurableFiles files;

  @BeforeEach
  void open(@TempDir Path given) throws IOException {
    folder = given;
    real = new RealDisk(List.of(folder));
    disk = new FaultyDisk(real);
    files = new DurableFiles(disk, folder, nanos::get);
  }

  @AfterEach
  void close() {
    files.close();
    real.close();
  }

  private Path file(String name) {
    return folder.resolve(name);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private List<String> names() throws IOException {
    try (var entries = Files.list(folder)) {
      return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void aWriteReplacesTheWholeFileAndLeavesNothingElse() throws IOException {
    files.write(file("a"), bytes("first, and longer"));
    files.write(file("a"), bytes("second"));
    assertEquals("second", Files.readString(file("a")));
    assertEquals(List.of("a"), names());
    assertEquals(2, disk.count(Point.SYNC_FILE));
    assertEquals(2, disk.count(Point.SYNC_FOLDER));
  }

  @ParameterizedTest
  @EnumSource(
      value = Point.class,
      names = {"OPEN", "SHORT_WRITE", "RENAME"})
  void aFaultBeforeTheRenameKeepsTheOldContentAndPasses(Point point) throws IOException {
    files.write(file("a"), bytes("old content of the file"));
    disk.fail(point, "No space left on device");

    StoreException refused =
        assertThrows(
            StoreException.class, () -> files.write(file("a"), bytes("new content of the file")));

    assertTrue(
        String.valueOf(refused.getMessage()).contains("No space left"), refused.getMessage());
    assertEquals("old content of the file", Files.readString(file("a")));
    assertEquals(List.of("a"), names(), "the file aside is gone");
    assertFalse(files.health().isHealthy());
    assertFalse(files.health().needsRestart());

    disk.repair();
    files.write(file("a"), bytes("newest"));
    assertEquals("newest", Files.readString(file("a")));
    assertTrue(files.health().isHealthy(), "a write that succeeded is proof enough");
  }

  @ParameterizedTest
  @EnumSource(
      value = Point.class,
      names = {"SYNC_FILE", "SYNC_FOLDER"})
  void aFailedFsyncIsNeverForgotten(Point point) {
    disk.fail(point, "Input/output error");
    assertThrows(StoreException.class, () -> files.write(file("a"), bytes("x")));
    disk.repair();
    nanos.addAndGet(TimeUnit.HOURS.toNanos(1));

    assertTrue(files.health().needsRestart());
    StoreException refused =
        assertThrows(StoreException.class, () -> files.write(file("b"), bytes("x")));
    assertTrue(String.valueOf(refused.getMessage()).contains("restarted"), refused.getMessage());
    assertFalse(Files.exists(file("b")));
    assertEquals(1, disk.count(point), "asking the disk again would prove nothing");
    assertThrows(StoreException.class, () -> files.unlink(file("a")));
    assertThrows(StoreException.class, () -> files.rename(file("a"), file("c")));
  }

  @Test
  void healthTriesToWriteOnceASecondUntilTheFaultIsGone() throws IOException {
    disk.fail(Point.OPEN, "Too many open files");
    assertThrows(StoreException.class, () -> files.write(file("a"), bytes("x")));
    long opened = disk.count(Point.OPEN);

    assertTrue(files.health().fault().orElse("").contains("Too many open files"));
    assertEquals(opened, disk.count(Point.OPEN), "not yet");
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
    assertFalse(files.health().isHealthy());
    assertEquals(opened + 1, disk.count(Point.OPEN));

    disk.repair();
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
    assertTrue(files.health().isHealthy());
    assertEquals(List.of(), names(), "the probe leaves nothing");
  }

  @Test
  void aWriteThatWasUnderWayWhenAnFsyncFailedIsNotAcknowledged() throws Exception {
    CountDownLatch writing = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    ExecutorService other = Executors.newSingleThreadExecutor();
    try {
      Future<?> slow =
          other.submit(
              () ->
                  files.write(
                      file("slow"),
                      out -> {
                        writing.countDown();
                        await(goOn);
                        out.write(bytes("x"));
                      }));
      assertTrue(writing.await(10, TimeUnit.SECONDS));
      disk.fail(Point.SYNC_FOLDER, "Input/output error");
      assertThrows(StoreException.class, () -> files.write(file("a"), bytes("x")));
      disk.repair();
      goOn.countDown();
      Exception refused = assertThrows(Exception.class, () -> slow.get(10, TimeUnit.SECONDS));
      assertTrue(refused.getCause() instanceof StoreException, refused.toString());
      assertFalse(Files.exists(file("slow")));
    } finally {
      other.shutdownNow();
    }
  }

  @Test
  void concurrentWritersShareTheFsyncOfTheFolder() throws Exception {
    int writers = 16;
    CountDownLatch firstSyncBegan = new CountDownLatch(1);
    CountDownLatch othersAreWaiting = new CountDownLatch(1);
    AtomicBoolean first = new AtomicBoolean(true);
    disk.beforeFolderSync(
        () -> {
          if (first.getAndSet(false)) {
            firstSyncBegan.countDown();
            await(othersAreWaiting);
          }
        });
    ExecutorService pool = Executors.newFixedThreadPool(writers + 1);
    try {
      List<Future<?>> done = new ArrayList<>();
      done.add(pool.submit(() -> files.write(file("leader"), bytes("x"))));
      assertTrue(firstSyncBegan.await(10, TimeUnit.SECONDS));
      for (int i = 0; i < writers; i++) {
        Path file = file("follower-" + i);
        done.add(pool.submit(() -> files.write(file, bytes("x"))));
      }
      waitUntil(() -> files.waitingForFolderSync() == writers);
      othersAreWaiting.countDown();
      for (Future<?> one : done) {
        one.get(10, TimeUnit.SECONDS);
      }
    } finally {
      pool.shutdownNow();
    }
    assertEquals(writers + 1, disk.count(Point.SYNC_FILE));
    assertEquals(2, disk.count(Point.SYNC_FOLDER), "one for the first, one for all others");
  }

  @Test
  void aFailedFsyncOfTheFolderFailsAllWhoSharedIt() throws Exception {
    int writers = 8;
    CountDownLatch began = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    disk.beforeFolderSync(
        () -> {
          began.countDown();
          await(goOn);
        });
    disk.fail(Point.SYNC_FOLDER, "Input/output error");
    ExecutorService pool = Executors.newFixedThreadPool(writers);
    try {
      List<Future<?>> done = new ArrayList<>();
      for (int i = 0; i < writers; i++) {
        Path file = file("file-" + i);
        done.add(pool.submit(() -> files.write(file, bytes("x"))));
      }
      assertTrue(began.await(10, TimeUnit.SECONDS));
      goOn.countDown();
      for (Future<?> one : done) {
        Exception refused = assertThrows(Exception.class, () -> one.get(10, TimeUnit.SECONDS));
        assertTrue(refused.getCause() instanceof StoreException, refused.toString());
      }
    } finally {
      pool.shutdownNow();
    }
    assertTrue(files.health().needsRestart());
  }

  @Test
  void anInterruptedWriterWritesAllTheSameAndStaysInterrupted() throws IOException {
    for (int i = 0; i < 20; i++) {
      Thread.currentThread().interrupt();
      files.write(file("a"), bytes("written " + i));
      assertTrue(Thread.interrupted(), "the interrupt is kept for whom it was meant");
    }
    assertEquals("written 19", Files.readString(file("a")));
    assertTrue(files.health().isHealthy(), "an interrupt is no fault of the disk");
  }

  @Test
  void removingTwiceIsFine() throws IOException {
    files.write(file("a"), bytes("x"));
    files.unlink(file("a"));
    files.unlink(file("a"));
    assertEquals(List.of(), names());
  }

  @Test
  void whatTheSystemSaysIsQuotedWithoutThePath() {
    assertEquals(
        "No space left on device",
        DurableFiles.reason(new FileNotFoundException("/srv/x.tmp (No space left on device)")));
    assertEquals(
        "Read-only file system",
        DurableFiles.reason(new FileSystemException("/srv/x", null, "Read-only file system")));
    assertEquals("short write", DurableFiles.reason(new IOException("short write")));
  }

  private static void await(CountDownLatch latch) {
    try {
      if (!latch.await(10, TimeUnit.SECONDS)) {
        throw new IllegalStateException("waited in vain");
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void waitUntil(BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < deadline, "waited in vain");
      Thread.onSpinWait();
    }
  }
}
