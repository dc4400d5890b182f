package io.etlapi.store;

import java.util.List;

/**
 * What the start found in the storage folder.
 *
 * @param tasks tasks that are there
 * @param fromSnapshot how many of them were known from the last clean stop, without being read
 * @param quarantined files that could not be read as tasks, moved aside
 * @param leftovers files and folders of unfinished writes that were removed
 * @param orphans outputs and logs without a task that were removed
 */
public record RecoveryReport(
    int tasks, int fromSnapshot, List<Quarantined> quarantined, int leftovers, int orphans) {

  /**
   * A file that is no task record.
   *
   * @param fileName the name it had
   * @param reason what is wrong with it
   */
  public record Quarantined(String fileName, String reason) {}

  public RecoveryReport {
    quarantined = List.copyOf(quarantined);
  }
}
