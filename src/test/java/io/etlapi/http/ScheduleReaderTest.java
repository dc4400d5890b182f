package io.etlapi.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.etlapi.execution.CleanupSchedule;
import io.etlapi.json.Json;
import io.etlapi.task.Fault;
import io.etlapi.task.TaskException;
import java.time.ZoneId;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScheduleReaderTest {

  @Test
  void whatIsLeftOutIs23UtcAndNullIsLeftOut() {
    assertEquals(CleanupSchedule.DEFAULT, read("{}"));
    assertEquals(
        CleanupSchedule.DEFAULT, read("{\"hour\": null, \"minute\": null, \"timezone\": null}"));
  }

  @Test
  void everyPartCanBeSet() {
    assertEquals(
        new CleanupSchedule(4, 5, ZoneId.of("Europe/London")),
        read("{\"hour\": 4, \"minute\": 5, \"timezone\": \"Europe/London\"}"));
  }

  @Test
  void everyFaultIsReportedAtOnce() {
    TaskException refused =
        assertThrows(
            TaskException.class,
            () -> read("{\"hour\": 24, \"minute\": \"0\", \"timezone\": \"Mars/Base\"}"));
    assertEquals(
        List.of("/hour", "/minute", "/timezone"),
        refused.faults().stream().map(Fault::pointer).toList());
  }

  @Test
  void theAnswerSaysTheTimeAsClientsKnowIt() {
    assertEquals(
        "Cleanup scheduled for 23:00 UTC daily",
        RescheduledView.of(CleanupSchedule.DEFAULT).message());
  }

  private static CleanupSchedule read(String body) {
    return ScheduleReader.read(Json.parseObject(body));
  }
}
