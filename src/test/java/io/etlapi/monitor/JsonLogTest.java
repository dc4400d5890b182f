package io.etlapi.monitor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.json.Json;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JsonLogTest {

  private static final String ID = "0190a1b2-c3d4-7000-8000-000000000001";
  private static final Logger LOGGER = Logger.getLogger("io.etlapi.tasks");

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  @Test
  void aLineOfATaskSaysWhichAndInWhichTrace() {
    try (JsonLog log = JsonLog.listen(out)) {
      try (TaskScope scope =
          TaskScope.enter(
              ID, "read_csv", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")) {
        LOGGER.warning("two\nlines \"quoted\"");
      }
      LOGGER.info("🎯 Starting ETL task: filter with ID: " + ID);
      LOGGER.info("about nothing");
    }
    List<Map<String, @Nullable Object>> lines = lines();

    assertEquals(3, lines.size());
    assertEquals("WARN", lines.get(0).get("level"));
    assertEquals("two\nlines \"quoted\"", lines.get(0).get("message"));
    assertEquals(ID, lines.get(0).get("task_id"));
    assertEquals("read_csv", lines.get(0).get("step"));
    assertEquals("4bf92f3577b34da6a3ce929d0e0e4736", lines.get(0).get("trace_id"));
    assertEquals(ID, lines.get(1).get("task_id"), "taken from the text");
    assertFalse(lines.get(2).containsKey("task_id"));
  }

  @Test
  void aStackTraceIsPartOfItsLine() {
    try (JsonLog log = JsonLog.listen(out)) {
      LOGGER.log(java.util.logging.Level.SEVERE, "broken", new IllegalStateException("why"));
    }
    String stack = String.valueOf(lines().get(0).get("stack_trace"));
    assertTrue(stack.contains("IllegalStateException: why"), stack);
    assertEquals("ERROR", lines().get(0).get("level"));
  }

  @Test
  void onceClosedTheServerHasOurLinesAgain() {
    JsonLog.listen(out).close();
    LOGGER.fine("for the server");

    assertTrue(Logger.getLogger("io.etlapi").getUseParentHandlers());
    assertEquals(0, out.size());
  }

  private List<Map<String, @Nullable Object>> lines() {
    return out.toString(StandardCharsets.UTF_8).lines().map(Json::parseObject).toList();
  }
}
