package io.etlapi.step;

import io.etlapi.engine.DuckDbEngine;
import io.etlapi.engine.DuckDbSession;
import io.etlapi.task.TaskId;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** An attempt on real files and the real engine; made by {@link StepBench}. */
public final class TestStepContext implements StepContext, AutoCloseable {

  /** Every attempt begins then, so that results can be compared. */
  public static final Instant STARTED = Instant.parse("2026-01-15T08:30:00Z");

  private final TaskId taskId;
  private final StepParameters parameters;
  private final List<StepInput> inputs;
  private final FileAccess files;
  private final DuckDbEngine engine;
  private final Path folder;
  private final Path published;
  private final List<String> lines = new ArrayList<>();
  private final List<Integer> percents = new ArrayList<>();
  private Consumer<String> listener = line -> {};
  private @Nullable DuckDbSession session;
  private volatile boolean stopped;

  TestStepContext(
      TaskId taskId,
      StepParameters parameters,
      List<StepInput> inputs,
      FileAccess files,
      DuckDbEngine engine,
      Path folder,
      Path published) {
    this.taskId = taskId;
    this.parameters = parameters;
    this.inputs = inputs;
    this.files = files;
    this.engine = engine;
    this.folder = folder;
    this.published = published;
  }

  @Override
  public TaskId taskId() {
    return taskId;
  }

  @Override
  public int attempt() {
    return 1;
  }

  @Override
  public Instant startedAt() {
    return STARTED;
  }

  @Override
  public StepParameters parameters() {
    return parameters;
  }

  /** There are no secrets on a bench. */
  @Override
  public String secret(String parameter) throws StepException {
    throw new StepException("There is no secret for '" + parameter + "'.");
  }

  @Override
  public List<StepInput> inputs() {
    return inputs;
  }

  @Override
  public FileAccess files() {
    return files;
  }

  @Override
  public Path folder() {
    return folder;
  }

  @Override
  public Path published(String fileName) {
    return published.resolve(fileName);
  }

  @Override
  public DuckDbSession session(Collection<Path> readable) throws InterruptedException {
    DuckDbSession opened = session;
    if (opened == null) {
      opened = engine.open(List.copyOf(readable), folder);
      session = opened;
    }
    return opened;
  }

  @Override
  public void log(String line) {
    lines.add(line);
    listener.accept(line);
  }

  /**
   * From now on is told every line while the step says it: what happens there happens meanwhile.
   */
  public void listener(Consumer<String> listener) {
    this.listener = listener;
  }

  @Override
  public List<String> logged() {
    return List.copyOf(lines);
  }

  @Override
  public void progress(int percent, String stage) {
    percents.add(percent);
  }

  /** What the step said of its progress, in order. */
  public List<Integer> percents() {
    return List.copyOf(percents);
  }

  /** From now on the attempt is stopped. */
  public void stop() {
    stopped = true;
  }

  @Override
  public void throwIfStopped() throws InterruptedException {
    if (stopped) {
      throw new InterruptedException("stopped by the test");
    }
  }

  @Override
  public void close() {
    DuckDbSession opened = session;
    if (opened != null) {
      opened.close();
      session = null;
    }
  }
}
