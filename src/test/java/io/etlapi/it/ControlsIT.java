package io.etlapi.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.it.server.Answer;
import io.etlapi.it.server.EtlClient;
import io.etlapi.it.server.SharedServer;
import io.etlapi.it.server.TestFiles;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;

/** The sample control over its three run dates, read back from the ledger as people do it. */
@ExtendWith(SharedServer.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ControlsIT {

  private static final Path SAMPLE = Path.of("src/main/resources/samples/control");
  private static final String BREAKS = "/controls/payments/breaks";

  private final EtlClient client;
  private final TestFiles files;

  ControlsIT(EtlClient client, TestFiles files) {
    this.client = client;
    this.files = files;
  }

  @Test
  @Order(1)
  void theLedgerTellsEveryRunDateAsItWas() throws Exception {
    copySample();
    for (String date : List.of("2024-01-15", "2024-01-16", "2024-01-17")) {
      client.complete("completeness_control", run(date));
    }

    Answer control = client.get("/controls/payments");
    assertEquals(3L, control.number("runs"));
    assertEquals("2024-01-17", control.string("latest", "run_date"));
    assertTrue(
        client.get("/controls").array().stream()
            .anyMatch(each -> "payments".equals(each.get("control_id"))));
    assertEquals(
        List.of("2024-01-17", "2024-01-16", "2024-01-15"),
        client.get("/controls/payments/runs").array().stream()
            .map(each -> each.get("run_date"))
            .toList());
    assertEquals(7, breaks(BREAKS + "?run_date=2024-01-15").size());
    assertEquals(3, breaks(BREAKS + "?run_date=2024-01-16").size());
    assertEquals(5, breaks(BREAKS + "?run_date=2024-01-16&status=closed").size());
    assertEquals(
        List.of("P013", "P014"),
        breaks(BREAKS + "?category=VALUE").stream().map(each -> each.get("payment_ref")).toList());
    assertEquals(2, breaks(BREAKS + "?age_min=2").size());
  }

  @Test
  @Order(2)
  void pagesFollowEachOtherThroughTheLinkHeader() {
    List<@Nullable Object> ids = new ArrayList<>();
    String next = BREAKS + "?run_date=2024-01-15&limit=3";
    int pages = 0;
    while (!next.isEmpty()) {
      Answer page = client.get(next);
      page.json();
      breaksOf(page).forEach(each -> ids.add(each.get("break_id")));
      pages++;
      next =
          page.header("Link")
              .map(link -> URI.create(link.substring(1, link.indexOf('>'))))
              .map(uri -> uri.getRawPath() + "?" + uri.getRawQuery())
              .orElse("");
    }
    assertEquals(3, pages);
    assertEquals(7, ids.size());
    assertEquals(7, ids.stream().distinct().count());
  }

  @Test
  @Order(3)
  void aBreakIsExplainedByWhatFailedAndByHowMuch() {
    Map<String, @Nullable Object> wrong =
        breaks(BREAKS + "?run_date=2024-01-15&category=VALUE").stream()
            .filter(each -> "P006".equals(each.get("payment_ref")))
            .findFirst()
            .orElseThrow();
    Answer explanation =
        client.get(BREAKS + "/" + wrong.get("break_id") + "/explanation?run_date=2024-01-15");
    assertEquals("the nearest row of tgt fails every pass", explanation.string("summary"));
    assertTrue(explanation.text().contains("amount differs by 6.00, allowed 0.01"));
  }

  @Test
  @Order(4)
  void aDecisionIsRecordedOnceAndNamesWhoAndWhy() {
    Map<String, @Nullable Object> rounding =
        breaks(BREAKS + "?category=VALUE").stream()
            .filter(each -> "P013".equals(each.get("payment_ref")))
            .findFirst()
            .orElseThrow();
    String path = BREAKS + "/" + rounding.get("break_id");
    Map<String, Object> writeOff = Map.of("action", "write_off", "who", "ann", "why", "agreed");

    assertEquals(201, client.post(path + "/actions", writeOff).status());
    assertEquals(409, client.post(path + "/actions", writeOff).status());
    Answer found = client.get(path);
    assertEquals("WRITTEN_OFF", found.string("pending"));
    assertTrue(found.text().contains("\"who\":\"ann\""), found::text);
    assertEquals(3, ((List<?>) found.json().getOrDefault("history", List.of())).size());

    Answer refused = client.post(path + "/actions", Map.of("action", "forget", "owner", 3));
    assertEquals(422, refused.status());
    assertEquals(4, ((List<?>) refused.json().getOrDefault("errors", List.of())).size());
  }

  @Test
  @Order(5)
  void whatIsNotThereIsAProblemDocument() {
    assertProblem(404, "/controls/nowhere");
    assertProblem(404, BREAKS + "?run_date=2023-01-01");
    assertProblem(404, BREAKS + "/00000000000000000000000000000000");
    assertProblem(422, BREAKS + "?status=odd&limit=0&age_min=x&run_date=soon&cursor=1");
    assertProblem(404, "/schemas/nothing");
    assertEquals(
        "Completeness control",
        client.get("/schemas/completeness-control.schema.json").string("title"));
  }

  private void assertProblem(int status, String path) {
    Answer answer = client.get(path);
    assertEquals(status, answer.status(), path);
    assertTrue(answer.contentType().startsWith("application/problem+json"), path);
  }

  private List<Map<String, @Nullable Object>> breaks(String path) {
    return breaksOf(client.get(path));
  }

  private static List<Map<String, @Nullable Object>> breaksOf(Answer page) {
    List<Map<String, @Nullable Object>> breaks = new ArrayList<>();
    for (Object each : (List<?>) page.json().getOrDefault("breaks", List.of())) {
      Map<String, @Nullable Object> item = new LinkedHashMap<>();
      ((Map<?, ?>) each).forEach((name, value) -> item.put(String.valueOf(name), value));
      breaks.add(item);
    }
    return breaks;
  }

  private Map<String, Object> run(String date) {
    return Map.of(
        "parameters",
        Map.of(
            "expectedRunDate",
            date,
            "rootFileDir",
            files.folder().resolve("control").toString(),
            "inputConfigFilePath",
            "payments.json",
            "inputConfigFilePattern",
            "*.json"));
  }

  private void copySample() throws IOException {
    try (Stream<Path> all = Files.walk(SAMPLE)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        files.write("control/" + SAMPLE.relativize(file), Files.readString(file));
      }
    }
  }
}
