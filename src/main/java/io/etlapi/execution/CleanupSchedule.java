package io.etlapi.execution;

import java.time.ZoneId;

/**
 * When the daily clean-up runs.
 *
 * @param hour 0..23
 * @param minute 0..59
 * @param zone the time zone of hour and minute
 */
public record CleanupSchedule(int hour, int minute, ZoneId zone) {

  public static final CleanupSchedule DEFAULT = new CleanupSchedule(23, 0, ZoneId.of("UTC"));

  public CleanupSchedule {
    if (hour < 0 || hour > 23) {
      throw new IllegalArgumentException("hour must be 0..23: " + hour);
    }
    if (minute < 0 || minute > 59) {
      throw new IllegalArgumentException("minute must be 0..59: " + minute);
    }
  }
}
