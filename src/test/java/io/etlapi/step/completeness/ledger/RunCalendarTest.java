package io.etlapi.step.completeness.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.etlapi.step.completeness.control.RollingRules.Days;
import java.time.LocalDate;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class RunCalendarTest {

  private static final LocalDate FRIDAY = LocalDate.parse("2024-01-12");

  @Test
  void allDaysCount() {
    assertEquals(3, new RunCalendar(Days.ALL, List.of()).ageDays(FRIDAY, FRIDAY.plusDays(3)));
    assertEquals(0, new RunCalendar(Days.ALL, List.of()).ageDays(FRIDAY, FRIDAY));
  }

  @Test
  void aWeekendMakesNothingOlderByWeekdays() {
    RunCalendar weekdays = new RunCalendar(Days.WEEKDAYS, List.of());
    assertEquals(0, weekdays.ageDays(FRIDAY, FRIDAY.plusDays(1)));
    assertEquals(0, weekdays.ageDays(FRIDAY, FRIDAY.plusDays(2)));
    assertEquals(1, weekdays.ageDays(FRIDAY, FRIDAY.plusDays(3)));
    assertEquals(1, weekdays.ageDays(FRIDAY.plusDays(1), FRIDAY.plusDays(3)));
  }

  @Test
  void aHolidayOnAWeekdayMakesNothingOlder() {
    RunCalendar business =
        new RunCalendar(
            Days.BUSINESS, List.of(LocalDate.parse("2024-01-15"), LocalDate.parse("2024-01-20")));
    assertEquals(0, business.ageDays(FRIDAY, FRIDAY.plusDays(3)));
    assertEquals(1, business.ageDays(FRIDAY, FRIDAY.plusDays(4)));
    assertEquals(5, business.ageDays(FRIDAY, FRIDAY.plusDays(10)), "a holiday on a Saturday");
    assertEquals(1, business.ageDays(LocalDate.parse("2024-01-15"), FRIDAY.plusDays(4)));
  }

  @Test
  void weekdaysAreAsCountedOneByOne() {
    Random random = new Random(7);
    RunCalendar weekdays = new RunCalendar(Days.WEEKDAYS, List.of());
    for (int i = 0; i < 500; i++) {
      LocalDate from = LocalDate.ofEpochDay(random.nextInt(40_000) - 10_000L);
      LocalDate to = from.plusDays(random.nextInt(400));
      long counted =
          from.plusDays(1)
              .datesUntil(to.plusDays(1))
              .filter(day -> day.getDayOfWeek().getValue() <= 5)
              .count();
      assertEquals(counted, weekdays.ageDays(from, to), from + " to " + to);
    }
  }

  @Test
  void upperBoundsOfBucketsAreInclusive() {
    AgeBuckets buckets = new AgeBuckets(List.of(1, 5, 30));
    assertEquals(List.of("0-1", "2-5", "6-30", "31+"), buckets.labels());
    assertEquals("0-1", buckets.of(0));
    assertEquals("0-1", buckets.of(1));
    assertEquals("2-5", buckets.of(2));
    assertEquals("6-30", buckets.of(30));
    assertEquals("31+", buckets.of(31));
  }
}
