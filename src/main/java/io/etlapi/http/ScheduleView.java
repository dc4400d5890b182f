package io.etlapi.http;

import io.etlapi.execution.CleanupSchedule;
import java.time.Instant;
import java.util.Locale;

/** When the daily clean-up runs. */
public record ScheduleView(String status, Schedule schedule) implements View {

  /**
   * The schedule in force.
   *
   * @param trigger the same in words
   */
  public record Schedule(Instant nextRun, String trigger, int hour, int minute, String timezone) {}

  static ScheduleView of(CleanupSchedule schedule, Instant nextRun) {
    return new ScheduleView(
        "success",
        new Schedule(
            nextRun,
            "daily at " + time(schedule),
            schedule.hour(),
            schedule.minute(),
            schedule.zone().getId()));
  }

  /** Such as {@code 23:00 UTC}. */
  static String time(CleanupSchedule schedule) {
    return String.format(
        Locale.ROOT, "%02d:%02d %s", schedule.hour(), schedule.minute(), schedule.zone().getId());
  }
}
