package io.etlapi.faults;

import io.etlapi.store.Storage;
import io.etlapi.store.TestStorage;
import io.etlapi.task.OutputFile;
import io.etlapi.task.Task;
import io.etlapi.task.TaskId;
import io.etlapi.task.TaskStatus;
import io.etlapi.task.TaskSummary;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What the store has acknowledged, task by task, and what it may have done without saying so. After
 * a crash a task is in the acknowledged state, or in one that was being written. Thread-safe.
 */
public final class Promises {

  /** The state of a task that is not there. */
  public static final String NONE = "none";

  private static final class Expected {
    String acknowledged = NONE;
    final Set<String> possible = new HashSet<>();
  }

  private final Map<TaskId, Expected> tasks = new HashMap<>();
  private long acknowledgements;

  /** A state in a few characters; equal for equal tasks. */
  public static String state(Task task) {
    return task.status().word() + ":" + digest(task.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** A change is about to be asked for. */
  public synchronized void attempt(TaskId id, String state) {
    tasks.computeIfAbsent(id, key -> new Expected()).possible.add(state);
  }

  /** The store said that the change is durable. */
  public synchronized void acknowledge(TaskId id, String state) {
    Expected expected = tasks.computeIfAbsent(id, key -> new Expected());
    expected.acknowledged = state;
    expected.possible.clear();
    acknowledgements++;
  }

  public synchronized long acknowledgements() {
    return acknowledgements;
  }

  /** Every task that was ever asked for. */
  public synchronized Set<TaskId> ids() {
    return Set.copyOf(tasks.keySet());
  }

  /** The last acknowledged state. */
  public synchronized String acknowledged(TaskId id) {
    Expected expected = tasks.get(id);
    return expected == null ? NONE : expected.acknowledged;
  }

  /**
   * Holds a storage that was opened after a crash against the promises; what is found is what is
   * promised from now on.
   */
  public synchronized void check(Storage storage, Tally tally) throws IOException {
    for (String torn : TestStorage.quarantined(storage)) {
      tally.broken(Tally.Breach.TORN, torn);
    }
    for (Map.Entry<TaskId, Expected> entry : tasks.entrySet()) {
      Expected expected = entry.getValue();
      String now = storage.tasks().find(entry.getKey()).map(Promises::state).orElse(NONE);
      if (!now.equals(expected.acknowledged) && !expected.possible.contains(now)) {
        tally.broken(
            Tally.Breach.LOST,
            entry.getKey()
                + " was acknowledged as "
                + expected.acknowledged
                + ", could be "
                + expected.possible
                + " and is "
                + now);
      }
      expected.acknowledged = now;
      expected.possible.clear();
    }
    for (TaskSummary summary : all(storage)) {
      if (!tasks.containsKey(summary.id())) {
        tally.broken(Tally.Breach.OTHER, summary.id() + " was never asked for and is there");
      }
    }
    checkOutputs(storage, tally);
  }

  private static List<TaskSummary> all(Storage storage) {
    List<TaskSummary> all = new ArrayList<>(storage.tasks().unfinished());
    all.addAll(storage.tasks().finishedBefore(Long.MAX_VALUE));
    return all;
  }

  /** Every published file belongs to a completed task and is whole, and every one is there. */
  private static void checkOutputs(Storage storage, Tally tally) throws IOException {
    Set<Path> owned = new HashSet<>();
    for (TaskSummary summary : all(storage)) {
      if (summary.status() != TaskStatus.COMPLETED) {
        continue;
      }
      Task task = storage.tasks().find(summary.id()).orElseThrow();
      if (task.state().result() == null) {
        continue;
      }
      for (OutputFile file : task.state().result().files()) {
        Path path = storage.outputs().published(task.id()).resolve(file.name());
        owned.add(path);
        if (!Files.exists(path)) {
          tally.broken(Tally.Breach.LOST, "output " + file.name() + " of " + task.id());
        } else if (!digest(Files.readAllBytes(path)).equals(file.sha256())) {
          tally.broken(Tally.Breach.TORN, "output " + file.name() + " of " + task.id());
        }
      }
    }
    for (Path path : published(storage.layout().outputs())) {
      if (!owned.contains(path)) {
        tally.broken(Tally.Breach.PARTIAL, "nobody's file is published: " + path.getFileName());
      }
    }
  }

  private static List<Path> published(Path outputs) throws IOException {
    List<Path> found = new ArrayList<>();
    try (Stream<Path> paths = Files.walk(outputs)) {
      for (Path path : paths.filter(Files::isRegularFile).toList()) {
        if (!outputs.relativize(path).getName(0).toString().startsWith(".")) {
          found.add(path);
        }
      }
    }
    return found;
  }

  static String digest(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
