package io.etlapi.step;

import io.etlapi.engine.DuckDbEngine;
import io.etlapi.json.Json;
import io.etlapi.step.access.RootedFileAccess;
import io.etlapi.step.dataset.FileDigest;
import io.etlapi.task.OutputFile;
import io.etlapi.task.TaskId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Runs steps on real files and the real engine, one task after the other, without a server: what a
 * step wrote is published as the server does it, so that the next step finds it.
 */
public final class StepBench {

  /** Programs are known by the id of their task on the whole machine: no two tests share one. */
  private static final AtomicLong TASKS = new AtomicLong(ProcessHandle.current().pid() << 32);

  private final Path data;
  private final Path storage;
  private final Path exports;
  private final DuckDbEngine engine;
  private final FileAccess files;
  private final Map<TaskId, List<OutputFile>> finished = new ConcurrentHashMap<>();

  /** A bench in an empty folder: {@code data} is the data root, {@code exports} an output root. */
  public StepBench(Path folder) {
    try {
      Path root = folder.toRealPath();
      data = Files.createDirectories(root.resolve("data"));
      storage = Files.createDirectories(root.resolve("storage"));
      exports = Files.createDirectories(root.resolve("exports"));
      Files.createDirectories(storage.resolve("output"));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    engine = new DuckDbEngine(1L << 30, 2, 4L << 30, storage.resolve("spill"));
    files =
        new RootedFileAccess(
            List.of(data),
            List.of(exports),
            storage,
            task -> Optional.ofNullable(finished.get(task)));
  }

  /** The data root. */
  public Path data() {
    return data;
  }

  /** The storage folder, with {@code output} in it. */
  public Path storage() {
    return storage;
  }

  /** The one output root. */
  public Path exports() {
    return exports;
  }

  public FileAccess files() {
    return files;
  }

  public DuckDbEngine engine() {
    return engine;
  }

  /** Writes a file below the data root and returns the path to send. */
  public String file(String name, String content) throws IOException {
    return file(name, content.getBytes(StandardCharsets.UTF_8));
  }

  /** Writes a file below the data root and returns the path to send. */
  public String file(String name, byte[] content) throws IOException {
    Path file = data.resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, content);
    return file.toString();
  }

  /** An attempt of a new task. Close it, or {@link #publish} it. */
  public TestStepContext context(Map<String, ?> parameters, StepInput... inputs)
      throws IOException {
    TaskId task =
        new TaskId(
            new UUID(0x0192_0000_0000_7000L, 0x8000_0000_0000_0000L + TASKS.incrementAndGet()));
    Path folder = Files.createDirectories(storage.resolve("attempts").resolve(task.toString()));
    return new TestStepContext(
        task,
        StepParameters.merge(Map.of(), new LinkedHashMap<>(parameters)),
        List.of(inputs),
        files,
        engine,
        folder,
        storage.resolve("output").resolve(task.toString()));
  }

  /**
   * Runs a step to its end and publishes its files.
   *
   * @return its output, after a passage through JSON
   */
  public Map<String, @Nullable Object> run(
      Step step, Map<String, ?> parameters, StepInput... inputs) throws Exception {
    try (TestStepContext context = context(parameters, inputs)) {
      StepResult result = step.run(context);
      publish(context);
      return Json.parseObject(Json.write(result.output()));
    }
  }

  /** An input as a client sends it: the whole output of an earlier step. */
  public static StepInput input(String name, Map<String, @Nullable Object> output) {
    return new StepInput(name, output);
  }

  /** Moves the attempt's folder to its place and records the digests of its files. */
  public void publish(TestStepContext context) throws IOException, InterruptedException {
    context.close();
    Path target = storage.resolve("output").resolve(context.taskId().toString());
    Files.move(context.folder(), target);
    List<OutputFile> listed = new ArrayList<>();
    try (Stream<Path> all = Files.walk(target)) {
      for (Path file : all.filter(Files::isRegularFile).sorted().toList()) {
        listed.add(
            new OutputFile(
                target.relativize(file).toString(), Files.size(file), FileDigest.sha256(file)));
      }
    }
    finished.put(context.taskId(), listed);
  }

  /** Forgets a task, as the clean-up does: its files stay but are not vouched for. */
  public void forget(TaskId task) {
    finished.remove(task);
  }
}
