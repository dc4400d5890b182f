package io.etlapi.it.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Requests that no well-behaved client would send, byte by byte. */
public final class RawHttp {

  private static final int READ_LIMIT_MILLIS = 120_000;

  private RawHttp() {}

  /** Writes a body in as many pieces as it likes. */
  @FunctionalInterface
  public interface Body {
    void writeTo(OutputStream out) throws IOException;
  }

  /** Sends the head (lines joined by CRLF) and returns all the server says until it closes. */
  public static String send(int port, String... head) {
    return send(port, out -> {}, head);
  }

  /**
   * Sends a head and a body. A server may answer and close before it has read all: that is no error
   * here.
   */
  public static String send(int port, Body body, String... head) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(READ_LIMIT_MILLIS);
      OutputStream out = socket.getOutputStream();
      out.write(
          (String.join("\r\n", head) + "\r\nConnection: close\r\n\r\n")
              .getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
      try {
        body.writeTo(out);
        out.flush();
      } catch (IOException e) {
        // The server had enough; what it said can still be read.
      }
      ByteArrayOutputStream answer = new ByteArrayOutputStream();
      try {
        socket.getInputStream().transferTo(answer);
      } catch (IOException e) {
        // A reset after the answer: what came before it counts.
      }
      return answer.toString(StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The status code of a raw answer; 0 where there was none. */
  public static int status(String answer) {
    return answer.startsWith("HTTP/1.1 ") ? Integer.parseInt(answer.substring(9, 12)) : 0;
  }
}
