package io.etlapi.execution;

import io.etlapi.config.EtlConfig;
import io.etlapi.engine.DuckDbEngine;
import io.etlapi.store.Storage;
import io.etlapi.store.StoreHealth;
import io.etlapi.task.TaskException;
import io.etlapi.task.TaskException.Reason;
import java.lang.management.ManagementFactory;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Knows whether the server can accept work, and the figures that say how it is. */
final class ServerMonitor {

  private static final String PAUSED =
      "The intake of new tasks is paused; those that were accepted go on. POST /intake/resume"
          + " accepts new ones again, and so does a restart.";

  private final EtlConfig config;
  private final Storage storage;
  private final TaskQueue queue;
  private final DuckDbEngine engine;
  private final Clock clock;
  private volatile boolean paused;

  ServerMonitor(
      EtlConfig config, Storage storage, TaskQueue queue, DuckDbEngine engine, Clock clock) {
    this.config = config;
    this.storage = storage;
    this.queue = queue;
    this.engine = engine;
    this.clock = clock;
  }

  /**
   * Refuses new work while it could not be kept.
   *
   * @throws TaskException (STORAGE_UNAVAILABLE, PAUSED) with the reason
   */
  void requireRoom() {
    if (paused) {
      throw new TaskException(Reason.PAUSED, PAUSED);
    }
    List<String> faults = storageFaults();
    if (!faults.isEmpty()) {
      throw new TaskException(
          Reason.STORAGE_UNAVAILABLE, "No new task is accepted now: " + String.join(" ", faults));
    }
  }

  /** Tasks that do work now. */
  int running() {
    return queue.running();
  }

  /** Tasks that wait for a slot now. */
  int queued() {
    return queue.waiting();
  }

  /** Callers that wait for an engine session now. */
  int engineWaiting() {
    return engine.waiting();
  }

  ServerStats stats() {
    Runtime jvm = Runtime.getRuntime();
    return new ServerStats(
        clock.instant(),
        storage.tasks().counts(),
        queue.running(),
        queue.waiting(),
        config.tasks().queueCapacity(),
        config.tasks().maxConcurrent(),
        config.storage().taskTtl(),
        config.storage().directory(),
        storage.outputBytes(),
        storage.outputs().freeBytes(),
        jvm.totalMemory() - jvm.freeMemory(),
        jvm.maxMemory(),
        Duration.ofMillis(ManagementFactory.getRuntimeMXBean().getUptime()),
        engine.totalPermits(),
        engine.freePermits(),
        faults());
  }

  /** Whether new tasks are refused; does not outlive a restart. */
  void pause(boolean on) {
    paused = on;
  }

  boolean isPaused() {
    return paused;
  }

  /** Whether only a restart helps. */
  boolean needsRestart() {
    return storage.tasks().health().needsRestart();
  }

  /** Why no new task is accepted; empty when healthy. */
  List<String> faults() {
    List<String> faults = storageFaults();
    if (paused) {
      faults.add(PAUSED);
    }
    return faults;
  }

  private List<String> storageFaults() {
    List<String> faults = new ArrayList<>();
    StoreHealth health = storage.tasks().health();
    health
        .fault()
        .ifPresent(
            fault ->
                faults.add(
                    health.needsRestart() ? fault + " The server must be restarted." : fault));
    long free = storage.outputs().freeBytes();
    if (free < config.storage().minFreeBytes()) {
      faults.add(
          "The disk of the storage folder has "
              + free
              + " bytes free, below ETL_MIN_FREE_SPACE ("
              + config.storage().minFreeBytes()
              + "): free some space.");
    }
    long quota = config.storage().maxOutputBytes();
    if (quota > 0 && storage.outputBytes() >= quota) {
      faults.add(
          "The outputs use "
              + storage.outputBytes()
              + " bytes, at or above ETL_MAX_OUTPUT_SPACE ("
              + quota
              + "): remove tasks or run the clean-up.");
    }
    return faults;
  }
}
