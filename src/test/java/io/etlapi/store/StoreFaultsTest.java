package io.etlapi.store;

import static io.etlapi.store.SampleTasks.at;
import static io.etlapi.store.SampleTasks.completed;
import static io.etlapi.store.SampleTasks.id;
import static io.etlapi.store.SampleTasks.pending;
import static io.etlapi.store.SampleTasks.running;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.store.FaultyDisk.Point;
import io.etlapi.task.Task;
import io.etlapi.task.TaskQuery;
import io.etlapi.task.TaskState;
import io.etlapi.task.TaskStatus;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every fault of the disk under every change of the store. */
class StoreFaultsTest {

  private static final List<String> WORDS =
      List.of(
          "No space left on device",
          "Input/output error",
          "Too many open files",
          "Read-only file system");

  private Path folder;

  private FaultyDisk disk;
  private Storage storage;
  private TaskStore store;

  @BeforeEach
  void open(@TempDir Path given) {
    folder = given;
    FaultyDisk[] made = new FaultyDisk[1];
    storage =
        Storage.open(
            folder,
            SampleTasks.T0,
            real -> made[0] = new FaultyDisk(real),
            () -> new Uptime.Reading("boot", 0));
    disk = made[0];
    store = storage.tasks();
  }

  @AfterEach
  void close() {
    storage.close();
  }

  /** The changes of a store; each begins with tasks 1 (pending), 2 (running), 3 (completed). */
  enum Change {
    CREATE {
      @Override
      void make(TaskStore store) {
        store.create(pending(9));
      }
    },
    UPDATE {
      @Override
      void make(TaskStore store) {
        store.update(id(2), task -> task.failed(at(9), 9, "no such column"));
      }
    },
    REQUEST_STOP {
      @Override
      void make(TaskStore store) {
        store.update(id(1), task -> task.stopRequested(at(9)));
      }
    },
    REMOVE {
      @Override
      void make(TaskStore store) {
        store.remove(List.of(id(3)));
      }
    };

    abstract void make(TaskStore store);

    boolean passes(Point point) {
      return switch (point) {
        case OPEN, WRITE, SHORT_WRITE, SYNC_FILE, RENAME -> this != REMOVE;
        case SYNC_FOLDER -> true;
        case DELETE -> this == REMOVE;
        case READ -> this == UPDATE || this == REQUEST_STOP;
      };
    }
  }

  static Stream<Arguments> everyCell() {
    List<Arguments> cells = new ArrayList<>();
    for (Change change : Change.values()) {
      for (Point point : Point.values()) {
        if (change.passes(point)) {
          WORDS.forEach(words -> cells.add(Arguments.of(change, point, words)));
        }
      }
    }
    return cells.stream();
  }

