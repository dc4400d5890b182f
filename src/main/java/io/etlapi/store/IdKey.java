package io.etlapi.store;

import io.etlapi.task.TaskId;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The 128 bits of a task id, in the order of {@link TaskId}, without its objects. */
class IdKey implements Comparable<IdKey> {

  private final long high;
  private final long low;

  IdKey(TaskId id) {
    this.high = id.uuid().getMostSignificantBits();
    this.low = id.uuid().getLeastSignificantBits();
  }

  final TaskId id() {
    return new TaskId(new UUID(high, low));
  }

  @Override
  public final int compareTo(IdKey other) {
    int order = Long.compareUnsigned(high, other.high);
    return order != 0 ? order : Long.compareUnsigned(low, other.low);
  }

  @Override
  public final boolean equals(@Nullable Object other) {
    return other instanceof IdKey key && high == key.high && low == key.low;
  }

  @Override
  public final int hashCode() {
    return Long.hashCode(high ^ low);
  }
}
