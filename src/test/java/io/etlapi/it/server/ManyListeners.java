package io.etlapi.it.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** As many clients that listen to all events as a test likes, read by the calling thread. */
public final class ManyListeners implements AutoCloseable {

  private static final int TAIL = 4096;

  /** What a client got last; enough to find a text in that lies across two reads. */
  private static final class Client {
    private final StringBuilder got = new StringBuilder();
    private boolean found;
  }

  private final Selector selector = Selector.open();
  private final List<SocketChannel> channels = new ArrayList<>();

  private ManyListeners() throws IOException {}

  /** Connects {@code count} clients and waits until each has got {@code hello}. */
  public static ManyListeners open(int port, int count) {
    try {
      ManyListeners all = new ManyListeners();
      try {
        all.connect(port, count);
        all.awaitText("event: hello");
        return all;
      } catch (AssertionError e) {
        all.close();
        throw e;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void connect(int port, int count) throws IOException {
    byte[] request =
        "GET /events HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n"
            .getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < count; i++) {
      SocketChannel channel =
          SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      channel.write(ByteBuffer.wrap(request));
      channel.configureBlocking(false);
      channel.register(selector, SelectionKey.OP_READ, new Client());
      channels.add(channel);
    }
  }

  /** Reads until every client has got a text. */
  public void awaitText(String text) {
    selector.keys().forEach(key -> ((Client) key.attachment()).found = false);
    Await.until(
        "every client gets " + text,
        Duration.ofSeconds(90),
        () -> read(text) == channels.size(),
        () -> read(text) + " of " + channels.size() + " clients got it");
  }

  private long read(String text) {
    try {
      ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);
      selector.selectNow();
      for (SelectionKey key : selector.selectedKeys()) {
        Client client = (Client) key.attachment();
        buffer.clear();
        if (((SocketChannel) key.channel()).read(buffer) < 0) {
          throw new AssertionError("the server closed a stream: " + client.got);
        }
        client.got.append(new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8));
        if (client.got.indexOf("HTTP/1.1 503") >= 0) {
          throw new AssertionError("refused: " + client.got);
        }
        client.found |= client.got.indexOf(text) >= 0;
        client.got.delete(0, Math.max(0, client.got.length() - TAIL));
      }
      selector.selectedKeys().clear();
      return selector.keys().stream().filter(key -> ((Client) key.attachment()).found).count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All clients vanish without a word. */
  @Override
  public void close() {
    try {
      for (SocketChannel channel : channels) {
        channel.close();
      }
      selector.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
