package io.etlapi.step.completeness.ledger;

import io.etlapi.step.completeness.control.RollingRules.Days;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.util.Collection;
import java.util.NavigableSet;
import java.util.TreeSet;

/** Counts the days that make a break older. Immutable. */
public final class RunCalendar {

  /** The epoch, 1970-01-01, was a Thursday: three days after a Monday. */
  private static final int EPOCH_AFTER_MONDAY = 3;

  private final Days days;
  private final NavigableSet<LocalDate> holidays = new TreeSet<>();

  /**
   * A calendar.
   *
   * @param holidays count for {@link Days#BUSINESS} only
   */
  public RunCalendar(Days days, Collection<LocalDate> holidays) {
    this.days = days;
    for (LocalDate holiday : holidays) {
      if (days == Days.BUSINESS && isWeekday(holiday)) {
        this.holidays.add(holiday);
      }
    }
  }

  /** Calendar units after {@code firstSeen} up to and including {@code runDate}; 0 or more. */
  public long ageDays(LocalDate firstSeen, LocalDate runDate) {
    if (!runDate.isAfter(firstSeen)) {
      return 0;
    }
    if (days == Days.ALL) {
      return runDate.toEpochDay() - firstSeen.toEpochDay();
    }
    return weekdaysThrough(runDate)
        - weekdaysThrough(firstSeen)
        - holidays.subSet(firstSeen, false, runDate, true).size();
  }

  /** Weekdays up to and including a date, counted from a fixed Monday. */
  private static long weekdaysThrough(LocalDate date) {
    long days = date.toEpochDay() + EPOCH_AFTER_MONDAY + 1;
    return Math.floorDiv(days, 7) * 5 + Math.min(Math.floorMod(days, 7), 5);
  }

  private static boolean isWeekday(LocalDate date) {
    return date.getDayOfWeek() != DayOfWeek.SATURDAY && date.getDayOfWeek() != DayOfWeek.SUNDAY;
  }
}
