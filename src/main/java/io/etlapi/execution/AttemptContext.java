package io.etlapi.execution;

import io.etlapi.engine.DuckDbEngine;
import io.etlapi.engine.DuckDbSession;
import io.etlapi.step.FileAccess;
import io.etlapi.step.StepContext;
import io.etlapi.step.StepException;
import io.etlapi.step.StepInput;
import io.etlapi.step.StepParameters;
import io.etlapi.step.parameters.Secrets;
import io.etlapi.task.TaskId;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The {@link StepContext} of one attempt; closing it closes its engine session. */
final class AttemptContext implements StepContext, AutoCloseable {

  /** {@code execution_logs} is part of every answer, so it is bounded; the log file has all. */
  private static final int MAX_LOGGED = 1000;

  /**
   * What an attempt is about.
   *
   * @param folder private until published
   * @param published where {@code folder} will be found
   * @param traceparent where in a trace the attempt is
   */
  record Attempt(
      TaskId taskId,
      int number,
      Instant startedAt,
      StepParameters parameters,
      List<StepInput> inputs,
      Path folder,
      Path published,
      Optional<String> traceparent) {}

  private final Attempt attempt;
  private final RunningTask running;
  private final DuckDbEngine engine;
  private final FileAccess files;
  private final Secrets secrets;
  private final Consumer<String> log;
  private final List<String> logged = new ArrayList<>();
  private @Nullable DuckDbSession session;

  AttemptContext(
      Attempt attempt,
      RunningTask running,
      DuckDbEngine engine,
      FileAccess files,
      Secrets secrets,
      Consumer<String> log) {
    this.attempt = attempt;
    this.running = running;
    this.engine = engine;
    this.files = files;
    this.secrets = secrets;
    this.log = log;
  }

  @Override
  public TaskId taskId() {
    return attempt.taskId();
  }

  @Override
  public int attempt() {
    return attempt.number();
  }

  @Override
  public Instant startedAt() {
    return attempt.startedAt();
  }

  @Override
  public Optional<String> traceparent() {
    return attempt.traceparent();
  }

  @Override
  public StepParameters parameters() {
    return attempt.parameters();
  }

  @Override
  public String secret(String parameter) throws StepException {
    return secrets.require(parameter, attempt.parameters().asMap().get(parameter));
  }

  @Override
  public List<StepInput> inputs() {
    return attempt.inputs();
  }

  @Override
  public FileAccess files() {
    return files;
  }

  @Override
  public Path folder() {
    return attempt.folder();
  }

  @Override
  public Path published(String fileName) {
    return attempt.published().resolve(fileName);
  }

  @Override
  public DuckDbSession session(Collection<Path> readable) throws InterruptedException {
    DuckDbSession open = session;
    if (open == null) {
      running.progress(0, "waits for a free engine thread");
      open = engine.open(readable, attempt.folder());
      session = open;
      running.attach(open);
    }
    return open;
  }

  @Override
  public void log(String said) {
    String line = secrets.blot(said);
    if (logged.size() < MAX_LOGGED) {
      logged.add(line);
    }
    log.accept(line);
  }

  @Override
  public List<String> logged() {
    return List.copyOf(logged);
  }

  @Override
  public void progress(int percent, String stage) {
    running.progress(percent, secrets.blot(stage));
  }

  @Override
  public void throwIfStopped() throws InterruptedException {
    if (running.cause().isPresent() || Thread.currentThread().isInterrupted()) {
      throw new InterruptedException("the task was told to end");
    }
  }

  @Override
  public void close() {
    if (session != null) {
      session.close();
    }
  }
}
