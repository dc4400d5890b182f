package io.etlapi.execution;

import io.etlapi.config.EtlConfig;
import io.etlapi.engine.DuckDbEngine;
import io.etlapi.engine.DuckDbSession;
import io.etlapi.engine.SessionCancelledException;
import io.etlapi.step.completeness.ledger.BreakAction;
import io.etlapi.step.completeness.ledger.BreaksQuery;
import io.etlapi.step.completeness.ledger.ControlId;
import io.etlapi.step.completeness.ledger.ControlLedger;
import io.etlapi.step.completeness.ledger.LedgerQueries;
import io.etlapi.task.TaskException;
import io.etlapi.task.TaskException.Reason;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What people ask about controls, and what they decide about breaks. Questions have a small share
 * of the engine of their own, so that nobody waits behind a long task, and a time limit. Refusals
 * are {@link TaskException}s. Thread-safe.
 */
@ApplicationScoped
public class ControlDesk {

  private static final System.Logger LOG = System.getLogger("io.etlapi.tasks");

  /** People who ask at the same time; more of them wait. */
  private static final int PERMITS = 2;

  /** So much of the engine's memory, and never less than a question needs. */
  private static final int SHARE = 8;

  private static final long LEAST_BYTES = 128L << 20;

  private static final long LIMIT_SECONDS = 20;

  @Inject private TaskManager tasks;
  @Inject private EtlConfig config;
  @Inject private ControlLedger ledger;

  @Resource(lookup = TaskManager.SCHEDULER)
  private ManagedScheduledExecutorService scheduler;

  private @Nullable DuckDbEngine engine;

  /** A question of the ledger. */
  @FunctionalInterface
  private interface Question<T> {
    T ask(LedgerQueries queries) throws InterruptedException;
  }

  /** All controls by name, each with its newest run. */
  public List<Map<String, @Nullable Object>> controls() {
    return answer(LedgerQueries::controls);
  }

  /** One control with its newest run. */
  public Map<String, @Nullable Object> control(String id) {
    return answer(queries -> queries.control(id));
  }

  /** The run dates of a control, newest first. */
  public List<Map<String, @Nullable Object>> runs(String id) {
    return answer(queries -> queries.runs(id));
  }

  /** The proof of one run date, with every line of its accounts. */
  public Map<String, @Nullable Object> proof(String id, LocalDate runDate) {
    return answer(queries -> queries.proof(id, runDate));
  }

  /** Breaks of one run date, oldest first. */
  public LedgerQueries.Page breaks(String id, BreaksQuery query) {
    return answer(queries -> queries.breaks(id, query));
  }

  /** One break as of a run date (the newest if empty), with what people did about it. */
  public Map<String, @Nullable Object> find(
      String id, String breakId, Optional<LocalDate> runDate) {
    return answer(
        queries -> {
          Map<String, @Nullable Object> found = queries.find(id, breakId, runDate);
          found.put("history", queries.history(id, breakId));
          return found;
        });
  }

  /** Why the rows of a break did not match. */
  public Map<String, @Nullable Object> explanation(
      String id, String breakId, Optional<LocalDate> runDate) {
    return answer(queries -> queries.explanation(id, breakId, runDate));
  }

  /** Records what a person decided about a break; durable when this returns. */
  public Map<String, @Nullable Object> record(
      String id, String breakId, BreakAction.Request request) {
    return answer(queries -> queries.record(id, breakId, request));
  }

  /** Removes run dates past the retention of controls; nothing where they are kept. */
  public void removeExpired() {
    for (ControlId control : ledger.controls()) {
      List<LocalDate> removed = ledger.removeExpired(control);
      if (!removed.isEmpty()) {
        LOG.log(
            System.Logger.Level.INFO,
            "removed " + removed.size() + " run dates of control " + control.value());
      }
    }
  }

  private <T> T answer(Question<T> question) {
    Optional<String> notReady = tasks.notReady();
    if (notReady.isPresent()) {
      throw new TaskException(Reason.NOT_READY, notReady.get());
    }
    try {
      return question.ask(new LedgerQueries(ledger, this::open));
    } catch (SessionCancelledException e) {
      throw new TaskException(
          Reason.NOT_READY,
          "The answer took longer than "
              + LIMIT_SECONDS
              + " seconds. Ask for fewer breaks, or try again.",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TaskException(Reason.NOT_READY, "The server is stopping.", e);
    }
  }

  private DuckDbSession open(Collection<Path> readable, Path folder) throws InterruptedException {
    DuckDbSession session = engine().open(readable, folder);
    ScheduledFuture<?> unused =
        scheduler.schedule(session::cancel, LIMIT_SECONDS, TimeUnit.SECONDS);
    return session;
  }

  /** Made when first needed: the storage folder is open by then. */
  private synchronized DuckDbEngine engine() {
    if (engine == null) {
      engine =
          new DuckDbEngine(
              Math.max(LEAST_BYTES, config.engine().memoryBytes() / SHARE),
              PERMITS,
              config.engine().maxTempBytes() / SHARE,
              config.storage().directory().resolve("engine_temp"));
    }
    return Objects.requireNonNull(engine);
  }
}
