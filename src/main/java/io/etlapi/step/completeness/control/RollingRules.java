package io.etlapi.step.completeness.control;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How breaks are carried over the run dates.
 *
 * @param buckets upper bounds of the age buckets in days, inclusive and rising; a last open one
 *     follows
 */
public record RollingRules(Feed feed, AgeCalendar calendar, List<Integer> buckets) {

  /** What the files of a run date hold. */
  public enum Feed {
    /** Everything that exists on the run date. */
    SNAPSHOT,
    /** What is new since the date before; open breaks are carried in. */
    DELTA;

    public String key() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Which days count for the age.
   *
   * @param holidayFile below the control's root folder, one ISO date a line; only with {@link
   *     Days#BUSINESS}
   */
  public record AgeCalendar(Days days, @Nullable String holidayFile) {}

  /** The days that make a break older. */
  public enum Days {
    ALL,
    /** Monday to Friday. */
    WEEKDAYS,
    /** Monday to Friday without the holidays of a file. */
    BUSINESS
  }

  public static final RollingRules DEFAULT =
      new RollingRules(Feed.SNAPSHOT, new AgeCalendar(Days.WEEKDAYS, null), List.of(1, 5, 30));

  public RollingRules {
    buckets = List.copyOf(buckets);
  }
}
