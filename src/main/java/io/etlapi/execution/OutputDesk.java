package io.etlapi.execution;

import io.etlapi.config.EtlConfig;
import io.etlapi.engine.DuckDbEngine;
import io.etlapi.engine.DuckDbSession;
import io.etlapi.engine.SessionCancelledException;
import io.etlapi.step.StepException;
import io.etlapi.step.dataset.Dataset;
import io.etlapi.step.workflow.OutputTable;
import io.etlapi.step.workflow.RowsPage;
import io.etlapi.step.workflow.RowsQuery;
import io.etlapi.task.TaskException;
import io.etlapi.task.TaskException.Reason;
import io.etlapi.task.TaskId;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Outputs for people: pages of rows and files to download. Both have small shares of the engine of
 * their own, apart from each other and from the tasks', and limits on how long they take. Refusals
 * are {@link TaskException}s. Thread-safe.
 */
@ApplicationScoped
public class OutputDesk {

  /** Pages that are read at the same time; more wait for their turn, as long as a page may take. */
  private static final int READERS = 2;

  private static final long PAGE_SECONDS = 5;
  private static final long FILE_SECONDS = 300;
  private static final long FILE_PATIENCE_SECONDS = 20;

  /** So much of the engine's memory, and never less than a page needs. */
  private static final int SHARE = 8;

  private static final long LEAST_BYTES = 128L << 20;

  @Inject private TaskManager tasks;
  @Inject private EtlConfig config;

  @Resource(lookup = TaskManager.SCHEDULER)
  private ManagedScheduledExecutorService scheduler;

  private final Semaphore readers = new Semaphore(READERS, true);
  private final Semaphore writers = new Semaphore(1, true);
  private @Nullable DuckDbEngine pages;
  private @Nullable DuckDbEngine files;
  private @Nullable DownloadFolder downloads;

  /** Something that is done with a table. */
  @FunctionalInterface
  private interface Work<T> {
    T on(OutputTable table) throws StepException, IOException;
  }

  /**
   * A file to send.
   *
   * @param tag changes when the content does
   */
  public record Download(Path file, String tag) {}

  /** Some rows of the table that a task has published. */
  public RowsPage rows(TaskId id, RowsQuery query) {
    try {
      Dataset dataset = tasks.outputFile(id);
      return inTurn(
          readers,
          PAGE_SECONDS,
          () -> with(pageEngine(), dataset, PAGE_SECONDS, table -> table.page(query)));
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  /** Identifies the content that {@link #file} would give, without making it. */
  public String tag(TaskId id, OutputTable.Format format, boolean safe) {
    try {
      return tag(tasks.outputFile(id), format, safe);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  /**
   * The table that a task has published as a file of a format: the file itself where it has that
   * format, else one that is made and kept for a while.
   *
   * @param safe whether CSV cells that a spreadsheet would compute are defused
   */
  public Download file(TaskId id, OutputTable.Format format, boolean safe) {
    try {
      Dataset dataset = tasks.outputFile(id);
      String tag = tag(dataset, format, safe);
      OutputTable.Format stored = OutputTable.Format.of(dataset.path());
      // A CSV that the output step wrote may have been written without a thought of spreadsheets.
      if (stored == format && (format != OutputTable.Format.CSV || !safe)) {
        return new Download(dataset.path(), tag);
      }
      Path made = downloads().find(tag);
      if (made == null) {
        made = inTurn(writers, FILE_PATIENCE_SECONDS, () -> make(dataset, format, safe, tag));
      }
      return new Download(made, tag);
    } catch (IOException e) {
      throw new TaskException(
          Reason.STORAGE_UNAVAILABLE, "The file could not be made: no space or no permission.", e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private Path make(Dataset dataset, OutputTable.Format format, boolean safe, String tag)
      throws InterruptedException {
    Path made = downloads().find(tag); // while this waited for its turn
    return made != null
        ? made
        : with(
            fileEngine(),
            dataset,
            FILE_SECONDS,
            table ->
                downloads()
                    .make(
                        tag,
                        out -> table.write(format, safe, new BufferedOutputStream(out, 1 << 16))));
  }

  private static String tag(Dataset dataset, OutputTable.Format format, boolean safe) {
    return dataset.sha256().substring(0, 32)
        + "-"
        + format.name().toLowerCase(Locale.ROOT)
        + (safe && format == OutputTable.Format.CSV ? "-safe" : "");
  }

  @FunctionalInterface
  private interface Turn<T> {
    T take() throws InterruptedException;
  }

  private static <T> T inTurn(Semaphore places, long patienceSeconds, Turn<T> turn)
      throws InterruptedException {
    if (!places.tryAcquire(patienceSeconds, TimeUnit.SECONDS)) {
      throw new TaskException(
          Reason.BUSY, "Others are looking at outputs, and it takes a while. Try again.");
    }
    try {
      return turn.take();
    } finally {
      places.release();
    }
  }

  private <T> T with(DuckDbEngine engine, Dataset dataset, long seconds, Work<T> work)
      throws InterruptedException {
    Path folder = null;
    Future<?> limit = null;
    try {
      folder = Files.createTempDirectory(temp(), "rows-");
      try (DuckDbSession session = engine.open(List.of(dataset.path()), folder)) {
        limit = scheduler.schedule(session::cancel, seconds, TimeUnit.SECONDS);
        return work.on(OutputTable.of(session, dataset, folder));
      }
    } catch (SessionCancelledException e) {
      throw new TaskException(
          Reason.TOO_SLOW,
          "The answer took longer than "
              + seconds
              + " seconds. Ask for less: fewer columns, another filter or no sort; or run a step.",
          e);
    } catch (StepException e) {
      throw new TaskException(Reason.INVALID, String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw new TaskException(
          Reason.STORAGE_UNAVAILABLE,
          "The output could not be read: no space or no permission.",
          e);
    } finally {
      if (limit != null) {
        limit.cancel(false);
      }
      if (folder != null) {
        delete(folder);
      }
    }
  }

  private static TaskException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new TaskException(Reason.NOT_READY, "The server is stopping.", e);
  }

  private Path temp() {
    return config.storage().directory().resolve("engine_temp");
  }

  private synchronized DuckDbEngine pageEngine() {
    if (pages == null) {
      pages = engine(READERS);
    }
    return Objects.requireNonNull(pages);
  }

  private synchronized DuckDbEngine fileEngine() {
    if (files == null) {
      files = engine(1);
    }
    return Objects.requireNonNull(files);
  }

  private DuckDbEngine engine(int permits) {
    return new DuckDbEngine(
        Math.max(LEAST_BYTES, config.engine().memoryBytes() / SHARE),
        permits,
        config.engine().maxTempBytes() / SHARE,
        temp());
  }

  private synchronized DownloadFolder downloads() {
    if (downloads == null) {
      Path folder = temp().resolve("downloads");
      delete(folder); // what an earlier run of the server left
      downloads = new DownloadFolder(folder);
    }
    return Objects.requireNonNull(downloads);
  }

  private static void delete(Path folder) {
    if (Files.notExists(folder)) {
      return;
    }
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
