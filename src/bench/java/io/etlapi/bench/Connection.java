package io.etlapi.bench;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * One kept-alive HTTP/1.1 connection, one request at a time. On a machine that runs client and
 * server a full client would measure itself; this one costs next to nothing.
 */
final class Connection implements AutoCloseable {

  private static final int READ_LIMIT_MILLIS = 30_000;

  private final int port;
  private Socket socket;
  private InputStream in;
  private OutputStream out;
  private boolean closing;
  private int lastLength;
  private String lastTag = "";

  Connection(int port) throws IOException {
    this.port = port;
    this.socket = open(port);
    this.in = buffered(socket);
    this.out = socket.getOutputStream();
  }

  private static Socket open(int port) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(READ_LIMIT_MILLIS);
    return socket;
  }

  private static InputStream buffered(Socket socket) throws IOException {
    return new BufferedInputStream(socket.getInputStream(), 1 << 16);
  }

  /** Servers end a connection after some hundred requests, and announce it. */
  private void reopen() throws IOException {
    socket.close();
    socket = open(port);
    in = buffered(socket);
    out = socket.getOutputStream();
    closing = false;
  }

  /**
   * Sends a request and reads the answer to its end.
   *
   * @param header a further header, or empty
   * @return the status code
   */
  int send(String method, String path, String header, String body) throws IOException {
    if (closing) {
      reopen();
    }
    byte[] content = body.getBytes(StandardCharsets.UTF_8);
    String head =
        method + " " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\n"
            + (header.isEmpty() ? "" : header + "\r\n")
            + (content.length == 0
                ? "\r\n"
                : "Content-Type: application/json\r\nContent-Length: " + content.length + "\r\n\r\n");
    byte[] headBytes = head.getBytes(StandardCharsets.US_ASCII);
    byte[] request = new byte[headBytes.length + content.length];
    System.arraycopy(headBytes, 0, request, 0, headBytes.length);
    System.arraycopy(content, 0, request, headBytes.length, content.length);
    out.write(request);
    return read();
  }

  /** The entity tag of the last answer; empty if it had none. */
  String lastTag() {
    return lastTag;
  }

  /** Bytes of the last answer's body. */
  int lastLength() {
    return lastLength;
  }

  private int read() throws IOException {
    int status = Integer.parseInt(line().split(" ", 3)[1]);
    int length = 0;
    boolean chunked = false;
    for (String header = line(); !header.isEmpty(); header = line()) {
      String lower = header.toLowerCase(Locale.ROOT);
      if (lower.startsWith("etag:")) {
        lastTag = header.substring(5).strip();
      } else if (lower.startsWith("content-length:")) {
        length = Integer.parseInt(lower.substring(15).strip());
      } else if (lower.startsWith("transfer-encoding:")) {
        chunked = true;
      } else if (lower.startsWith("connection:") && lower.endsWith("close")) {
        closing = true;
      }
    }
    if (!chunked) {
      in.skipNBytes(length);
      lastLength = length;
      return status;
    }
    lastLength = 0;
    for (int size = chunk(); size > 0; size = chunk()) {
      in.skipNBytes(size);
      lastLength += size;
      line();
    }
    line();
    return status;
  }

  private int chunk() throws IOException {
    return Integer.parseInt(line(), 16);
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException("the server closed the connection");
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
