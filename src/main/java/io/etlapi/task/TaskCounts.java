package io.etlapi.task;

import java.util.EnumMap;
import java.util.Map;

/** How many stored tasks are in each state; parents (pipeline runs) count like any other. */
public record TaskCounts(Map<TaskStatus, Long> byStatus) {

  public TaskCounts {
    EnumMap<TaskStatus, Long> copy = new EnumMap<>(TaskStatus.class);
    copy.putAll(byStatus);
    byStatus = copy;
  }

  public long of(TaskStatus status) {
    return byStatus.getOrDefault(status, 0L);
  }

  public long total() {
    return byStatus.values().stream().mapToLong(Long::longValue).sum();
  }
}