  @ParameterizedTest(name = "{0}, {1}: {2}")
  @MethodSource("everyCell")
  void nothingIsAcknowledgedOrSeenAfterAFaultAndNothingIsLost(
      Change change, Point point, String words) throws Exception {
    List<Task> before = List.of(pending(1), running(2), completed(3, 5));
    before.forEach(store::create);
    disk.fail(point, words);

    StoreException refused = assertThrows(StoreException.class, () -> change.make(store));

    assertTrue(String.valueOf(refused.getMessage()).contains(words), refused.getMessage());
    assertFalse(String.valueOf(refused.getMessage()).contains(folder.toString()), "no server path");
    assertEquals(point != Point.READ, !store.health().isHealthy());
    assertEquals(point.isFsync(), store.health().needsRestart());
    assertEquals(3, store.list(TaskQuery.newest(10)).size());
    disk.repair();
    if (!(change == Change.REMOVE && point == Point.SYNC_FOLDER)) {
      before.forEach(task -> assertEquals(Optional.of(task), store.find(task.id())));
    }
    assertEquals(Optional.empty(), store.find(id(9)));

    if (point.isFsync()) {
      assertThrows(StoreException.class, () -> store.create(pending(8)), "failed for good");
    } else {
      change.make(store);
      // A removal proves nothing: it works on a full disk too.
      store.create(pending(6));
      assertTrue(store.health().isHealthy(), "the store recovered by itself");
    }

    storage.close();
    open(folder);
    assertEquals(List.of(), storage.report().quarantined());
    assertEquals(Optional.empty(), store.find(id(8)));
    Task first = store.find(id(1)).orElseThrow();
    assertTrue(
        first.equals(pending(1)) || first.equals(pending(1).stopRequested(at(9))),
        "the old state or the new, whole");
    TaskStatus second = store.find(id(2)).orElseThrow().status();
    assertTrue(second == TaskStatus.RUNNING || second == TaskStatus.FAILED);
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(
          List.of(), files.filter(f -> DurableFiles.isTemporary(f.toFile().getName())).toList());
    }
    store.create(pending(7));
  }

  @Test
  void noReaderSeesAStateBeforeItIsDurable() throws Exception {
    store.create(running(1));
    CountDownLatch renamed = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    disk.beforeFolderSync(
        () -> {
          renamed.countDown();
          await(goOn);
        });
    ExecutorService writer = Executors.newSingleThreadExecutor();
    try {
      Future<Task> change =
          writer.submit(() -> store.update(id(1), task -> task.failed(at(9), 9, "no such column")));
      assertTrue(renamed.await(10, TimeUnit.SECONDS));
      assertTrue(
          Files.readString(storage.layout().record(id(1))).contains("no such column"),
          "the file has the new state under its final name");
      assertEquals(Optional.of(running(1)), store.find(id(1)));
      assertEquals(TaskStatus.RUNNING, store.summary(id(1)).orElseThrow().status());
      goOn.countDown();
      assertEquals(TaskStatus.FAILED, change.get(10, TimeUnit.SECONDS).status());
      assertEquals(TaskStatus.FAILED, store.find(id(1)).orElseThrow().status());
    } finally {
      goOn.countDown();
      writer.shutdownNow();
    }
  }

  @Test
  void aTaskAtWorkIsReadOnceAndItsEndIsReadFromItsFile() throws Exception {
    store.create(pending(1));
    long before = disk.count(Point.READ);
    store.update(id(1), task -> task.started(at(2), SampleTasks.WORKER));
    assertEquals(running(1), store.find(id(1)).orElseThrow());
    store.update(id(1), task -> task.stopRequested(at(5)));
    store.update(id(1), task -> task.cancelled(at(9), 9, "stopped"));
    assertEquals(before + 1, disk.count(Point.READ));

    Path record = storage.layout().record(id(1));
    Files.writeString(record, Files.readString(record).replace("\"stopped\"", "\"edited\""));
    assertEquals("edited", store.find(id(1)).orElseThrow().state().error());
  }

  @Test
  void theFileOfATaskAtWorkIsTheTruth() throws Exception {
    store.create(pending(1));
    store.update(id(1), task -> task.started(at(2), SampleTasks.WORKER));
    Path record = storage.layout().record(id(1));
    String text = Files.readString(record);
    String edited = text.replace("\"pid\": " + SampleTasks.WORKER.pid(), "\"pid\": 987654321");
    assertNotEquals(text, edited);
    Files.writeString(record, edited);
    assertEquals(
        new TaskState.Worker(987654321, SampleTasks.WORKER.threadId()),
        store.find(id(1)).orElseThrow().state().worker());
  }

  @Test
  void aChangeThatTheDiskRefusedIsNotBuiltUpon() {
    store.create(pending(1));
    store.update(id(1), task -> task.started(at(2), SampleTasks.WORKER));
    disk.fail(Point.RENAME, "Input/output error");
    assertThrows(
        StoreException.class, () -> store.update(id(1), task -> task.stopRequested(at(5))));
    disk.repair();

    assertEquals(
        TaskStatus.COMPLETED,
        store.update(id(1), task -> task.completed(at(9), 9, SampleTasks.result("{}"))).status());
  }

  @Test
  void onlyABoundedPartOfTheTasksAtWorkIsHeld() {
    int many = 600;
    for (int n = 1; n <= many; n++) {
      store.create(running(n));
      store.update(id(n), task -> task.stopRequested(at(5)));
    }
    long before = disk.count(Point.READ);
    for (int n = 1; n <= many; n++) {
      assertTrue(store.find(id(n)).orElseThrow().isStopRequested());
    }
    assertEquals(512, many - (disk.count(Point.READ) - before));
  }

  @Test
  void aBatchThatFailsHalfwayRemovesWhatItSaysItRemoved() {
    store.create(completed(1, 5));
    store.create(completed(2, 5));
    disk.fail(Point.DELETE, "Input/output error");
    assertThrows(StoreException.class, () -> store.remove(List.of(id(1), id(2))));
    assertEquals(2, store.list(TaskQuery.newest(10)).size());
    disk.repair();
    store.remove(List.of(id(1), id(2)));
    assertEquals(0, store.counts().total());
  }

  @Test
  void aBatchIsRemovedWithOneFsync() {
    for (int n = 1; n <= 50; n++) {
      store.create(completed(n, 5));
    }
    long before = disk.count(Point.SYNC_FOLDER);
    store.remove(store.finishedBefore(5).stream().map(task -> task.id()).toList());
    assertEquals(before + 1, disk.count(Point.SYNC_FOLDER));
    assertEquals(0, store.counts().total());
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
}
