package io.etlapi.http;

import io.etlapi.step.workflow.RowsQuery;
import io.etlapi.task.Fault;
import io.etlapi.task.TaskException;
import jakarta.ws.rs.core.MultivaluedMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the query of a page of rows. */
final class RowsParameters {

  private static final int DEFAULT_LIMIT = 50;
  private static final int MAX_LIMIT = 1000;
  private static final int MAX_FILTER = 10_000;

  private RowsParameters() {}

  /**
   * The rows that are asked for.
   *
   * @throws TaskException naming every parameter that is not acceptable
   */
  static RowsQuery read(MultivaluedMap<String, String> query) {
    List<Fault> faults = new ArrayList<>();
    long offset = number(query, "offset", 0, 0, 1L << 53, faults);
    int limit = (int) number(query, "limit", DEFAULT_LIMIT, 1, MAX_LIMIT, faults);
    List<RowsQuery.Key> sort =
        items(query.getFirst("sort")).stream().map(RowsParameters::key).toList();
    Optional<String> filter =
        Optional.ofNullable(query.getFirst("filter")).filter(text -> !text.isBlank());
    if (filter.isPresent() && filter.get().length() > MAX_FILTER) {
      faults.add(new Fault("/filter", "filter has more than " + MAX_FILTER + " characters."));
    }
    if (!faults.isEmpty()) {
      throw TaskException.invalid(faults);
    }
    return new RowsQuery(offset, limit, sort, filter, items(query.getFirst("columns")));
  }

  private static RowsQuery.Key key(String item) {
    String lower = item.toLowerCase(Locale.ROOT);
    if (lower.endsWith(":desc")) {
      return new RowsQuery.Key(item.substring(0, item.length() - ":desc".length()), true);
    }
    return new RowsQuery.Key(
        lower.endsWith(":asc") ? item.substring(0, item.length() - ":asc".length()) : item, false);
  }

  private static List<String> items(@Nullable String list) {
    List<String> items = new ArrayList<>();
    for (String item : (list == null ? "" : list).split(",", -1)) {
      if (!item.isBlank()) {
        items.add(item.strip());
      }
    }
    return items;
  }

  private static long number(
      MultivaluedMap<String, String> query,
      String name,
      long fallback,
      long min,
      long max,
      List<Fault> faults) {
    String text = query.getFirst(name);
    if (text == null || text.isBlank()) {
      return fallback;
    }
    try {
      long number = Long.parseLong(text.strip());
      if (number >= min && number <= max) {
        return number;
      }
    } catch (NumberFormatException e) {
      // refused below
    }
    faults.add(
        new Fault(
            "/" + name,
            name
                + " is '"
                + ObjectReader.clip(text)
                + "': it must be a whole number from "
                + min
                + " to "
                + max
                + "."));
    return fallback;
  }
}
