package io.etlapi.http;

import io.etlapi.task.Fault;
import io.etlapi.task.TaskException;
import io.etlapi.task.TaskId;
import io.etlapi.task.TaskQuery;
import io.etlapi.task.TaskStatus;
import jakarta.ws.rs.core.MultivaluedMap;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads the query parameters of {@code GET /tasks}; reports every fault at once. */
final class TaskListQuery {

  private static final String CURSOR = "cursor";

  /** Asks for tasks that are no part of a pipeline run. */
  private static final String NO_PARENT = "none";

  /** What a page and the next one have in common. */
  private static final List<String> FILTERS =
      List.of("status", "step", "since", "until", "q", "parent", "limit");

  static final int DEFAULT_LIMIT = 100;

  private final MultivaluedMap<String, String> parameters;
  private final List<Fault> faults = new ArrayList<>();

  private TaskListQuery(MultivaluedMap<String, String> parameters) {
    this.parameters = parameters;
  }

  static TaskQuery read(MultivaluedMap<String, String> parameters) {
    return new TaskListQuery(parameters).read();
  }

  /**
   * The address of the page after a task. Made of what was understood of this request, so that
   * nothing foreign gets into the header.
   */
  static String nextPage(String address, MultivaluedMap<String, String> asked, TaskId last) {
    StringJoiner query = new StringJoiner("&", address + "?", "");
    for (String name : FILTERS) {
      String value = asked.getFirst(name);
      if (value != null) {
        query.add(name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8));
      }
    }
    return query.add(CURSOR + "=" + cursorAfter(last)).toString();
  }

  /** Clients need not understand it. */
  private static String cursorAfter(TaskId last) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(last.toString().getBytes(StandardCharsets.US_ASCII));
  }

  private TaskQuery read() {
    TaskStatus status = read("status", TaskListQuery::status, "one of " + statusWords());
    Instant since = read("since", TaskListQuery::time, "a time such as 2024-01-15T08:00:00Z");
    Instant until = read("until", TaskListQuery::time, "a time such as 2024-01-15T08:00:00Z");
    TaskId before =
        read(CURSOR, TaskListQuery::cursor, "a cursor from the Link header of an earlier page");
    String parentText = first("parent");
    boolean rootsOnly = NO_PARENT.equals(parentText);
    TaskId parent =
        rootsOnly
            ? null
            : read("parent", TaskListQuery::task, "the id of a pipeline run, or " + NO_PARENT);
    Integer limit =
        read("limit", TaskListQuery::limit, "a whole number from 1 to " + TaskQuery.MAX_LIMIT);
    if (!faults.isEmpty()) {
      throw TaskException.invalid(faults);
    }
    return new TaskQuery(
        status,
        first("step"),
        since,
        until,
        first("q"),
        parent,
        rootsOnly,
        before,
        limit == null ? DEFAULT_LIMIT : limit);
  }

  private <T> @Nullable T read(String name, Function<String, Optional<T>> reader, String expected) {
    String text = first(name);
    if (text == null) {
      return null;
    }
    Optional<T> value = reader.apply(text);
    if (value.isEmpty()) {
      faults.add(
          new Fault(
              "/" + name,
              "The query parameter "
                  + name
                  + " is '"
                  + ObjectReader.clip(text)
                  + "': it must be "
                  + expected
                  + "."));
    }
    return value.orElse(null);
  }

  private @Nullable String first(String name) {
    String text = parameters.getFirst(name);
    return text == null || text.isBlank() ? null : text.strip();
  }

  private static Optional<TaskStatus> status(String word) {
    return TaskStatus.ofWord(word);
  }

  private static String statusWords() {
    return Arrays.stream(TaskStatus.values())
        .map(TaskStatus::word)
        .collect(Collectors.joining(", "));
  }

  private static Optional<Integer> limit(String text) {
    try {
      int limit = Integer.parseInt(text);
      return limit >= 1 && limit <= TaskQuery.MAX_LIMIT ? Optional.of(limit) : Optional.empty();
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  /** A time with an offset, or a date: its first moment in UTC. */
  private static Optional<Instant> time(String text) {
    try {
      return Optional.of(
          text.length() <= 10
              ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
              // A plus sign in a query is a space to those who decode it.
              : OffsetDateTime.parse(text.replace(' ', '+')).toInstant());
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  private static Optional<TaskId> task(String text) {
    try {
      return TaskId.parse(text);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Optional<TaskId> cursor(String text) {
    try {
      return TaskId.parse(
          new String(Base64.getUrlDecoder().decode(text), StandardCharsets.US_ASCII));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
