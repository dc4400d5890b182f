package io.etlapi.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.task.Fault;
import io.etlapi.task.TaskException;
import io.etlapi.task.TaskId;
import io.etlapi.task.TaskQuery;
import io.etlapi.task.TaskStatus;
import jakarta.ws.rs.core.MultivaluedHashMap;
import jakarta.ws.rs.core.MultivaluedMap;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TaskListQueryTest {

  private static final TaskId ID = TaskId.of("0190a1b2-c3d4-7000-8000-000000000001");

  @Test
  void withoutParametersItIsTheNewestHundred() {
    assertEquals(TaskQuery.newest(100), read());
  }

  @Test
  void everyFilterIsRead() {
    TaskQuery query =
        read(
            "status",
            "running",
            "step",
            "read_csv",
            "since",
            "2024-01-15",
            "until",
            "2024-01-16T02:00:00+02:00",
            "q",
            "csv",
            "limit",
            "1000");
    assertEquals(TaskStatus.RUNNING, query.status());
    assertEquals("read_csv", query.stepName());
    assertEquals(Instant.parse("2024-01-15T00:00:00Z"), query.since());
    assertEquals(Instant.parse("2024-01-16T00:00:00Z"), query.until());
    assertEquals("csv", query.text());
    assertEquals(1000, query.limit());
  }

  @Test
  void aPlusSignThatWasDecodedAsASpaceIsStillAnOffset() {
    assertEquals(
        Instant.parse("2024-01-16T00:00:00Z"), read("since", "2024-01-16T02:00:00 02:00").since());
  }

  @Test
  void aBlankParameterIsNone() {
    assertEquals(TaskQuery.newest(100), read("status", "", "q", " ", "limit", ""));
    assertNull(read("step", "").stepName());
  }

  @Test
  void everyFaultIsReportedAtOnce() {
    TaskException refused =
        assertThrows(
            TaskException.class,
            () ->
                read(
                    "status",
                    "done",
                    "since",
                    "yesterday",
                    "until",
                    "2024-13-01",
                    "limit",
                    "0",
                    "cursor",
                    "%%%"));
    assertEquals(
        List.of("/status", "/since", "/until", "/cursor", "/limit"),
        refused.faults().stream().map(Fault::pointer).toList());
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "1001", "-1", "ten", "1e2", "99999999999"})
  void aLimitOutsideItsRangeIsRefused(String limit) {
    assertThrows(TaskException.class, () -> read("limit", limit));
  }

  @Test
  void theNextPageKeepsTheFiltersAndGoesOnAfterTheLastTask() {
    URI next =
        URI.create(
            TaskListQuery.nextPage(
                "http://localhost:8000/etl/tasks",
                parameters("q", "a&b=c>; {x}", "limit", "2", "cursor", "old", "foreign", "y"),
                ID));
    assertEquals("/etl/tasks", next.getPath());
    MultivaluedMap<String, String> asked = new MultivaluedHashMap<>();
    for (String pair : next.getRawQuery().split("&", -1)) {
      String[] parts = pair.split("=", 2);
      asked.add(parts[0], URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
    }
    assertEquals(
        new TaskQuery(null, null, null, null, "a&b=c>; {x}", ID, 2), TaskListQuery.read(asked));
    assertNull(asked.getFirst("foreign"));
  }

  @Test
  void theParentIsARunOrNone() {
    TaskQuery parts = read("parent", ID.toString());
    assertEquals(ID, parts.parent());
    assertFalse(parts.rootsOnly());
    TaskQuery roots = read("parent", "none");
    assertNull(roots.parent());
    assertTrue(roots.rootsOnly());
    assertThrows(TaskException.class, () -> read("parent", "nobody"));
  }

  private static TaskQuery read(String... namesAndValues) {
    return TaskListQuery.read(parameters(namesAndValues));
  }

  private static MultivaluedMap<String, String> parameters(String... namesAndValues) {
    MultivaluedMap<String, String> parameters = new MultivaluedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      parameters.add(namesAndValues[i], namesAndValues[i + 1]);
    }
    return parameters;
  }
}
