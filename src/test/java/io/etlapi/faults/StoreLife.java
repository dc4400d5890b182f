package io.etlapi.faults;

import io.etlapi.store.Storage;
import io.etlapi.store.TaskStore;
import io.etlapi.task.OutputFile;
import io.etlapi.task.Task;
import io.etlapi.task.TaskId;
import io.etlapi.task.TaskResult;
import io.etlapi.task.TaskSpec;
import io.etlapi.task.TaskState;
import io.etlapi.task.TaskStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a store can be asked for, in an order that a seed decides: tasks are accepted,
 * started, completed with files, failed, stopped, tried again and removed. Says before each change
 * what may come of it and afterwards what was acknowledged. For one thread; several may share a
 * storage with different seeds.
 */
final class StoreLife {

  /** Hears of every change. */
  interface Account {
    void attempt(TaskId id, String state);

    void acknowledge(TaskId id, String state);
  }

  private static final Instant T0 = Instant.parse("2026-03-01T10:00:00Z");
  private static final TaskState.Worker WORKER = new TaskState.Worker(4711, 99);

  private final Storage storage;
  private final Account account;
  private final Random random;
  private final List<TaskId> mine = new ArrayList<>();
  private int clock;

  StoreLife(Storage storage, Account account, long seed) {
    this.storage = storage;
    this.account = account;
    this.random = new Random(seed);
  }

  /** Goes on with tasks of an earlier life. */
  void adopt(TaskId id) {
    mine.add(id);
  }

  /** One random change, or two where a result is published first. */
  void step() throws IOException, InterruptedException {
    clock++;
    int dice = random.nextInt(10);
    TaskId id = mine.isEmpty() ? null : mine.get(random.nextInt(mine.size()));
    Task task = id == null ? null : storage.tasks().find(id).orElse(null);
    if (task == null || (dice < 3 && mine.size() < 200)) {
      create();
    } else if (task.status().isTerminal()) {
      if (dice < 7) {
        remove(task);
      } else {
        create();
      }
    } else if (task.isStopRequested()) {
      update(task, task.cancelled(now(), clock, Task.STOPPED_BY_REQUEST));
    } else if (dice == 9) {
      update(task, task.stopRequested(now()));
    } else if (task.status() == TaskStatus.PENDING) {
      update(task, task.started(now(), WORKER));
    } else if (dice < 7) {
      complete(task);
    } else if (dice == 7 && task.hasAttemptsLeft()) {
      update(task, task.retryAt(now(), now().plusSeconds(2), "tried in vain"));
    } else {
      update(task, task.failed(now(), clock, "no such column"));
    }
  }

  private void create() {
    TaskId id = new TaskId(new UUID(random.nextLong(), random.nextLong()));
    Task task =
        Task.accepted(
            new TaskSpec(
                id,
                "read_csv",
                Map.of("custom_params", Map.of("file_path", "x".repeat(random.nextInt(3000)))),
                TaskSpec.DEFAULT_PRIORITY,
                3,
                null,
                now(),
                TaskSpec.Origin.NONE));
    String state = Promises.state(task);
    account.attempt(id, state);
    storage.tasks().create(task);
    account.acknowledge(id, state);
    mine.add(id);
  }

  private void update(Task before, Task after) {
    TaskStore tasks = storage.tasks();
    String state = Promises.state(after);
    account.attempt(before.id(), state);
    Task stored = tasks.update(before.id(), current -> current.equals(before) ? after : current);
    account.acknowledge(before.id(), Promises.state(stored));
  }

  private void complete(Task task) throws IOException, InterruptedException {
    int attempt = task.state().attempt();
    Path folder = storage.outputs().open(task.id(), attempt);
    Files.writeString(folder.resolve("rows.csv"), "id,amount\n".repeat(1 + random.nextInt(400)));
    if (random.nextBoolean()) {
      Path below = Files.createDirectories(folder.resolve("rejects"));
      Files.writeString(below.resolve("rows.json"), "[" + random.nextLong() + "]");
    }
    @Nullable OutputFile own = null;
    if (random.nextInt(4) == 0) {
      storage.outputs().writeResult(task.id(), attempt, out -> out.write(new byte[20_000]));
    }
    List<OutputFile> files = storage.outputs().publish(task.id(), attempt);
    for (OutputFile file : files) {
      own = file.name().equals("result.json") ? file : own;
    }
    TaskResult result =
        own == null
            ? new TaskResult.Inline("{\"rows\":" + clock + "}", files)
            : new TaskResult.InFile(own, files);
    update(task, task.completed(now(), clock, result));
  }

  private void remove(Task task) {
    account.attempt(task.id(), Promises.NONE);
    storage.tasks().remove(List.of(task.id()));
    account.acknowledge(task.id(), Promises.NONE);
    mine.remove(task.id());
  }

  private Instant now() {
    return T0.plusSeconds(clock);
  }
}
