package io.etlapi.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.task.TaskException;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SlowBodiesTest {

  private final AtomicLong now = new AtomicLong();

  @Test
  void aBodyThatIsThereNeedsNoTurn() throws IOException {
    assertFalse(SlowBodies.isComing(request(3, null, body(3))));
    assertFalse(SlowBodies.isComing(request(0, null, body(0))));
    assertFalse(SlowBodies.isComing(request(-1, null, body(0))));
  }

  @Test
  void aBodyThatIsNotWhollyThereNeedsOne() throws IOException {
    assertTrue(SlowBodies.isComing(request(10, null, body(3))));
    assertTrue(SlowBodies.isComing(request(-1, "chunked", body(3))));
  }

  @Test
  void noMoreThanTheTurnsAreReadAtOnce() throws IOException {
    SlowBodies bodies = new SlowBodies(2, Duration.ofMillis(1), now::get);
    PacedRequest first = bodies.begin(request(3, null, body(3))).orElseThrow();
    PacedRequest second = bodies.begin(request(-1, "chunked", body(3))).orElseThrow();
    assertTrue(bodies.begin(request(3, null, body(3))).isEmpty());

    assertEquals(2, first.getInputStream().read(new byte[2]));
    assertTrue(bodies.begin(request(3, null, body(3))).isEmpty(), "one byte is still to come");
    assertEquals(0, first.getInputStream().read());
    PacedRequest third = bodies.begin(request(3, null, body(3))).orElseThrow();

    assertEquals(3, second.getInputStream().readAllBytes().length);
    PacedRequest fourth = bodies.begin(request(3, null, body(3))).orElseThrow();

    first.close();
    second.close();
    assertTrue(bodies.begin(request(3, null, body(3))).isEmpty(), "a turn is given back once");
    third.close();
    fourth.close();
    assertTrue(bodies.begin(request(3, null, body(3))).isPresent());
  }

  @Test
  void aBodyThatComesInTimeIsReadAsItIs() throws IOException {
    now.set(Long.MAX_VALUE - 1);
    HttpServletRequest request = paced(request(5, null, body(5)));
    InputStream in = request.getInputStream();
    now.addAndGet(Duration.ofSeconds(29).toNanos());
    assertArrayEquals(new byte[5], in.readAllBytes());
    assertEquals(in, request.getInputStream());
  }

  @Test
  void aTrickleBreaksOff() throws IOException {
    InputStream in = paced(request(5, null, body(5))).getInputStream();
    assertEquals(0, in.read());
    now.addAndGet(Duration.ofSeconds(31).toNanos());
    assertThrows(TaskException.class, in::read);
  }

  @Test
  void aLargeBodyHasLonger() throws IOException {
    int bytes = 16 * 1024 * 60;
    InputStream in = paced(request(bytes + 2, null, body(bytes + 2))).getInputStream();
    byte[] buffer = new byte[bytes - 1];
    assertEquals(buffer.length, in.read(buffer, 0, buffer.length));
    now.addAndGet(Duration.ofSeconds(80).toNanos());
    assertEquals(0, in.read());
    now.addAndGet(Duration.ofSeconds(20).toNanos());
    assertThrows(TaskException.class, in::read);
  }

  private HttpServletRequest paced(HttpServletRequest request) {
    return new SlowBodies(1, Duration.ofMillis(1), now::get).begin(request).orElseThrow();
  }

  private static ServletInputStream body(int bytes) {
    ByteArrayInputStream in = new ByteArrayInputStream(new byte[bytes]);
    return new ServletInputStream() {
      @Override
      public int read() {
        return in.read();
      }

      @Override
      public int read(byte[] buffer, int offset, int length) {
        return in.read(buffer, offset, length);
      }

      @Override
      public int available() {
        return in.available();
      }

      @Override
      public boolean isFinished() {
        return in.available() == 0;
      }

      @Override
      public boolean isReady() {
        return true;
      }

      @Override
      public void setReadListener(ReadListener listener) {
        throw new UnsupportedOperationException();
      }
    };
  }

  private static HttpServletRequest request(
      long length, @Nullable String encoding, ServletInputStream body) {
    return (HttpServletRequest)
        Proxy.newProxyInstance(
            SlowBodiesTest.class.getClassLoader(),
            new Class<?>[] {HttpServletRequest.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "getContentLengthLong" -> length;
                  case "getHeader" -> encoding;
                  case "getInputStream" -> body;
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }
}
