package io.etlapi.store;

import static io.etlapi.store.SampleTasks.at;
import static io.etlapi.store.SampleTasks.childOf;
import static io.etlapi.store.SampleTasks.completed;
import static io.etlapi.store.SampleTasks.id;
import static io.etlapi.store.SampleTasks.pending;
import static io.etlapi.store.SampleTasks.result;
import static io.etlapi.store.SampleTasks.running;
import static io.etlapi.store.SampleTasks.withKey;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.task.Task;
import io.etlapi.task.TaskException;
import io.etlapi.task.TaskId;
import io.etlapi.task.TaskQuery;
import io.etlapi.task.TaskResult;
import io.etlapi.task.TaskSpec;
import io.etlapi.task.TaskStatus;
import io.etlapi.task.TaskSummary;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every task store does. */
abstract class TaskStoreContract {

  private Path folder;

  private Storage storage;
  private TaskStore store;

  /** The store under test, of an open storage. */
  abstract TaskStore storeOf(Storage storage);

  @BeforeEach
  void open(@TempDir Path given) {
    folder = given;
    storage = Storage.open(folder, SampleTasks.T0);
    store = storeOf(storage);
  }

  @AfterEach
  void close() {
    storage.close();
  }

  private void reopen() {
    storage.close();
    open(folder);
  }

  @Test
  void aCreatedTaskIsFoundAsItWasAlsoAfterARestart() {
    Task task = pending(1);
    store.create(task);
    assertEquals(Optional.of(task), store.find(task.id()));
    reopen();
    assertEquals(Optional.of(task), store.find(task.id()));
    assertEquals(Optional.of(TaskSummary.of(task)), store.summary(task.id()));
  }

  @Test
  void anIdIsTakenOnce() {
    store.create(pending(1));
    assertThrows(IllegalStateException.class, () -> store.create(running(1)));
    assertEquals(Optional.of(pending(1)), store.find(id(1)));
  }

  @Test
  void aChangeIsSeenAndKept() {
    store.create(pending(1));
    Task running = store.update(id(1), task -> task.started(at(5), SampleTasks.WORKER));
    assertEquals(TaskStatus.RUNNING, running.status());
    Task ended =
        store.update(id(1), task -> task.completed(at(9), 77, result("{\"amount\": 1.10}")));
    assertEquals(Optional.of(ended), store.find(id(1)));
    reopen();
    Task found = store.find(id(1)).orElseThrow();
    assertEquals(ended, found);
    assertTrue(
        found.state().result() instanceof TaskResult.Inline inline
            && inline.json().equals("{\"amount\": 1.10}"),
        "a result comes back digit for digit");
    assertEquals(77, store.summary(id(1)).orElseThrow().completedTick());
  }

  @Test
  void aChangeThatThrowsLeavesTheTaskAsItWas() {
    store.create(completed(1, 10));
    IllegalStateException refused =
        assertThrows(
            IllegalStateException.class,
            () -> store.update(id(1), task -> task.cancelled(at(20), 20, "late")));
    assertTrue(String.valueOf(refused.getMessage()).contains("completed"), refused.getMessage());
    assertEquals(Optional.of(completed(1, 10)), store.find(id(1)));
  }

  @Test
  void aChangeToTheSameWritesNothing() throws Exception {
    store.create(pending(1));
    Object before = Files.readAttributes(folder.resolve(id(1) + ".json"), "unix:ino,ctime");
    store.update(id(1), task -> task);
    assertEquals(before, Files.readAttributes(folder.resolve(id(1) + ".json"), "unix:ino,ctime"));
  }

  @Test
  void anUnknownTaskCannotBeChangedAndIsNotFound() {
    TaskException refused =
        assertThrows(TaskException.class, () -> store.update(id(9), task -> task));
    assertEquals(TaskException.Reason.UNKNOWN_TASK, refused.reason());
    assertEquals(Optional.empty(), store.find(id(9)));
    assertEquals(Optional.empty(), store.summary(id(9)));
  }

