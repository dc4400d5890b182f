package io.etlapi.execution;

import io.etlapi.monitor.DurationHistogram;
import io.etlapi.monitor.TaskManagerMXBean;
import io.etlapi.task.TaskException;
import io.etlapi.task.TaskId;
import io.etlapi.task.TaskStatus;
import java.util.Locale;

/** The server as JMX consoles see and steer it. */
final class ManagedServer implements TaskManagerMXBean {

  private static final double HALF = 0.5;
  private static final double MOST = 0.95;
  private static final double NEARLY_ALL = 0.99;

  private final ServerDesk desk;
  private final EtlRuntime runtime;

  ManagedServer(ServerDesk desk, EtlRuntime runtime) {
    this.desk = desk;
    this.runtime = runtime;
  }

  @Override
  public boolean isHealthy() {
    return runtime.monitor().faults().isEmpty();
  }

  @Override
  public String[] getHealthReasons() {
    return runtime.monitor().faults().toArray(new String[0]);
  }

  @Override
  public boolean isIntakePaused() {
    return runtime.monitor().isPaused();
  }

  @Override
  public int getRunning() {
    return runtime.monitor().running();
  }

  @Override
  public int getQueued() {
    return runtime.monitor().queued();
  }

  @Override
  public int getMaxConcurrent() {
    return stats().maxConcurrent();
  }

  @Override
  public int getQueueCapacity() {
    return stats().queueCapacity();
  }

  @Override
  public long getStoredTasks() {
    return stats().counts().total();
  }

  @Override
  public long getStoredCompleted() {
    return stats().counts().of(TaskStatus.COMPLETED);
  }

  @Override
  public long getStoredFailed() {
    return stats().counts().of(TaskStatus.FAILED);
  }

  @Override
  public long getStoredCancelled() {
    return stats().counts().of(TaskStatus.CANCELLED);
  }

  @Override
  public long getCompleted() {
    return desk.measurements().completed();
  }

  @Override
  public long getFailed() {
    return desk.measurements().failed();
  }

  @Override
  public double getAttemptP50Millis() {
    return desk.measurements().attempts().quantileMillis(HALF);
  }

  @Override
  public double getAttemptP95Millis() {
    return desk.measurements().attempts().quantileMillis(MOST);
  }

  @Override
  public double getAttemptP99Millis() {
    return desk.measurements().attempts().quantileMillis(NEARLY_ALL);
  }

  @Override
  public double getQueueWaitP50Millis() {
    return desk.measurements().queueWait().quantileMillis(HALF);
  }

  @Override
  public double getQueueWaitP95Millis() {
    return desk.measurements().queueWait().quantileMillis(MOST);
  }

  @Override
  public double getQueueWaitP99Millis() {
    return desk.measurements().queueWait().quantileMillis(NEARLY_ALL);
  }

  @Override
  public double getSubmitP50Millis() {
    return desk.measurements().submits().quantileMillis(HALF);
  }

  @Override
  public double getSubmitP95Millis() {
    return desk.measurements().submits().quantileMillis(MOST);
  }

  @Override
  public double getSubmitP99Millis() {
    return desk.measurements().submits().quantileMillis(NEARLY_ALL);
  }

  @Override
  public double getStoreWriteP50Millis() {
    return writes().quantileMillis(HALF);
  }

  @Override
  public double getStoreWriteP95Millis() {
    return writes().quantileMillis(MOST);
  }

  @Override
  public double getStoreWriteP99Millis() {
    return writes().quantileMillis(NEARLY_ALL);
  }

  @Override
  public long getCacheEntries() {
    return runtime.storage().cache().entries();
  }

  @Override
  public long getCacheHits() {
    return runtime.storage().cache().hits();
  }

  @Override
  public long getCacheMisses() {
    return runtime.storage().cache().misses();
  }

  @Override
  public long getRecordBytes() {
    return runtime.storage().recordBytes();
  }

  @Override
  public long getOutputBytes() {
    return runtime.storage().outputBytes();
  }

  @Override
  public long getFreeBytes() {
    return stats().freeBytes();
  }

  @Override
  public int getEngineThreads() {
    return stats().engineThreads();
  }

  @Override
  public int getEngineThreadsInUse() {
    ServerStats stats = stats();
    return stats.engineThreads() - stats.engineThreadsFree();
  }

  @Override
  public int getEngineWaiting() {
    return runtime.monitor().engineWaiting();
  }

  @Override
  public String getLastError() {
    return runtime.lastFailure().orElse("");
  }

  @Override
  public String stop(String taskId) {
    TaskId id =
        TaskId.parse(taskId)
            .orElseThrow(
                () -> new IllegalArgumentException("This is not the id of a task: " + taskId));
    try {
      return runtime.stop(id).name().toLowerCase(Locale.ROOT);
    } catch (TaskException e) {
      // A console may not know our classes.
      throw new IllegalArgumentException(e.getMessage());
    }
  }

  @Override
  public void pauseIntake() {
    desk.pauseIntake(true);
  }

  @Override
  public void resumeIntake() {
    desk.pauseIntake(false);
  }

  @Override
  public int cleanUp() {
    return runtime.cleanup().run().size();
  }

  private ServerStats stats() {
    return runtime.monitor().stats();
  }

  private DurationHistogram writes() {
    return runtime.storage().files().writeTimes();
  }
}
