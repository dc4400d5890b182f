package io.etlapi.http.live;

import io.etlapi.execution.LogPage;
import io.etlapi.http.CallerRequest;
import io.etlapi.json.Json;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One client that listens: a place in the ring and in a log, and never more than one part on its
 * way. Parts are made when the connection takes one; a client that takes none falls behind and is
 * told to reload once it does.
 *
 * <p>Whoever has something new signals; one thread at a time writes, the others only leave word.
 */
final class EventStream implements WriteListener, AsyncListener {

  private static final int PART_CHARS = 16 * 1024;
  private static final int EVENTS_AT_ONCE = 64;
  private static final String RETRY_MILLIS = "retry: 2000\n";

  private final LiveEvents hub;
  private final Subscription subscription;
  private final AsyncContext context;
  private final ServletOutputStream out;
  private final BooleanSupplier callerIsGood;

  /**
   * Signals that nobody has followed yet. One from the start, for the first call of the container:
   * until then nobody writes. A container that is asked whether it is ready before it knows the
   * listener may not call it ever after.
   */
  private final AtomicInteger signals = new AtomicInteger(1);

  private final AtomicBoolean begun = new AtomicBoolean();
  private final StringBuilder opening = new StringBuilder();
  private volatile long logOffset;
  private volatile boolean logGrew;
  private volatile boolean heartbeat;
  private volatile @Nullable String end;
  private volatile boolean closed;
  private volatile long wroteAt = System.nanoTime();

  /** When the connection took no more; 0 while it does. */
  private volatile long stuckSince;

  // Only the thread that writes looks at these.
  private long cursor;
  private boolean unflushed;
  private boolean ended;

  /**
   * A stream that has not begun.
   *
   * @param from the newest event that the client has
   * @param gap whether it has missed some that are gone
   */
  EventStream(
      LiveEvents hub,
      Subscription subscription,
      AsyncContext context,
      EventId from,
      boolean gap,
      String hello,
      @Nullable String task)
      throws IOException {
    this.hub = hub;
    this.subscription = subscription;
    this.context = context;
    this.callerIsGood = CallerRequest.stillGood(context.getRequest());
    this.out = context.getResponse().getOutputStream();
    this.cursor = from.sequence();
    this.logOffset = from.logOffset();
    this.logGrew = subscription.hasLog();
    opening.append(RETRY_MILLIS);
    frame(opening, "hello", hello);
    if (gap) {
      frame(opening, "reset", "{}");
    }
    if (task != null) {
      frame(opening, "task", task);
    }
  }

  Subscription subscription() {
    return subscription;
  }

  /** How much of the log the client has been sent, in bytes. */
  long logOffset() {
    return logOffset;
  }

  /** Whether who listens would be let in again. */
  boolean isStillAllowed() {
    return callerIsGood.getAsBoolean();
  }

  long wroteAt() {
    return wroteAt;
  }

  long stuckSince() {
    return stuckSince;
  }

  /** The log has more. */
  void logGrew() {
    logGrew = true;
    signal();
  }

  void heartbeat() {
    heartbeat = true;
    signal();
  }

  /** There is no more to come: says so and closes. */
  void end(String json) {
    end = json;
    signal();
  }

  /** Writes what is new as far as the connection takes it. Never waits. */
  void signal() {
    if (signals.getAndIncrement() == 0) {
      write();
    } // else the thread that writes looks again before it leaves
  }

  private void write() {
    int seen = 1;
    do {
      try {
        drain();
      } catch (IOException | RuntimeException e) {
        close(); // the client is gone, or the container has ended the request
      }
      seen = signals.addAndGet(-seen);
    } while (seen != 0);
  }

  private void drain() throws IOException {
    while (!closed) {
      if (!out.isReady()) {
        if (stuckSince == 0) {
          stuckSince = System.nanoTime();
        }
        return; // the container calls onWritePossible
      }
      stuckSince = 0;
      String part = next();
      if (!part.isEmpty()) {
        out.write(part.getBytes(StandardCharsets.UTF_8));
        wroteAt = System.nanoTime();
        unflushed = true;
      } else if (unflushed) {
        unflushed = false;
        out.flush();
      } else {
        if (ended) {
          close();
        }
        return;
      }
    }
  }

  /** The next part to send; empty when the client has all. */
  private String next() {
    StringBuilder part = new StringBuilder();
    if (!opening.isEmpty()) {
      part.append(opening);
      opening.setLength(0);
    }
    appendEvents(part);
    if (part.length() < PART_CHARS && logGrew) {
      appendLog(part);
    }
    String last = end;
    if (part.isEmpty() && last != null && !ended) {
      ended = true;
      frame(part, "end", last);
    }
    if (heartbeat) {
      heartbeat = false;
      // With the id, so that a client that hears little keeps its place in the ring.
      part.append(": heartbeat\nid: ").append(id()).append("\n\n");
    }
    return part.toString();
  }

  private void appendEvents(StringBuilder part) {
    EventRing ring = hub.ring();
    if (!ring.reachesBackTo(cursor)) {
      cursor = ring.newest();
      frame(part, "reset", "{}");
    }
    while (part.length() < PART_CHARS) {
      List<LiveEvent> events = ring.after(cursor, EVENTS_AT_ONCE);
      if (events.isEmpty()) {
        return;
      }
      for (LiveEvent event : events) {
        if (event.sequence() != cursor + 1) {
          // The ring has gone round since it was asked.
          frame(part, "reset", "{}");
        }
        cursor = event.sequence();
        if (subscription.wants(event)) {
          frame(part, event.name(), event.json());
        }
      }
    }
  }

  private void appendLog(StringBuilder part) {
    logGrew = false;
    long from = logOffset;
    LogPage page = hub.log(subscription, from);
    if (page.text().isEmpty()) {
      return;
    }
    logGrew = true;
    logOffset = page.nextOffset();
    Map<String, @Nullable Object> data = new LinkedHashMap<>();
    data.put("task_id", subscription.task().map(Object::toString).orElse(null));
    data.put("lines", page.text().lines().toList());
    data.put("from", from);
    data.put("offset", page.nextOffset());
    frame(part, "log", Json.write(data));
  }

  private void frame(StringBuilder text, String name, String json) {
    text.append("id: ").append(id()).append("\nevent: ").append(name);
    text.append("\ndata: ").append(json).append("\n\n");
  }

  private EventId id() {
    return new EventId(hub.boot(), cursor, logOffset);
  }

  /** Ends the stream; does nothing the second time. */
  void close() {
    if (hub.forget(this)) {
      closed = true;
      try {
        context.complete();
      } catch (RuntimeException e) {
        // The container has ended it already.
      }
    }
  }

  @Override
  public void onWritePossible() {
    if (begun.compareAndSet(false, true)) {
      write();
    } else {
      signal();
    }
  }

  @Override
  public void onError(Throwable thrown) {
    close();
  }

  @Override
  public void onComplete(AsyncEvent event) {
    closed = true;
    hub.forget(this);
  }

  @Override
  public void onTimeout(AsyncEvent event) {
    close();
  }

  @Override
  public void onError(AsyncEvent event) {
    close();
  }

  @Override
  public void onStartAsync(AsyncEvent event) {
    // A stream is started once.
  }
}
