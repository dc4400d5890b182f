package io.etlapi.step.completeness.ledger;

import io.etlapi.task.Fault;
import io.etlapi.task.TaskException;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which breaks of a run date are asked for, oldest first.
 *
 * @param runDate empty for the newest
 * @param category such as {@code VALUE}; empty for all
 * @param ageMin least age in days
 * @param limit how many at most, 1..1000
 * @param after the last break of the page before; empty for the first page
 */
public record BreaksQuery(
    Optional<LocalDate> runDate,
    Status status,
    Optional<String> category,
    long ageMin,
    int limit,
    Optional<Cursor> after) {

  static final int DEFAULT_LIMIT = 100;
  static final int MAX_LIMIT = 1000;

  /** Which part of the ledger is asked for. */
  public enum Status {
    /** Everything that is open: new, continued or reopened. */
    OPEN,
    NEW,
    CONTINUED,
    REOPENED,
    /** What closed on the run date. */
    CLOSED,
    /** Written off by a person, the rows still standing in the data. */
    WRITTEN_OFF,
    /** Closed by a person, the rows still standing in the data. */
    MANUAL,
    ALL;

    static Optional<Status> of(String text) {
      for (Status status : values()) {
        if (status.name().equalsIgnoreCase(text)) {
          return Optional.of(status);
        }
      }
      return Optional.empty();
    }
  }

  /** A place in the order of breaks: by age, oldest first, then by id. */
  public record Cursor(long ageDays, String breakId) {
    private static final Pattern TEXT = Pattern.compile("(\\d{1,7})-([0-9a-f]{32})");

    static Optional<Cursor> of(String text) {
      Matcher matcher = TEXT.matcher(text);
      return matcher.matches()
          ? Optional.of(new Cursor(Long.parseLong(matcher.group(1)), matcher.group(2)))
          : Optional.empty();
    }

    /** As it stands in a link to the next page. */
    @Override
    public String toString() {
      return ageDays + "-" + breakId;
    }
  }

  /**
   * Reads the parameters of a request; null or blank is absent.
   *
   * @throws TaskException with every fault at once
   */
  public static BreaksQuery of(
      @Nullable String runDate,
      @Nullable String status,
      @Nullable String category,
      @Nullable String ageMin,
      @Nullable String limit,
      @Nullable String cursor) {
    List<Fault> faults = new ArrayList<>();
    Status wanted = Status.OPEN;
    if (given(status)) {
      Optional<Status> known = Status.of(String.valueOf(status).strip());
      wanted = known.orElse(Status.OPEN);
      if (known.isEmpty()) {
        faults.add(
            new Fault(
                "/status",
                "status is '"
                    + status
                    + "': it must be open, new, continued, reopened, closed, written_off, manual or"
                    + " all."));
      }
    }
    Optional<Cursor> after = Optional.empty();
    if (given(cursor)) {
      after = Cursor.of(String.valueOf(cursor).strip());
      if (after.isEmpty()) {
        faults.add(new Fault("/cursor", "cursor is not one that an earlier page gave."));
      }
    }
    BreaksQuery query =
        new BreaksQuery(
            date("run_date", runDate, faults),
            wanted,
            given(category)
                ? Optional.of(String.valueOf(category).strip().toUpperCase(Locale.ROOT))
                : Optional.empty(),
            number("age_min", ageMin, 0, 0, 1_000_000, faults),
            (int) number("limit", limit, DEFAULT_LIMIT, 1, MAX_LIMIT, faults),
            after);
    if (!faults.isEmpty()) {
      throw TaskException.invalid(faults);
    }
    return query;
  }

  private static boolean given(@Nullable String text) {
    return text != null && !text.isBlank();
  }

  private static Optional<LocalDate> date(String name, @Nullable String text, List<Fault> faults) {
    if (text == null || text.isBlank()) {
      return Optional.empty();
    }
    try {
      return Optional.of(LocalDate.parse(text.strip()));
    } catch (DateTimeParseException e) {
      faults.add(
          new Fault("/" + name, name + " is '" + text + "': it must be a date like 2024-01-15."));
      return Optional.empty();
    }
  }

  private static long number(
      String name, @Nullable String text, long fallback, long min, long max, List<Fault> faults) {
    if (text == null || text.isBlank()) {
      return fallback;
    }
    try {
      long number = Long.parseLong(text.strip());
      if (number >= min && number <= max) {
        return number;
      }
    } catch (NumberFormatException e) {
      // reported below
    }
    faults.add(
        new Fault(
            "/" + name,
            name
                + " is '"
                + text
                + "': it must be a whole number from "
                + min
                + " to "
                + max
                + "."));
    return fallback;
  }
}
