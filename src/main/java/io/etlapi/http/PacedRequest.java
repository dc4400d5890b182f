package io.etlapi.http;

import io.etlapi.task.TaskException;
import io.etlapi.task.TaskException.Reason;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A request whose body must come at a pace: within half a minute, and a second more for each 16 kB.
 * A client that keeps a thread waiting for longer is answered 408. Closed when it has been served.
 */
final class PacedRequest extends HttpServletRequestWrapper implements AutoCloseable {

  private static final Duration ALLOWED = Duration.ofSeconds(30);
  private static final long BYTES_PER_SECOND = 16 * 1024;

  private final LongSupplier nanoTime;
  private final Runnable whole;
  private final AtomicBoolean ended = new AtomicBoolean();
  private @Nullable ServletInputStream paced;

  /**
   * A request whose clock starts when its body is first asked for.
   *
   * @param whole called once: when the body is here whole, or when the request is closed before
   */
  PacedRequest(HttpServletRequest request, LongSupplier nanoTime, Runnable whole) {
    super(request);
    this.nanoTime = nanoTime;
    this.whole = whole;
  }

  @Override
  public void close() {
    if (ended.compareAndSet(false, true)) {
      whole.run();
    }
  }

  @Override
  public ServletInputStream getInputStream() throws IOException {
    ServletInputStream stream = paced;
    if (stream == null) {
      stream = new Paced(super.getInputStream());
      paced = stream;
    }
    return stream;
  }

  private final class Paced extends ServletInputStream {
    private final ServletInputStream in;
    private final long begun;
    private long bytes;

    Paced(ServletInputStream in) {
      this.in = in;
      this.begun = nanoTime.getAsLong();
    }

    @Override
    public int read() throws IOException {
      int value = in.read();
      came(value < 0 ? -1 : 1);
      return value;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int count = in.read(buffer, offset, length);
      came(count);
      return count;
    }

    private void came(int more) {
      bytes += Math.max(0, more);
      if (more < 0 || bytes == getContentLengthLong()) {
        PacedRequest.this.close();
        return;
      }
      long allowed = ALLOWED.plusSeconds(bytes / BYTES_PER_SECOND).toNanos();
      if (nanoTime.getAsLong() - begun > allowed) {
        throw new TaskException(
            Reason.SLOW_BODY,
            "The body came too slowly: it must be here within "
                + ALLOWED.toSeconds()
                + " s, and a second more for each 16 kB.");
      }
    }

    @Override
    public int available() throws IOException {
      return in.available();
    }

    @Override
    public boolean isFinished() {
      return in.isFinished();
    }

    @Override
    public boolean isReady() {
      return in.isReady();
    }

    @Override
    public void setReadListener(ReadListener listener) {
      in.setReadListener(listener);
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
