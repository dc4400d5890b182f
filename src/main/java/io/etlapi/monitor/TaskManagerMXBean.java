package io.etlapi.monitor;

/**
 * The server in a JMX console: {@code io.etlapi:type=TaskManager}. Figures without "stored" in
 * their name count from the start of the server; durations are milliseconds, bytes are bytes.
 */
public interface TaskManagerMXBean {

  boolean isHealthy();

  /** Why not; empty when healthy. */
  String[] getHealthReasons();

  /** Whether new tasks are refused. */
  boolean isIntakePaused();

  /** Tasks that do work now. */
  int getRunning();

  /** Tasks that wait for a slot now. */
  int getQueued();

  int getMaxConcurrent();

  int getQueueCapacity();

  long getStoredTasks();

  long getStoredCompleted();

  long getStoredFailed();

  long getStoredCancelled();

  /** Tasks that have completed since the start. */
  long getCompleted();

  /** Tasks that have failed since the start. */
  long getFailed();

  double getAttemptP50Millis();

  double getAttemptP95Millis();

  double getAttemptP99Millis();

  /** From acceptance to the first attempt. */
  double getQueueWaitP50Millis();

  double getQueueWaitP95Millis();

  double getQueueWaitP99Millis();

  /** From a request to its durable acceptance. */
  double getSubmitP50Millis();

  double getSubmitP95Millis();

  double getSubmitP99Millis();

  /** One durable write of a record. */
  double getStoreWriteP50Millis();

  double getStoreWriteP95Millis();

  double getStoreWriteP99Millis();

  long getCacheEntries();

  long getCacheHits();

  long getCacheMisses();

  long getRecordBytes();

  long getOutputBytes();

  long getFreeBytes();

  int getEngineThreads();

  int getEngineThreadsInUse();

  /** Callers that wait for the engine. */
  int getEngineWaiting();

  /** The task that failed last since the start; empty if none has. */
  String getLastError();

  /**
   * Asks a task to stop.
   *
   * @return {@code cancelled}, {@code stopping} or {@code not_running}
   */
  String stop(String taskId);

  /** Refuses new tasks; what was accepted goes on. */
  void pauseIntake();

  /** Accepts new tasks again. */
  void resumeIntake();

  /**
   * Removes finished tasks that are past their time to live.
   *
   * @return how many
   */
  int cleanUp();
}
