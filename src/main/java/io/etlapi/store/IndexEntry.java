package io.etlapi.store;

import io.etlapi.task.OutputFile;
import io.etlapi.task.Task;
import io.etlapi.task.TaskId;
import io.etlapi.task.TaskResult;
import io.etlapi.task.TaskSpec;
import io.etlapi.task.TaskStatus;
import io.etlapi.task.TaskSummary;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What the index holds of one task, packed: about 170 bytes, so that a million tasks fit into a
 * small heap. What may change is swapped as a whole, so a reader never sees half a change.
 */
final class IndexEntry extends IdKey {

  /** Stands for no time. */
  static final long NEVER = Long.MIN_VALUE;

  private final String stepName;
  private final byte priority;
  private final boolean parent;
  private final long createdNanos;
  private final @Nullable TaskId parentId;
  private final @Nullable String node;
  private final @Nullable String idempotencyKey;
  private volatile Progress progress;

  /**
   * What changes in a task's life. Times are nanoseconds since the epoch.
   *
   * @param outputBytes size of all its published files
   * @param fileBytes size of its record
   * @param fileNanos last change of its record
   */
  record Progress(
      TaskStatus status,
      int attempt,
      long startedNanos,
      long completedNanos,
      long completedTick,
      long outputBytes,
      long fileBytes,
      long fileNanos) {

    static Progress of(Task task, FileStamp stamp) {
      TaskResult result = task.state().result();
      long outputs = 0;
      if (result != null) {
        for (OutputFile file : result.files()) {
          outputs += file.bytes();
        }
      }
      return new Progress(
          task.status(),
          task.state().attempt(),
          nanos(task.state().startedAt()),
          nanos(task.state().completedAt()),
          task.state().completedTick(),
          outputs,
          stamp.bytes(),
          stamp.modifiedNanos());
    }

    Progress with(FileStamp stamp) {
      return new Progress(
          status,
          attempt,
          startedNanos,
          completedNanos,
          completedTick,
          outputBytes,
          stamp.bytes(),
          stamp.modifiedNanos());
    }

    boolean isOf(FileStamp stamp) {
      return fileBytes == stamp.bytes() && fileNanos == stamp.modifiedNanos();
    }
  }

  IndexEntry(
      TaskId id,
      String stepName,
      int priority,
      boolean parent,
      long createdNanos,
      @Nullable TaskId parentId,
      @Nullable String node,
      @Nullable String idempotencyKey,
      Progress progress) {
    super(id);
    // There are about thirty names for a million tasks.
    this.stepName = stepName.intern();
    this.priority = (byte) priority;
    this.parent = parent;
    this.createdNanos = createdNanos;
    this.parentId = parentId;
    this.node = node == null ? null : node.intern();
    this.idempotencyKey = idempotencyKey;
    this.progress = progress;
  }

  static IndexEntry of(Task task, FileStamp stamp) {
    TaskSpec spec = task.spec();
    TaskSpec.Idempotency key = spec.origin().idempotency();
    return new IndexEntry(
        spec.id(),
        spec.stepName(),
        spec.priority(),
        spec.isParent(),
        nanos(spec.createdAt()),
        spec.origin().parentId(),
        spec.origin().node(),
        key == null ? null : key.keyHash(),
        Progress.of(task, stamp));
  }

  TaskSummary summary() {
    Progress now = progress;
    return new TaskSummary(
        id(),
        stepName,
        now.status(),
        now.attempt(),
        priority,
        required(createdNanos),
        instant(now.startedNanos()),
        instant(now.completedNanos()),
        parentId,
        node,
        parent,
        now.completedTick());
  }

  String stepName() {
    return stepName;
  }

  int priority() {
    return priority;
  }

  boolean isParent() {
    return parent;
  }

  long createdNanos() {
    return createdNanos;
  }

  @Nullable TaskId parentId() {
    return parentId;
  }

  @Nullable String node() {
    return node;
  }

  @Nullable String idempotencyKey() {
    return idempotencyKey;
  }

  Progress progress() {
    return progress;
  }

  void progress(Progress next) {
    progress = next;
  }

  /**
   * Nanoseconds since the epoch, {@link #NEVER} for null.
   *
   * @throws ArithmeticException outside the years 1678 to 2261
   */
  static long nanos(@Nullable Instant time) {
    return time == null
        ? NEVER
        : Math.addExact(Math.multiplyExact(time.getEpochSecond(), 1_000_000_000L), time.getNano());
  }

  private static @Nullable Instant instant(long nanos) {
    return nanos == NEVER ? null : required(nanos);
  }

  private static Instant required(long nanos) {
    return Instant.ofEpochSecond(
        Math.floorDiv(nanos, 1_000_000_000L), Math.floorMod(nanos, 1_000_000_000L));
  }
}