  @Test
  void aListIsNewestFirstAndGoesOnBehindItsCursor() {
    for (int n : new int[] {3, 1, 5, 2, 4}) {
      store.create(pending(n));
    }
    assertEquals(List.of(id(5), id(4)), ids(store.list(TaskQuery.newest(2))));
    assertEquals(
        List.of(id(3), id(2)),
        ids(store.list(new TaskQuery(null, null, null, null, null, id(4), 2))));
  }

  @Test
  void aListCanBeFilteredByEverything() {
    store.create(pending(1, "read_csv", TaskSpec.Origin.NONE));
    store.create(pending(2, "join", TaskSpec.Origin.NONE));
    store.create(completed(3, 5));
    assertEquals(List.of(id(3)), ids(store.list(query(TaskStatus.COMPLETED, null, null))));
    assertEquals(List.of(id(2), id(1)), ids(store.list(query(TaskStatus.PENDING, null, null))));
    assertEquals(List.of(id(2)), ids(store.list(query(null, "join", null))));
    assertEquals(List.of(id(3), id(1)), ids(store.list(query(null, null, "CSV"))));
    assertEquals(
        List.of(id(2)), ids(store.list(query(null, null, id(2).toString().substring(5, 20)))));
    assertEquals(
        List.of(id(2)), ids(store.list(new TaskQuery(null, null, at(2), at(3), null, null, 10))));
    assertEquals(
        3, store.list(new TaskQuery(null, null, Instant.MIN, Instant.MAX, null, null, 10)).size());
  }

  @Test
  void aListIsOfRootsOnlyOrOfThePartsOfOneRun() {
    store.create(pending(1, "control", SampleTasks.running(Map.of("steps", List.of()))));
    store.create(pending(2, "read_csv", childOf(id(1), "a")));
    store.create(pending(3, "join", childOf(id(1), "b")));
    store.create(pending(4, "join", TaskSpec.Origin.NONE));
    assertEquals(List.of(id(4), id(1)), ids(store.list(of(null, true, null))));
    assertEquals(List.of(id(3), id(2)), ids(store.list(of(id(1), false, null))));
    assertEquals(List.of(id(2)), ids(store.list(of(id(1), false, id(3)))));
    assertEquals(List.of(), store.list(of(id(4), false, null)));
  }

  private static TaskQuery of(@Nullable TaskId parent, boolean rootsOnly, @Nullable TaskId before) {
    return new TaskQuery(null, null, null, null, null, parent, rootsOnly, before, 10);
  }

  @Test
  void childrenComeInOrderOfCreation() {
    store.create(pending(1, "control", SampleTasks.running(Map.of("steps", List.of()))));
    store.create(pending(3, "join", childOf(id(1), "b")));
    store.create(pending(2, "read_csv", childOf(id(1), "a")));
    assertEquals(List.of(id(2), id(3)), ids(store.children(id(1))));
    assertEquals(List.of(), store.children(id(2)));
    assertTrue(store.summary(id(1)).orElseThrow().parent());
    reopen();
    assertEquals(List.of(id(2), id(3)), ids(store.children(id(1))));
    assertEquals("a", store.children(id(1)).get(0).node());
  }

  @Test
  void unfinishedTasksAndCountsFollowEveryChange() {
    store.create(pending(1));
    store.create(running(2));
    store.create(completed(3, 5));
    assertEquals(List.of(id(1), id(2)), ids(store.unfinished()));
    store.update(id(2), task -> task.failed(at(9), 6, "no such column"));
    assertEquals(List.of(id(1)), ids(store.unfinished()));
    assertEquals(1, store.counts().of(TaskStatus.FAILED));
    assertEquals(0, store.counts().of(TaskStatus.RUNNING));
    assertEquals(3, store.counts().total());
    reopen();
    assertEquals(List.of(id(1)), ids(store.unfinished()));
    assertEquals(3, store.counts().total());
  }

  @Test
  void anIdempotencyKeyFindsItsTaskUntilThatIsRemoved() {
    Task keyed = pending(1, "join", withKey("k1")).cancelled(at(2), 3, "stopped on request");
    store.create(keyed);
    assertEquals(Optional.of(id(1)), store.findByIdempotencyKey("k1"));
    assertEquals(Optional.empty(), store.findByIdempotencyKey("k2"));
    reopen();
    assertEquals(Optional.of(id(1)), store.findByIdempotencyKey("k1"));
    store.remove(List.of(id(1)));
    assertEquals(Optional.empty(), store.findByIdempotencyKey("k1"));
  }

