package io.etlapi.http.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

class EventStreamTest {

  private final LiveEvents hub = new LiveEvents();
  private final Connection connection = new Connection();
  private final EventStream stream = stream();

  EventStreamTest() throws IOException {}

  @Test
  void theConnectionIsLeftAloneUntilTheContainerHandsItOver() {
    hub.ring().append("task", Set.of(), () -> "{\"n\":1}");
    stream.signal();
    stream.heartbeat();

    assertEquals(0, connection.asked, "a container that is asked too early forgets to call back");
    assertEquals("", connection.text());

    stream.onWritePossible();

    assertTrue(connection.text().startsWith("retry: "), connection.text());
    assertTrue(connection.text().contains("data: {\"n\":1}"), connection.text());
  }

  @Test
  void aConnectionThatTakesNoMoreGoesOnWhenItIsSaidToBePossible() {
    stream.onWritePossible();
    connection.ready = () -> false;
    hub.ring().append("task", Set.of(), () -> "{\"n\":2}");
    stream.signal();

    assertTrue(stream.stuckSince() != 0);
    assertTrue(!connection.text().contains("{\"n\":2}"), connection.text());

    connection.ready = () -> true;
    stream.onWritePossible();

    assertEquals(0, stream.stuckSince());
    assertTrue(connection.text().endsWith("data: {\"n\":2}\n\n"), connection.text());
  }

  @Test
  void whatIsSignalledWhileAThreadWritesIsWrittenByIt() {
    stream.onWritePossible();
    connection.ready =
        () -> {
          connection.ready = () -> true;
          hub.ring().append("task", Set.of(), () -> "{\"n\":3}");
          stream.signal();
          return false;
        };
    stream.signal();

    assertTrue(connection.text().endsWith("data: {\"n\":3}\n\n"), connection.text());
  }

  private EventStream stream() throws IOException {
    Map<String, Object> answers =
        Map.of(
            "getRequest", answering(ServletRequest.class, Map.of()),
            "getResponse", answering(ServletResponse.class, Map.of("getOutputStream", connection)));
    return new EventStream(
        hub,
        Subscription.all(),
        answering(AsyncContext.class, answers),
        new EventId(hub.boot(), 0, 0),
        false,
        "{}",
        null);
  }

  private static <T> T answering(Class<T> type, Map<String, Object> answers) {
    return type.cast(
        Proxy.newProxyInstance(
            EventStreamTest.class.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> answers.get(method.getName())));
  }

  /** Takes what it is given as long as it is ready. */
  private static final class Connection extends ServletOutputStream {

    private final StringBuilder taken = new StringBuilder();
    private BooleanSupplier ready = () -> true;
    private int asked;

    String text() {
      return taken.toString();
    }

    @Override
    public boolean isReady() {
      asked++;
      return ready.getAsBoolean();
    }

    @Override
    public void setWriteListener(WriteListener listener) {
      throw new UnsupportedOperationException("the hub does");
    }

    @Override
    public void write(int octet) {
      taken.append((char) octet);
    }

    @Override
    public void write(byte[] bytes) {
      taken.append(new String(bytes, StandardCharsets.UTF_8));
    }
  }
}
