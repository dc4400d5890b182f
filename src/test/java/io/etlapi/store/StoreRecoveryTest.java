package io.etlapi.store;

import static io.etlapi.store.SampleTasks.at;
import static io.etlapi.store.SampleTasks.childOf;
import static io.etlapi.store.SampleTasks.completed;
import static io.etlapi.store.SampleTasks.id;
import static io.etlapi.store.SampleTasks.pending;
import static io.etlapi.store.SampleTasks.running;
import static io.etlapi.store.SampleTasks.withKey;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.store.RecoveryReport.Quarantined;
import io.etlapi.task.Task;
import io.etlapi.task.TaskId;
import io.etlapi.task.TaskQuery;
import io.etlapi.task.TaskResult;
import io.etlapi.task.TaskSummary;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a start makes of the folder it finds. */
class StoreRecoveryTest {

  private Path folder;

  @BeforeEach
  void folder(@TempDir Path given) {
    folder = given;
  }

  private Storage open() {
    return Storage.open(folder, SampleTasks.T0);
  }

  private Path record(int number) {
    return folder.resolve(id(number) + ".json");
  }

  private void store(Task... tasks) {
    try (Storage storage = open()) {
      Arrays.stream(tasks).forEach(storage.tasks()::create);
    }
  }

  private Map<String, String> contents() throws IOException {
    Map<String, String> found = new TreeMap<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = folder.relativize(file).toString();
        if (!name.equals(".lock") && !name.startsWith("task_cache")) {
          found.put(name, Files.readString(file, StandardCharsets.ISO_8859_1));
        }
      }
    }
    return found;
  }

  @Test
  void aNewFolderIsMadeAndEmpty() {
    try (Storage storage = Storage.open(folder.resolve("not/yet/there"), SampleTasks.T0)) {
      assertEquals(new RecoveryReport(0, 0, List.of(), 0, 0), storage.report());
      assertEquals(0, storage.tasks().counts().total());
    }
  }

  @Test
  void afterACleanStopNoRecordIsReadAgainAndNothingIsForgotten() {
    store(
        pending(1),
        running(2),
        completed(3, 7),
        pending(4, "join", childOf(id(3), "b")),
        pending(5, "join", withKey("k5")));
    FaultyDisk[] disk = new FaultyDisk[1];
    try (Storage storage =
        Storage.open(
            folder,
            SampleTasks.T0,
            real -> disk[0] = new FaultyDisk(real),
            () -> new Uptime.Reading("boot", 0))) {
      assertEquals(5, storage.report().fromSnapshot());
      assertEquals(2, disk[0].count(FaultyDisk.Point.READ), "the clock and where the folder was");
      List<TaskSummary> expected =
          Stream.of(
                  pending(5, "join", withKey("k5")),
                  pending(4, "join", childOf(id(3), "b")),
                  completed(3, 7),
                  running(2),
                  pending(1))
              .map(TaskSummary::of)
              .toList();
      assertEquals(expected, storage.tasks().list(TaskQuery.newest(10)));
      assertEquals(Optional.of(id(5)), storage.tasks().findByIdempotencyKey("k5"));
      assertEquals(1, storage.tasks().children(id(3)).size());
    }
  }

  @Test
  void aRecordThatChangedSinceTheSnapshotIsRead() throws IOException {
    store(pending(1), pending(2));
    Files.writeString(
        record(1), Files.readString(record(1)).replace("\"read_csv\"", "\"read_xls\""));
    Files.delete(record(2));
    try (Storage storage = open()) {
      assertEquals(0, storage.report().fromSnapshot());
      assertEquals("read_xls", storage.tasks().summary(id(1)).orElseThrow().stepName());
      assertEquals(Optional.empty(), storage.tasks().summary(id(2)));
    }
  }

  @Test
  void aSnapshotIsGoneBeforeTheFirstChange() throws IOException {
    store(pending(1));
    assertTrue(Files.exists(folder.resolve("index.snapshot")));
    try (Storage storage = open()) {
      assertFalse(Files.exists(folder.resolve("index.snapshot")));
      assertEquals(1, storage.report().fromSnapshot());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7, 12, 40, 100, -1})
  void aTornSnapshotIsIgnored(int length) throws IOException {
    store(pending(1), completed(2, 5));
    Path snapshot = folder.resolve("index.snapshot");
    byte[] whole = Files.readAllBytes(snapshot);
    Files.write(snapshot, Arrays.copyOf(whole, length < 0 ? whole.length - 1 : length));
    try (Storage storage = open()) {
      assertEquals(0, storage.report().fromSnapshot());
      assertEquals(2, storage.tasks().counts().total());
    }
  }

  @Test
  void aSnapshotWithAFlippedBitIsIgnored() throws IOException {
    store(pending(1), completed(2, 5));
    Path snapshot = folder.resolve("index.snapshot");
    byte[] whole = Files.readAllBytes(snapshot);
    for (int at = 0; at < whole.length; at += 5) {
      byte[] flipped = whole.clone();
      flipped[at] ^= 0x10;
      Files.write(snapshot, flipped);
      IndexSnapshot read = IndexSnapshot.read(snapshot);
      assertEquals(
          null, read.find(id(1), FileStamp.of(record(1))), "byte " + at + " passed unnoticed");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "rubbish",
        "[]",
        "{\"format\":\"1.0\"}",
        "{\"format\":\"one\",\"task_id\":\"x\"}",
        "{\"task_id\":\"no format\"}"
      })
  void whatIsNoRecordIsQuarantinedAndReported(String content) throws IOException {
    store(pending(1), pending(2));
    Files.writeString(record(1), content);
    try (Storage storage = open()) {
      List<Quarantined> found = storage.report().quarantined();
      assertEquals(1, found.size());
      assertEquals(id(1) + ".json", found.get(0).fileName());
      assertFalse(found.get(0).reason().isBlank());
      assertEquals(
          content, Files.readString(folder.resolve("quarantine").resolve(id(1) + ".json")));
      assertFalse(Files.exists(record(1)));
      assertEquals(Optional.empty(), storage.tasks().find(id(1)));
      assertTrue(storage.tasks().find(id(2)).isPresent());
    }
    try (Storage storage = open()) {
      assertEquals(List.of(), storage.report().quarantined());
    }
  }

  @Test
  void aRecordTornAtAnyByteIsQuarantined() throws IOException {
    store(completed(1, 5));
    byte[] whole = Files.readAllBytes(record(1));
    int end = new String(whole, StandardCharsets.UTF_8).stripTrailing().length();
    for (int length = 0; length < end; length++) {
      byte[] torn = Arrays.copyOf(whole, length);
      assertThrows(UnreadableRecordException.class, () -> TaskJson.decode(id(1), torn));
      byte[] zeros = Arrays.copyOf(torn, whole.length);
      assertThrows(UnreadableRecordException.class, () -> TaskJson.decode(id(1), zeros));
    }
  }

  @Test
  void quarantineNeverOverwritesWhatIsThere() throws IOException {
    for (String content : List.of("first", "second", "third")) {
      Files.writeString(record(1), content);
      open().close();
    }
    Path quarantine = folder.resolve("quarantine");
    assertEquals("first", Files.readString(quarantine.resolve(id(1) + ".json")));
    assertEquals("second", Files.readString(quarantine.resolve(id(1) + ".json.1")));
    assertEquals("third", Files.readString(quarantine.resolve(id(1) + ".json.2")));
  }

  @Test
  void theOutputOfAQuarantinedTaskIsKept() throws Exception {
    try (Storage storage = open()) {
      storage.tasks().create(running(1));
      Files.writeString(storage.outputs().open(id(1), 1).resolve("rows.csv"), "a");
      var files = storage.outputs().publish(id(1), 1);
      storage.tasks().update(id(1), t -> t.completed(at(2), 5, new TaskResult.Inline("{}", files)));
      storage.logs().append(id(1), at(1), "reading");
    }
    Files.writeString(record(1), "torn");
    open().close();
    try (Storage storage = open()) {
      assertTrue(Files.exists(storage.outputs().published(id(1)).resolve("rows.csv")));
      assertEquals(1, storage.logs().tail(id(1), 5).size());
    }
  }

  @Test
  void aRecordUnderAnotherTasksNameIsQuarantined() throws IOException {
    store(pending(1));
    Files.copy(record(1), record(2));
    try (Storage storage = open()) {
      assertEquals(1, storage.report().quarantined().size());
      assertTrue(storage.report().quarantined().get(0).reason().contains("task_id"));
      assertEquals(1, storage.tasks().counts().total());
    }
  }

  @Test
  void aFolderOrALinkInPlaceOfARecordIsQuarantined() throws IOException {
    Path secret = Files.writeString(folder.resolve("secret.txt"), "secret");
    Files.createDirectories(record(1));
    Files.createSymbolicLink(record(2), secret);
    try (Storage storage = open()) {
      assertEquals(2, storage.report().quarantined().size());
      assertEquals("secret", Files.readString(secret));
    }
  }

  @Test
  void aNewerFormatIsRefusedBeforeAnythingIsChanged() throws IOException {
    store(pending(1), completed(2, 5), pending(3));
    Files.writeString(record(3), Files.readString(record(3)).replace("\"1.0\"", "\"2.0\""));
    Files.writeString(record(4), "torn");
    Files.writeString(folder.resolve("." + id(1) + ".json.5.tmp"), "left over");
    Files.createDirectories(folder.resolve("output/" + id(9)));
    Map<String, String> before = contents();

    StoreException refused = assertThrows(StoreException.class, this::open);

    String message = String.valueOf(refused.getMessage());
    assertTrue(message.contains(id(3).toString()) && message.contains("2.0"), message);
    assertEquals(before, contents());
    assertTrue(Files.exists(folder.resolve("output/" + id(9))));
    assertThrows(StoreException.class, this::open, "and the lock was let go of");
  }

  @Test
  void leftoversOfUnfinishedWritesAreRemovedAndOthersFilesAreNot() throws IOException {
    store(pending(1));
    Files.writeString(folder.resolve("." + id(1) + ".json.17.tmp"), "{\"half");
    Files.createDirectories(folder.resolve("output/." + id(1) + ".1.tmp/deep"));
    Files.writeString(folder.resolve("output/." + id(1) + ".1.tmp/deep/rows.csv"), "a");
    Files.writeString(folder.resolve("notes.json"), "{}");
    Files.createDirectories(folder.resolve("controls/trades"));
    try (Storage storage = open()) {
      assertEquals(2, storage.report().leftovers());
    }
    Map<String, String> left = contents();
    assertTrue(left.keySet().stream().noneMatch(name -> name.contains(".tmp")), left.toString());
    assertTrue(left.containsKey("notes.json"));
    assertTrue(Files.exists(folder.resolve("controls/trades")));
  }

  @Test
  void outputsThatNoCompletedTaskOwnsAreRemoved() throws Exception {
    TaskId completed;
    try (Storage storage = open()) {
      storage.tasks().create(running(1));
      storage.tasks().create(running(2));
      Files.writeString(storage.outputs().open(id(1), 1).resolve("rows.csv"), "a");
      Files.writeString(storage.outputs().open(id(2), 1).resolve("rows.csv"), "b");
      var files = storage.outputs().publish(id(1), 1);
      completed =
          storage
              .tasks()
              .update(id(1), t -> t.completed(at(2), 5, new TaskResult.Inline("{}", files)))
              .id();
      // As if the server had been killed before the record said so.
      storage.outputs().publish(id(2), 1);
    }
    Files.createDirectories(folder.resolve("output/" + id(7)));
    Files.writeString(folder.resolve("logs/" + id(8) + ".log"), "whose?");
    try (Storage storage = open()) {
      assertEquals(3, storage.report().orphans());
      assertTrue(Files.exists(storage.outputs().published(completed).resolve("rows.csv")));
      assertFalse(Files.exists(storage.outputs().published(id(2))));
      assertFalse(Files.exists(storage.outputs().published(id(7))));
      assertEquals(1, storage.outputBytes());
    }
  }

  @Test
  void aRecordThatTheDiskCannotReadStopsTheStartAndIsNotMoved() throws IOException {
    store(pending(1));
    Files.writeString(record(1), Files.readString(record(1)) + " ");
    StoreException refused =
        assertThrows(
            StoreException.class,
            () ->
                Storage.open(
                    folder,
                    SampleTasks.T0,
                    real -> {
                      FaultyDisk disk = new FaultyDisk(real);
                      disk.fail(FaultyDisk.Point.READ, "Input/output error");
                      return disk;
                    },
                    () -> new Uptime.Reading("boot", 0)));
    assertTrue(
        String.valueOf(refused.getMessage()).contains("Input/output error"), refused.getMessage());
    assertTrue(Files.exists(record(1)));
    try (Storage storage = open()) {
      assertEquals(1, storage.tasks().counts().total());
    }
  }

  @Test
  void aNewFolderIsDurableWithThoseAboveItBeforeATaskIsInIt() {
    CallsOfADisk[] disk = new CallsOfADisk[1];
    Path below = folder.resolve("a").resolve("b");
    try (Storage storage =
        Storage.open(
            below,
            SampleTasks.T0,
            real -> disk[0] = new CallsOfADisk(real),
            () -> new Uptime.Reading("boot", 0))) {
      assertEquals(0, storage.tasks().counts().total());
    }
    assertEquals(
        List.of("sync " + folder, "sync " + folder.resolve("a"), "sync " + below),
        disk[0].calls().stream().filter(call -> call.startsWith("sync ")).limit(3).toList());
  }

  @Test
  void theQuarantineIsDurableBeforeAFileMovesIntoIt() throws IOException {
    Files.writeString(record(1), "{");
    CallsOfADisk[] disk = new CallsOfADisk[1];
    boolean[] madeFirst = new boolean[1];
    try (Storage storage =
        Storage.open(
            folder,
            SampleTasks.T0,
            real ->
                disk[0] =
                    new CallsOfADisk(real) {
                      @Override
                      public void syncFolder(Path synced) throws IOException {
                        madeFirst[0] |=
                            synced.equals(folder)
                                && Files.exists(record(1))
                                && Files.exists(folder.resolve("quarantine"));
                        super.syncFolder(synced);
                      }
                    },
            () -> new Uptime.Reading("boot", 0))) {
      assertEquals(1, storage.report().quarantined().size());
    }
    assertTrue(madeFirst[0], () -> String.join("\n", disk[0].calls()));
  }

  @Test
  void aFullDiskAtTheStartLeavesTheStorageReadable() throws IOException {
    store(completed(1, 5));
    FaultyDisk[] disk = new FaultyDisk[1];
    try (Storage storage =
        Storage.open(
            folder,
            SampleTasks.T0,
            real -> {
              disk[0] = new FaultyDisk(real);
              disk[0].fail(FaultyDisk.Point.SHORT_WRITE, "No space left on device");
              return disk[0];
            },
            () -> new Uptime.Reading("boot", 0))) {
      assertFalse(storage.tasks().health().isHealthy());
      assertEquals(Optional.of(completed(1, 5)), storage.tasks().find(id(1)));
      assertThrows(StoreException.class, () -> storage.tasks().create(pending(2)));
      disk[0].repair();
      storage.tasks().create(pending(2));
      assertTrue(storage.tasks().health().isHealthy());
    }
  }

  @Test
  void aRecordOfAnEarlierReleaseIsReadAndWrittenAsItWas() throws IOException {
    String name = "019c5f3e-7a10-7cc3-98c4-dc0c0c07398f";
    byte[] golden;
    try (var in = StoreRecoveryTest.class.getResourceAsStream("format-1.0/" + name + ".json")) {
      golden = Objects.requireNonNull(in).readAllBytes();
    }
    Files.write(folder.resolve(name + ".json"), golden);
    try (Storage storage = open()) {
      assertEquals(List.of(), storage.report().quarantined());
      var task = storage.tasks().find(TaskId.of(name)).orElseThrow();
      assertArrayEquals(golden, TaskJson.encode(task));
      assertEquals("trades-2026", task.unknownFields().get("x_desk"));
      assertEquals(2, task.state().attempt());
      assertEquals(1, task.state().attempts().size());
    }
  }
}
