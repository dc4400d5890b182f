package io.etlapi.store;

import io.etlapi.task.TaskId;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The names below the storage folder. None but a task's own file is called {@code {id}.json}.
 *
 * @param root the storage folder, absolute
 */
public record StorageLayout(Path root) {

  private static final String RECORD_SUFFIX = ".json";
  private static final String LOG_SUFFIX = ".log";

  /** The file of a task. */
  public Path record(TaskId id) {
    return root.resolve(id + RECORD_SUFFIX);
  }

  /** The folder in which finished tasks have their outputs, a folder each. */
  public Path outputs() {
    return root.resolve("output");
  }

  /** The folder of the tasks' logs. */
  public Path logs() {
    return root.resolve("logs");
  }

  Path log(TaskId id) {
    return logs().resolve(id + LOG_SUFFIX);
  }

  Path quarantine() {
    return root.resolve("quarantine");
  }

  Path cache() {
    return root.resolve("task_cache");
  }

  Path lock() {
    return root.resolve(".lock");
  }

  Path clock() {
    return root.resolve("clock.json");
  }

  Path locations() {
    return root.resolve("locations.json");
  }

  Path indexSnapshot() {
    return root.resolve("index.snapshot");
  }

  /** The task whose file has this name, if any has. */
  static Optional<TaskId> taskOfRecord(String name) {
    return taskOf(name, RECORD_SUFFIX);
  }

  static Optional<TaskId> taskOfLog(String name) {
    return taskOf(name, LOG_SUFFIX);
  }

  private static Optional<TaskId> taskOf(String name, String suffix) {
    return name.endsWith(suffix)
        ? TaskId.parse(name.substring(0, name.length() - suffix.length()))
        : Optional.empty();
  }
}
