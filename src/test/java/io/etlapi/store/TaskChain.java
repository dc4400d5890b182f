package io.etlapi.store;

import static io.etlapi.store.SampleTasks.at;
import static io.etlapi.store.SampleTasks.id;
import static io.etlapi.store.SampleTasks.pending;
import static io.etlapi.store.SampleTasks.result;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.etlapi.task.Task;
import io.etlapi.task.TaskException;
import io.etlapi.task.TaskId;
import io.etlapi.task.TaskQuery;
import io.etlapi.task.TaskStatus;
import io.etlapi.task.TaskSummary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/**
 * What may be done to tasks and to the server in some order, and whether the store says afterwards
 * what a plain map would say.
 */
public final class TaskChain {

  private static final int TASKS = 5;

  /** What can happen to a task, and to the server. */
  public enum Event {
    CREATE,
    START,
    COMPLETE,
    FAIL,
    CANCEL,
    RETRY,
    STOP,
    REMOVE,
    CLEAN_RESTART,
    KILL
  }

  /** One thing that is done; the number of the task is from 1 to {@link #TASKS}. */
  public record Step(Event event, int task) {}

  private TaskChain() {}

  /** Chains of up to forty steps on a few tasks. */
  public static Arbitrary<List<Step>> chains() {
    return Combinators.combine(
            Arbitraries.of(Event.class), Arbitraries.integers().between(1, TASKS))
        .as(Step::new)
        .list()
        .ofMaxSize(40);
  }

  /**
   * Does it all and compares, also after a clean stop and after a kill.
   *
   * @param folder for the storage; empty
   * @throws AssertionError if the store says otherwise than the map
   */
  public static void run(List<Step> chain, Path folder) throws IOException {
    try (Server server = new Server(folder)) {
      TreeMap<TaskId, Task> model = new TreeMap<>();
      for (int i = 0; i < chain.size(); i++) {
        Step step = chain.get(i);
        boolean accepted = apply(step, i, model);
        assertEquals(accepted, server.apply(step, i), step + " at " + i);
      }
      assertSame(model, server.store());
      server.restart(true);
      assertSame(model, server.store());
      server.restart(false);
      assertSame(model, server.store());
    }
  }

  private static void assertSame(Map<TaskId, Task> model, TaskStore store) {
    Comparator<TaskSummary> newestFirst = Comparator.comparing(TaskSummary::id).reversed();
    assertEquals(
        model.values().stream().map(TaskSummary::of).sorted(newestFirst).toList(),
        store.list(TaskQuery.newest(100)));
    for (int n = 1; n <= TASKS; n++) {
      assertEquals(Optional.ofNullable(model.get(id(n))), store.find(id(n)));
    }
    for (TaskStatus status : TaskStatus.values()) {
      assertEquals(
          model.values().stream().filter(task -> task.status() == status).count(),
          store.counts().of(status));
    }
    assertEquals(
        model.values().stream().filter(task -> !task.status().isTerminal()).count(),
        store.unfinished().size());
  }

  /** The model: whether the step is possible, and what it does. */
  private static boolean apply(Step step, int time, Map<TaskId, Task> model) {
    TaskId id = id(step.task());
    Task task = model.get(id);
    try {
      switch (step.event()) {
        case CLEAN_RESTART, KILL -> {}
        case CREATE -> {
          if (task != null) {
            return false;
          }
          model.put(id, pending(step.task()));
        }
        case REMOVE -> {
          if (task != null && !task.status().isTerminal()) {
            return false;
          }
          model.remove(id);
        }
        default -> {
          if (task == null) {
            return false;
          }
          model.put(id, change(step.event(), time).apply(task));
        }
      }
      return true;
    } catch (IllegalStateException e) {
      return false;
    }
  }

  private static UnaryOperator<Task> change(Event event, int time) {
    return switch (event) {
      case START -> task -> task.started(at(time), SampleTasks.WORKER);
      case COMPLETE -> task -> task.completed(at(time), time, result("{\"at\":" + time + "}"));
      case FAIL -> task -> task.failed(at(time), time, "failed at " + time);
      case CANCEL -> task -> task.cancelled(at(time), time, "cancelled at " + time);
      case RETRY -> task -> task.retryAt(at(time), at(time + 5), "again after " + time);
      case STOP -> task -> task.stopRequested(at(time));
      default -> throw new IllegalArgumentException("no change of a task: " + event);
    };
  }

  /** The store on real files; only the waiting for the disk is left out. */
  private static final class Server implements AutoCloseable {
    private final StorageLayout layout;
    private final RealDisk disk;
    private final DurableFiles files;
    private JsonFileTaskStore store;

    Server(Path folder) throws IOException {
      this.layout = new StorageLayout(folder);
      Files.createDirectories(layout.outputs());
      Files.createDirectories(layout.logs());
      this.disk = new RealDisk(List.of(folder));
      this.files = new DurableFiles(new UnsyncedDisk(disk), folder);
      this.store = opened();
    }

    private JsonFileTaskStore opened() {
      return JsonFileTaskStore.open(
          layout, files, new OutputFolders(layout.outputs(), files), new TaskLogs(layout));
    }

    TaskStore store() {
      return store;
    }

    void restart(boolean clean) {
      if (clean) {
        store.close();
      }
      store = opened();
    }

    boolean apply(Step step, int time) {
      try {
        switch (step.event()) {
          case CLEAN_RESTART -> restart(true);
          case KILL -> restart(false);
          case CREATE -> store.create(pending(step.task()));
          case REMOVE -> store.remove(List.of(id(step.task())));
          default -> store.update(id(step.task()), change(step.event(), time));
        }
        return true;
      } catch (IllegalStateException | TaskException e) {
        return false;
      }
    }

    @Override
    public void close() {
      files.close();
      disk.close();
    }
  }

  private static final class UnsyncedDisk extends ForwardingDisk {
    UnsyncedDisk(Disk real) {
      super(real);
    }

    @Override
    public void writeNew(Path file, Content content) throws IOException {
      try (var out = Files.newOutputStream(file)) {
        content.writeTo(out);
      }
    }

    @Override
    public void syncFile(Path file) {}

    @Override
    public void syncFolder(Path folder) {}
  }
}
