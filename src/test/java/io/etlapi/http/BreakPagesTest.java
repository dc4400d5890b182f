package io.etlapi.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.task.TaskException;
import jakarta.ws.rs.core.MultivaluedHashMap;
import java.time.LocalDate;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BreakPagesTest {

  @Test
  void theNextPageStaysOnTheRunDateOfThisOneAndKeepsItsFilters() {
    MultivaluedHashMap<String, String> asked = new MultivaluedHashMap<>();
    asked.putSingle("status", "open");
    asked.putSingle("category", "A&B=<C>");
    asked.putSingle("cursor", "old");
    asked.putSingle("foreign", "x\r\nSet-Cookie: y");
    assertEquals(
        "http://h/c?run_date=2024-01-17&status=open&category=A%26B%3D%3CC%3E&cursor=2-ab",
        BreakPages.next("http://h/c", asked, Map.of("run_date", "2024-01-17"), "2-ab"));
  }

  @Test
  void aRunDateIsADateOrLeftOut() {
    assertEquals(Optional.of(LocalDate.of(2024, 2, 29)), BreakPages.runDate(" 2024-02-29 "));
    assertEquals(Optional.empty(), BreakPages.runDate(null));
    assertEquals(Optional.empty(), BreakPages.runDate(""));
    TaskException refused =
        assertThrows(TaskException.class, () -> BreakPages.runDate("2024-02-30"));
    assertEquals(1, refused.faults().size());
    assertTrue(refused.faults().get(0).detail().contains("2024-02-30"));
  }
}
