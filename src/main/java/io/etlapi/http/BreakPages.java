package io.etlapi.http;

import io.etlapi.task.Fault;
import io.etlapi.task.TaskException;
import jakarta.ws.rs.core.MultivaluedMap;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** Reads run dates from queries and leads from one page of breaks to the next. */
final class BreakPages {

  /** What a page and the next one have in common, beside the run date. */
  private static final List<String> FILTERS = List.of("status", "category", "age_min", "limit");

  private BreakPages() {}

  /**
   * The run date that is asked for; empty for the newest.
   *
   * @throws TaskException if it is no date
   */
  static Optional<LocalDate> runDate(@Nullable String text) {
    if (text == null || text.isBlank()) {
      return Optional.empty();
    }
    try {
      return Optional.of(LocalDate.parse(text.strip()));
    } catch (DateTimeException e) {
      throw TaskException.invalid(
          List.of(
              new Fault(
                  "/run_date",
                  "run_date is '"
                      + ObjectReader.clip(text)
                      + "': it must be a date like 2024-01-15.")));
    }
  }

  /**
   * The address of the page after a cursor. It names the run date of this page, so that a run
   * committed in between does not mix two dates.
   */
  static String next(
      String address,
      MultivaluedMap<String, String> asked,
      Map<String, @Nullable Object> run,
      String cursor) {
    StringJoiner query = new StringJoiner("&", address + "?", "");
    query.add("run_date=" + run.get("run_date"));
    for (String name : FILTERS) {
      String value = asked.getFirst(name);
      if (value != null) {
        query.add(name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8));
      }
    }
    return query.add("cursor=" + cursor).toString();
  }
}
