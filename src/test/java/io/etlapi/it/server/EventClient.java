package io.etlapi.it.server;

import io.etlapi.json.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Reads a stream of events, unchunked, with a thread of its own. */
public final class EventClient implements AutoCloseable {

  /**
   * One event.
   *
   * @param id what a client sends back to go on after it
   */
  public record Event(String id, String name, String data) {

    public Map<String, @Nullable Object> json() {
      return Json.parseObject(data);
    }

    /** A member of the data as text; empty if there is none. */
    public String text(String member) {
      Object value = json().get(member);
      return value == null ? "" : value.toString();
    }

    /** Its place among all events of one run of the server. */
    public long sequence() {
      return Long.parseLong(id.split("-", -1)[1]);
    }
  }

  private static final Duration LIMIT = Duration.ofMinutes(2);

  private final Socket socket;
  private final BufferedReader in;
  private final int status;
  private final List<String> head = new ArrayList<>();
  private final List<Event> events = new ArrayList<>();
  private boolean ended;

  private EventClient(int port, String path, String... headers) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout((int) LIMIT.toMillis());
    StringBuilder request = new StringBuilder("GET " + path + " HTTP/1.0\r\nHost: localhost\r\n");
    request.append("Accept: text/event-stream\r\n");
    for (String header : headers) {
      request.append(header).append("\r\n");
    }
    socket
        .getOutputStream()
        .write(request.append("\r\n").toString().getBytes(StandardCharsets.UTF_8));
    in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    String line = in.readLine();
    status = line == null ? 0 : Integer.parseInt(line.split(" ", -1)[1]);
    while (line != null && !line.isEmpty()) {
      head.add(line);
      line = in.readLine();
    }
    // The head comes soon or never; what follows may take its time.
    socket.setSoTimeout(0);
  }

  /** Connects; the answer may be anything. */
  public static EventClient open(int port, String path, String... headers) {
    try {
      EventClient client = new EventClient(port, path, headers);
      if (client.status == 200) {
        Thread reader = new Thread(client::read, "event-client");
        reader.setDaemon(true);
        reader.start();
      }
      return client;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public int status() {
    return status;
  }

  /** Whether the head of the answer has this line, whatever its case. */
  public boolean hasHeader(String line) {
    return head.stream().anyMatch(line::equalsIgnoreCase);
  }

  /** All events so far. */
  public synchronized List<Event> events() {
    return List.copyOf(events);
  }

  /** The events of one name so far. */
  public List<Event> events(String name) {
    return events().stream().filter(event -> event.name().equals(name)).toList();
  }

  /** The lines of all {@code log} events so far, each with its end. */
  public String logText() {
    StringBuilder text = new StringBuilder();
    for (Event event : events("log")) {
      if (event.json().get("lines") instanceof List<?> lines) {
        lines.forEach(line -> text.append(line).append('\n'));
      }
    }
    return text.toString();
  }

  /** Whether the server has closed the stream. */
  public synchronized boolean hasEnded() {
    return ended;
  }

  /** Waits for an event and returns the first that is as wanted. */
  public Event await(String what, Predicate<Event> wanted) {
    Await.until(
        what,
        LIMIT,
        () -> events().stream().anyMatch(wanted),
        () -> (hasEnded() ? "ended " : "open ") + events());
    return events().stream().filter(wanted).findFirst().orElseThrow();
  }

  /** Waits until a task is told to be in a state. */
  public Event awaitTask(String id, String status) {
    return await(
        "task " + id + " is told to be " + status,
        event ->
            event.name().equals("task")
                && event.text("task_id").equals(id)
                && event.text("status").equals(status));
  }

  private void read() {
    try {
      Map<String, String> fields = new HashMap<>();
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        int colon = line.indexOf(": ");
        if (colon > 0) {
          fields.put(line.substring(0, colon), line.substring(colon + 2));
        } else if (line.isEmpty() && fields.containsKey("data")) {
          synchronized (this) {
            events.add(
                new Event(
                    fields.getOrDefault("id", ""),
                    fields.getOrDefault("event", ""),
                    fields.getOrDefault("data", "")));
          }
          fields.clear();
        }
      }
    } catch (IOException e) {
      // The end, by one side or the other.
    }
    synchronized (this) {
      ended = true;
    }
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
