package io.etlapi.http;

import io.etlapi.execution.CleanupSchedule;

/** The answer to a change of the clean-up's schedule. */
public record RescheduledView(String status, String message) implements View {

  static RescheduledView of(CleanupSchedule schedule) {
    return new RescheduledView(
        "success", "Cleanup scheduled for " + ScheduleView.time(schedule) + " daily");
  }
}
