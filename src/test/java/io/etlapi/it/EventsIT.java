package io.etlapi.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.it.server.Answer;
import io.etlapi.it.server.Await;
import io.etlapi.it.server.EtlClient;
import io.etlapi.it.server.EventClient;
import io.etlapi.it.server.EventClient.Event;
import io.etlapi.it.server.ManyListeners;
import io.etlapi.it.server.RawHttp;
import io.etlapi.it.server.ServerProcess;
import io.etlapi.it.server.SharedServer;
import io.etlapi.it.server.TestFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Live events, heard by clients on sockets. */
@ExtendWith(SharedServer.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class EventsIT {

  private static final Duration LIMIT = Duration.ofSeconds(90);
  private static final int LISTENERS = 1000;

  private final ServerProcess server;
  private final EtlClient client;
  private final TestFiles files;

  EventsIT(ServerProcess server, EtlClient client, TestFiles files) {
    this.server = server;
    this.client = client;
    this.files = files;
  }

  @Test
  void everyChangeOfATaskIsToldInOrder() {
    try (EventClient events = listen("/events")) {
      events.await("hello", event -> event.name().equals("hello"));
      String id = client.run("read_csv", reading("told.csv"));
      Event end = events.awaitTask(id, "completed");

      assertEquals(
          List.of("pending", "running", "completed"),
          events.events("task").stream()
              .filter(event -> event.text("task_id").equals(id))
              .map(event -> event.text("status"))
              .toList());
      assertEquals("100", end.text("progress"));
      assertEquals(
          client.get("/tasks?limit=1").array().get(0).get("duration"), end.json().get("duration"));

      assertEquals(204, client.delete("/tasks/" + id).status());
      events.await(
          "the removal is told",
          event -> event.name().equals("removed") && event.data().contains(id));
    }
  }

  @Test
  void aClientThatComesBackAgainAndAgainMissesNothing() {
    Event last;
    try (EventClient events = listen("/events")) {
      last = events.await("hello", event -> event.name().equals("hello"));
    }
    for (int round = 0; round < 8; round++) {
      List<String> ids = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        ids.add(client.run("read_csv", reading("gap.csv")));
      }
      ids.forEach(id -> client.awaitEnd(id, LIMIT));
      try (EventClient events = listen("/events", "Last-Event-ID: " + last.id())) {
        ids.forEach(id -> events.awaitTask(id, "completed"));
        List<Event> got = events.events();
        assertEquals("hello", got.get(0).name());
        assertTrue(got.stream().noneMatch(event -> event.name().equals("reset")), last.id());
        for (Event event : got.subList(1, got.size())) {
          assertEquals(last.sequence() + 1, event.sequence(), "neither a gap nor twice");
          last = event;
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"0123456789ab-5", "no id of ours", "999-999999999999999999", "%3Cb%3E"})
  void whoCannotResumeIsToldToReload(String last) {
    try (EventClient byHeader = listen("/events", "Last-Event-ID: " + last);
        EventClient byParameter = listen("/events?last_event_id=" + last.replace(" ", "%20"))) {
      for (EventClient events : List.of(byHeader, byParameter)) {
        events.await("reset", event -> event.name().equals("reset"));
        assertEquals("hello", events.events().get(0).name());
      }
    }
  }

  @Test
  void aTaskIsFollowedWithItsLog() {
    String id = client.run("read_csv", reading("followed.csv"));
    try (EventClient events = listen("/events/" + id)) {
      events.awaitTask(id, "completed");
      Await.until(
          "all lines are told", LIMIT, () -> lines(events).equals(log(id)), () -> lines(events));
      assertTrue(
          events.events("task").stream().allMatch(event -> event.text("task_id").equals(id)));

      String last = events.events().get(events.events().size() - 1).id();
      String other = client.run("read_csv", reading("followed.csv"));
      client.awaitEnd(other, LIMIT);
      assertEquals(204, client.delete("/tasks/" + id).status());
      try (EventClient resumed =
          EventClient.open(server.port(), "/events/" + id, "Last-Event-ID: " + last)) {
        assertEquals(404, resumed.status());
      }
      events.await("removed", event -> event.name().equals("removed"));
      assertTrue(events.events().stream().noneMatch(event -> event.data().contains(other)));
    }
  }

  @Test
  void aRunIsFollowedWithItsSteps() {
    String id =
        client.run(
            "completeness_control",
            Map.of(
                "parameters",
                Map.of(
                    "expectedRunDate", "2024-01-15",
                    "rootFileDir", "samples/control",
                    "inputConfigFilePath", "samples/control",
                    "inputConfigFilePattern", "payments.json")));
    try (EventClient events = listen("/events/" + id)) {
      events.await(
          "a step of the run",
          event -> event.name().equals("task") && event.text("parent_id").equals(id));
      client.post("/stop/" + id);
    }
  }

  @Test
  void aLogIsFollowedToItsEnd() {
    String id = client.run("read_csv", reading("log.csv"));
    EventClient events = listen("/logs/" + id + "?follow=true");
    Event end = events.await("end", event -> event.name().equals("end"));

    assertEquals("completed", end.text("status"));
    assertEquals(log(id), lines(events));
    Await.until("the server closes", LIMIT, events::hasEnded);
    assertEquals(
        204,
        EventClient.open(
                server.port(), "/logs/" + id + "?follow=true", "Last-Event-ID: " + end.id())
            .status());
    assertEquals(log(id), client.get("/logs/" + id + "?follow=false").text());
  }

  @Test
  void whatCannotBeFollowedIsAProblem() {
    assertEquals(404, client.get("/events/no-task").status());
    assertEquals(404, client.get("/events/01a21342-edef-7e94-a14b-3259fcc7b96a").status());
    assertEquals(404, client.get("/events/a/b").status());
    assertEquals(404, client.get("/logs/nothing?follow=true").status());
    assertEquals(406, client.get("/events", "Accept", "application/json").status());
    Answer posted = client.post("/events", Map.of());
    assertEquals(405, posted.status());
    assertEquals("application/problem+json", posted.contentType());
    assertTrue(posted.header("Allow").orElse("").contains("GET"));
    String id = client.complete("read_csv", reading("bad.csv")).string("task_id");
    assertEquals(422, client.get("/events/" + id + "?log_offset=-1").status());
    assertEquals(422, client.get("/logs/" + id + "?follow=true&offset=x").status());
  }

  @ParameterizedTest
  @ValueSource(strings = {"/events", "/events/1", "/logs/1?follow=true"})
  void theGuardStandsBeforeStreams(String path) {
    String answer = RawHttp.send(server.port(), "GET " + path + " HTTP/1.1", "Host: evil.example");

    assertEquals(403, RawHttp.status(answer), answer);
  }

  @Test
  @Order(Integer.MAX_VALUE) // leaves a crowd behind that is noticed only later
  void aThousandListenersTakeNoThreadsAndFreeTheirPlaces() {
    int before = threads();
    try (ManyListeners crowd = openWhenFree()) {
      try (EventClient oneTooMany = EventClient.open(server.port(), "/events")) {
        assertEquals(503, oneTooMany.status());
        assertTrue(oneTooMany.hasHeader("Retry-After: 5"));
      }
      String id = client.run("read_csv", reading("crowd.csv"));
      crowd.awaitText(id);
      assertTrue(threads() < before + 200, before + " threads became " + threads());
    }
    openWhenFree().close();
    awaitPlaces();
  }

  /** For whoever listens next. */
  private void awaitPlaces() {
    Await.until(
        "a place is free",
        LIMIT,
        () -> {
          client.awaitEnd(client.run("read_csv", reading("crowd.csv")), LIMIT);
          try (EventClient next = EventClient.open(server.port(), "/events")) {
            return next.status() == 200;
          }
        });
  }

  /** Clients vanish without a word; what happens next finds that out. */
  private ManyListeners openWhenFree() {
    ManyListeners[] opened = new ManyListeners[1];
    Await.until(
        "places are free",
        LIMIT,
        () -> {
          client.awaitEnd(client.run("read_csv", reading("crowd.csv")), LIMIT);
          try {
            opened[0] = ManyListeners.open(server.port(), LISTENERS);
            return true;
          } catch (AssertionError e) {
            return false;
          }
        });
    return opened[0];
  }

  @Test
  void aClientThatDoesNotReadHoldsUpNobody() throws IOException {
    try (Socket slow = new Socket();
        EventClient quick = listen("/events")) {
      slow.setReceiveBufferSize(2048);
      slow.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
      slow.getOutputStream()
          .write(
              "GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.UTF_8));
      String last = "";
      for (int i = 0; i < 40; i++) {
        last = client.run("read_csv", reading("slow.csv"));
        client.awaitEnd(last, LIMIT);
      }
      quick.awaitTask(last, "completed");
    }
  }

  private EventClient listen(String path, String... headers) {
    EventClient events = EventClient.open(server.port(), path, headers);
    assertEquals(200, events.status());
    assertTrue(events.hasHeader("Content-Type: text/event-stream;charset=UTF-8"));
    return events;
  }

  private Map<String, Object> reading(String name) {
    return TestFiles.reading(files.numbered(name, "x", 5));
  }

  private String log(String id) {
    return client.get("/logs/" + id).text();
  }

  private static String lines(EventClient events) {
    StringBuilder text = new StringBuilder();
    for (Event event : events.events("log")) {
      if (event.json().get("lines") instanceof List<?> lines) {
        lines.forEach(line -> text.append(line).append('\n'));
      }
    }
    return text.toString();
  }

  private int threads() {
    try {
      for (String line :
          Files.readAllLines(Path.of("/proc", Long.toString(server.pid()), "status"))) {
        if (line.startsWith("Threads:")) {
          return Integer.parseInt(line.replaceAll("\\D", ""));
        }
      }
      throw new IllegalStateException("no Threads");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
