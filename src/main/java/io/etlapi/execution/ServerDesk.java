package io.etlapi.execution;

import io.etlapi.config.EtlConfig;
import io.etlapi.engine.DuckDbEngine;
import io.etlapi.monitor.JsonLog;
import io.etlapi.monitor.ManagementBeans;
import io.etlapi.monitor.Measurements;
import io.etlapi.monitor.RecentLog;
import io.etlapi.monitor.StatsHistory;
import io.etlapi.store.CacheFigures;
import io.etlapi.store.RecoveryReport;
import io.etlapi.task.TaskException;
import io.etlapi.task.TaskException.Reason;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What operators ask about the server itself and may switch. There from the first moment of the
 * start to the last of the stop, whatever became of the storage. Made by {@link TaskManager}.
 * Thread-safe.
 */
public final class ServerDesk implements AutoCloseable {

  private static final String ENGINE_VERSION = DuckDbEngine.version();

  private final EtlConfig config;
  private final Clock clock;
  private final Measurements measurements = new Measurements();
  private final StatsHistory history = new StatsHistory();
  private final RecentLog log = RecentLog.listen();
  private final @Nullable JsonLog json;
  private volatile @Nullable EtlRuntime runtime;
  private volatile boolean closed;
  private @Nullable ScheduledFuture<?> sampling;
  private @Nullable ManagementBeans beans;

  /** A desk that has no storage yet. */
  ServerDesk(EtlConfig config, Clock clock) {
    this.config = config;
    this.json =
        config.start().logFormat() == EtlConfig.LogFormat.JSON ? JsonLog.toStandardOutput() : null;
    this.clock = clock;
  }

  /** The runtime is open: its figures can be had from now on. */
  synchronized void opened(EtlRuntime open, ScheduledExecutorService scheduler) {
    if (closed) {
      return;
    }
    runtime = open;
    open.definitions().all().forEach(step -> measurements.step(step.name()));
    String directory = config.storage().directory().toString();
    beans = ManagementBeans.show(new ManagedServer(this, open), measurements, directory);
    sampling =
        scheduler.scheduleAtFixedRate(
            this::sample, 0, StatsHistory.INTERVAL.toSeconds(), TimeUnit.SECONDS);
  }

  private void sample() {
    EtlRuntime open = runtime;
    if (open == null) {
      return;
    }
    history.add(
        clock.instant(),
        open.monitor().running(),
        open.monitor().queued(),
        measurements.completed(),
        measurements.failed());
  }

  /** Everything at this moment. */
  public ServerReport report() {
    EtlRuntime open = runtime();
    return new ServerReport(
        open.monitor().stats(),
        open.monitor().isPaused(),
        open.storage().recordBytes(),
        cache(open.storage().cache()),
        open.monitor().engineWaiting(),
        config.engine().memoryBytes(),
        ENGINE_VERSION,
        measurements,
        open.storage().files().writeTimes(),
        recovery(open.storage().report()),
        open.lastFailure());
  }

  private static ServerReport.Cache cache(CacheFigures cache) {
    return new ServerReport.Cache(cache.entries(), cache.hits(), cache.misses());
  }

  private static ServerReport.Recovery recovery(RecoveryReport report) {
    Map<String, String> quarantined = new LinkedHashMap<>();
    report.quarantined().forEach(file -> quarantined.put(file.fileName(), file.reason()));
    return new ServerReport.Recovery(
        report.tasks(), report.fromSnapshot(), quarantined, report.leftovers(), report.orphans());
  }

  public Measurements measurements() {
    return measurements;
  }

  /** The last hour, oldest first. */
  public List<StatsHistory.Point> history() {
    return history.points();
  }

  /** The last log lines of ours, oldest first. */
  public List<String> recentLog() {
    return log.lines();
  }

  /** Refuses new tasks, or accepts them again; those that were accepted go on. */
  public void pauseIntake(boolean paused) {
    runtime().monitor().pause(paused);
    System.getLogger("io.etlapi.tasks")
        .log(System.Logger.Level.INFO, "intake " + (paused ? "paused" : "resumed"));
  }

  /** Whether the process can do its work or could again without a restart. */
  public boolean isLive() {
    EtlRuntime open = runtime;
    return open == null || !open.monitor().needsRestart();
  }

  /** Whether the start has come to its end, so that requests can be served. */
  public boolean isStarted() {
    return runtime != null;
  }

  /** Whether a new task would be accepted now, as far as the server itself is concerned. */
  public boolean isReady() {
    EtlRuntime open = runtime;
    return open != null && open.monitor().faults().isEmpty();
  }

  private EtlRuntime runtime() {
    return Optional.ofNullable(runtime)
        .orElseThrow(
            () ->
                new TaskException(
                    Reason.NOT_READY, "The server is starting or stopping. Try again."));
  }

  /** No figures of the storage any more: it is about to be closed. */
  synchronized void closing() {
    closed = true;
    runtime = null;
    if (beans != null) {
      beans.close();
    }
    if (sampling != null) {
      try {
        sampling.cancel(false);
      } catch (RejectedExecutionException e) {
        // The server has ended its executors before us, and the sampling with them.
        sampling = null;
      }
    }
  }

  @Override
  public void close() {
    closing();
    log.close();
    if (json != null) {
      json.close();
    }
  }
}