  @Test
  void onlyFinishedRootsAreFoundByTheirAge() {
    store.create(completed(1, 100));
    store.create(completed(2, 101));
    store.create(running(3));
    store.create(
        pending(4, "join", childOf(id(1), "a")).cancelled(at(5), 50, "stopped on request"));
    assertEquals(List.of(id(1)), ids(store.finishedBefore(100)));
  }

  @Test
  void aRemovedTaskIsGoneWithItsOutputAndLog() throws Exception {
    store.create(pending(1).started(at(1), SampleTasks.WORKER));
    Path work = storage.outputs().open(id(1), 1);
    Files.writeString(work.resolve("rows.csv"), "a,b\n1,2\n");
    var files = storage.outputs().publish(id(1), 1);
    store.update(id(1), t -> t.completed(at(2), 5, new TaskResult.Inline("{}", files)));
    storage.logs().append(id(1), at(1), "reading");
    assertEquals(8, storage.outputBytes());
    assertTrue(store.find(id(1)).isPresent(), "read once, so that a cache holds it");

    store.remove(List.of(id(1)));

    assertEquals(Optional.empty(), store.find(id(1)));
    assertEquals(List.of(), store.list(TaskQuery.newest(10)));
    assertEquals(0, storage.outputBytes());
    assertFalse(Files.exists(storage.outputs().published(id(1))));
    assertEquals(List.of(), storage.logs().tail(id(1), 10));
    reopen();
    assertEquals(Optional.empty(), store.find(id(1)));
    assertEquals(0, store.counts().total());
  }

  @Test
  void aTaskThatHasNotEndedCannotBeRemovedNorTakeOthersAlong() {
    store.create(completed(1, 5));
    store.create(running(2));
    IllegalStateException refused =
        assertThrows(IllegalStateException.class, () -> store.remove(List.of(id(1), id(2))));
    assertTrue(String.valueOf(refused.getMessage()).contains("running"), refused.getMessage());
    assertTrue(store.find(id(1)).isPresent());
    assertTrue(store.find(id(2)).isPresent());
  }

  @Test
  void removingWhatIsNotThereIsFine() {
    store.remove(List.of(id(1), id(2)));
    assertEquals(0, store.counts().total());
  }

  @Test
  void aClosedStoreTakesNoChangeAndSaysSo() {
    store.create(pending(1));
    storage.close();
    assertThrows(StoreException.class, () -> store.create(pending(2)));
    assertThrows(StoreException.class, () -> store.update(id(1), t -> t.stopRequested(at(3))));
    assertFalse(store.health().isHealthy());
  }

  @Test
  void changesOfOneTaskByManyThreadsComeOneAfterAnother() throws Exception {
    int threads = 8;
    int each = 25;
    store.create(
        Task.accepted(
            new TaskSpec(id(1), "join", Map.of(), 5, 1000, null, at(0), TaskSpec.Origin.NONE)));
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      CountDownLatch start = new CountDownLatch(1);
      List<Future<?>> done = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        done.add(
            pool.submit(
                () -> {
                  start.await();
                  for (int i = 0; i < each; i++) {
                    store.update(
                        id(1),
                        task ->
                            task.started(at(1), SampleTasks.WORKER)
                                .retryAt(at(2), at(3), "attempt failed"));
                  }
                  return null;
                }));
      }
      start.countDown();
      for (Future<?> one : done) {
        one.get(60, TimeUnit.SECONDS);
      }
    } finally {
      pool.shutdownNow();
    }
    assertEquals(1 + threads * each, store.find(id(1)).orElseThrow().state().attempt());
    reopen();
    Task task = store.find(id(1)).orElseThrow();
    assertEquals(threads * each, task.state().attempts().size(), "no change was lost");
  }

  private static TaskQuery query(
      @Nullable TaskStatus status, @Nullable String step, @Nullable String text) {
    return new TaskQuery(status, step, null, null, text, null, 10);
  }

  private static List<TaskId> ids(List<TaskSummary> tasks) {
    return tasks.stream().map(TaskSummary::id).toList();
  }
}
