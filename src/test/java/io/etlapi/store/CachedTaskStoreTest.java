package io.etlapi.store;

import static io.etlapi.store.SampleTasks.at;
import static io.etlapi.store.SampleTasks.completed;
import static io.etlapi.store.SampleTasks.id;
import static io.etlapi.store.SampleTasks.result;
import static io.etlapi.store.SampleTasks.running;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.task.Task;
import io.etlapi.task.TaskResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The cache in front of the files, first of all a task store as any other. */
class CachedTaskStoreTest extends TaskStoreContract {

  private Path other;

  @BeforeEach
  void other(@TempDir Path given) {
    other = given;
  }

  @Override
  TaskStore storeOf(Storage storage) {
    return storage.tasks();
  }

  private Storage openCounting(FaultyDisk[] disk) {
    return Storage.open(
        other,
        SampleTasks.T0,
        real -> disk[0] = new FaultyDisk(real),
        () -> new Uptime.Reading("boot", 0));
  }

  @Test
  void aFinishedRecordIsReadFromItsFileOnceAlsoOverACleanRestart() {
    FaultyDisk[] disk = new FaultyDisk[1];
    try (Storage storage = openCounting(disk)) {
      storage.tasks().create(completed(1, 5));
      long before = disk[0].count(FaultyDisk.Point.READ);
      assertEquals(Optional.of(completed(1, 5)), storage.tasks().find(id(1)));
      assertEquals(Optional.of(completed(1, 5)), storage.tasks().find(id(1)));
      assertEquals(before + 1, disk[0].count(FaultyDisk.Point.READ));
    }
    try (Storage storage = openCounting(disk)) {
      assertEquals(1, storage.report().fromSnapshot());
      long before = disk[0].count(FaultyDisk.Point.READ);
      assertEquals(Optional.of(completed(1, 5)), storage.tasks().find(id(1)));
      assertEquals(before, disk[0].count(FaultyDisk.Point.READ), "the cache is warm");
    }
  }

  /** What comes after every restart: the disk tier alone, read and written in the cache's form. */
  @Test
  void aRecordFromTheDiskTierIsTheOneThatWasKept() {
    Task task =
        running(1)
            .completed(at(9), 5, result("{\"n\": 1.50 , \"text\":\"a\\u00e9\u00fc\ud83d\ude80\"}"));
    Task failed = running(2).failed(at(9), 5, "no such file");
    FileStamp stamp = new FileStamp(10, 20);
    try (RecordCache cache = RecordCache.open(other)) {
      cache.put(stamp, task);
      cache.put(stamp, failed);
    }
    try (RecordCache again = RecordCache.open(other)) {
      assertEquals(Optional.of(task), again.get(id(1), stamp));
      assertEquals(Optional.of(failed), again.get(id(2), stamp));
      assertEquals(Optional.empty(), again.get(id(1), new FileStamp(10, 21)));
    }
  }

  @Test
  void aPollOfAFinishedTaskParsesNothing() {
    try (RecordCache cache = RecordCache.open(other)) {
      FileStamp stamp = new FileStamp(10, 20);
      cache.put(stamp, completed(1, 5));
      Task first = cache.get(id(1), stamp).orElseThrow();
      assertSame(first, cache.get(id(1), stamp).orElseThrow());
    }
  }

  @Test
  void theCacheIsNotBelievedOverTheFile() throws Exception {
    FaultyDisk[] disk = new FaultyDisk[1];
    try (Storage storage = openCounting(disk)) {
      storage.tasks().create(completed(1, 5));
      assertTrue(storage.tasks().find(id(1)).isPresent());
      Path file = storage.layout().record(id(1));
      String edited = Files.readString(file).replace("\"rows\":1", "\"rows\":12345");
      Files.writeString(file, edited);
      TaskResult found = storage.tasks().find(id(1)).orElseThrow().state().result();
      assertEquals(result("{\"rows\":12345}"), found);
    }
  }

  @Test
  void anUnfinishedTaskIsNotKept() {
    FaultyDisk[] disk = new FaultyDisk[1];
    try (Storage storage = openCounting(disk)) {
      storage.tasks().create(running(1));
      long before = disk[0].count(FaultyDisk.Point.READ);
      storage.tasks().find(id(1));
      storage.tasks().find(id(1));
      assertEquals(before + 2, disk[0].count(FaultyDisk.Point.READ));
    }
  }

  @Test
  void aRecordTooLargeForTheCacheIsReadFromItsFile() {
    FaultyDisk[] disk = new FaultyDisk[1];
    try (Storage storage = openCounting(disk)) {
      String text = "x".repeat(RecordCache.MAX_RECORD_BYTES);
      Task large = running(1).completed(at(9), 5, result("{\"text\":\"" + text + "\"}"));
      storage.tasks().create(large);
      assertEquals(Optional.of(large), storage.tasks().find(id(1)));
      long before = disk[0].count(FaultyDisk.Point.READ);
      assertEquals(Optional.of(large), storage.tasks().find(id(1)));
      assertEquals(before + 1, disk[0].count(FaultyDisk.Point.READ));
    }
  }

  @Test
  void aCacheThatFailsCostsNoAnswer() {
    RecordCache cache = RecordCache.open(other);
    cache.put(new FileStamp(1, 2), completed(1, 5));
    cache.close();
    cache.put(new FileStamp(1, 2), completed(2, 5));
    cache.remove(id(1));
    assertEquals(Optional.empty(), cache.get(id(1), new FileStamp(1, 2)));
  }

  @Test
  void aCacheFullOfRubbishStartsEmpty() throws Exception {
    RecordCache cache = RecordCache.open(other);
    cache.put(new FileStamp(1, 2), completed(1, 5));
    cache.close();
    try (var files = Files.walk(other)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.writeString(file, "rubbish");
      }
    }
    try (RecordCache again = RecordCache.open(other)) {
      assertEquals(Optional.empty(), again.get(id(1), new FileStamp(1, 2)));
      again.put(new FileStamp(1, 2), completed(1, 5));
      assertTrue(again.get(id(1), new FileStamp(1, 2)).isPresent());
    }
  }

  @Test
  void aCacheThatAnotherHoldsIsRefusedInWords() {
    try (RecordCache held = RecordCache.open(other)) {
      assertTrue(held.get(id(1), FileStamp.UNKNOWN).isEmpty());
      StoreException refused = assertThrows(StoreException.class, () -> RecordCache.open(other));
      assertTrue(
          String.valueOf(refused.getMessage()).contains("another process"), refused.getMessage());
    }
  }

  @Test
  void anInterruptedReaderDoesNotSpoilTheCacheForOthers() {
    try (RecordCache cache = RecordCache.open(other)) {
      FileStamp stamp = new FileStamp(1, 2);
      String text = "x".repeat(10_000);
      for (int n = 0; n < 200; n++) {
        cache.put(stamp, running(n).completed(at(9), 5, result("{\"text\":\"" + text + "\"}")));
      }
      Thread.currentThread().interrupt();
      int whileInterrupted = hits(cache, stamp);
      assertTrue(Thread.interrupted(), "the interrupt is kept for whom it was meant");
      assertEquals(200, whileInterrupted);
      assertEquals(200, hits(cache, stamp));
    }
  }

  private static int hits(RecordCache cache, FileStamp stamp) {
    int hits = 0;
    for (int n = 0; n < 200; n++) {
      hits += cache.get(id(n), stamp).isPresent() ? 1 : 0;
    }
    return hits;
  }
}
