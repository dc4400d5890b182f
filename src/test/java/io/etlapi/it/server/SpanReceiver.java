package io.etlapi.it.server;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.zip.GZIPInputStream;

/** Takes what servers export as OTLP over HTTP (binary Protocol Buffers) and keeps the spans. */
public final class SpanReceiver implements AutoCloseable {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  /**
   * A span as it came.
   *
   * @param parentId empty for the first of a trace
   * @param kind a number of OTLP's {@code SpanKind}
   * @param status a number of OTLP's {@code StatusCode}
   */
  public record Received(
      String traceId,
      String spanId,
      String parentId,
      String name,
      long kind,
      long nanos,
      Map<String, Object> attributes,
      long status,
      String message) {}

  private final List<Received> spans = new CopyOnWriteArrayList<>();
  private final HttpServer server;

  /** One that listens on a free port of this machine. */
  public SpanReceiver() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/v1/traces", this::receive);
    server.start();
  }

  /** What a server is told to export to, below which it finds {@code /v1/traces}. */
  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** The settings that make a server with MicroProfile Telemetry export here, and soon. */
  public Map<String, String> settings() {
    return Map.of(
        "otel.sdk.disabled", "false",
        "otel.traces.exporter", "otlp",
        "otel.metrics.exporter", "none",
        "otel.logs.exporter", "none",
        "otel.exporter.otlp.protocol", "http/protobuf",
        "otel.exporter.otlp.endpoint", endpoint().toString(),
        "otel.bsp.schedule.delay", "100");
  }

  public List<Received> all() {
    return List.copyOf(spans);
  }

  /** Waits for the first span of that kind. */
  public Received await(String what, Predicate<Received> wanted) {
    Await.until(what, LIMIT, () -> spans.stream().anyMatch(wanted), () -> "received: " + all());
    return spans.stream().filter(wanted).findFirst().orElseThrow();
  }

  private void receive(HttpExchange exchange) throws IOException {
    try (exchange) {
      InputStream body = exchange.getRequestBody();
      boolean packed = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
      byte[] message = (packed ? new GZIPInputStream(body) : body).readAllBytes();
      for (Fields resource : new Fields(message).messages(1)) {
        for (Fields scope : resource.messages(2)) {
          scope.messages(2).forEach(span -> spans.add(span(span)));
        }
      }
      exchange.getResponseHeaders().set("Content-Type", "application/x-protobuf");
      exchange.sendResponseHeaders(200, -1);
    }
  }

  private static Received span(Fields span) {
    Map<String, Object> attributes = new HashMap<>();
    for (Fields attribute : span.messages(9)) {
      for (Fields value : attribute.messages(2)) {
        attributes.put(attribute.text(1), value.has(3) ? value.number(3) : value.text(1));
      }
    }
    Fields status = span.messages(15).stream().findFirst().orElse(new Fields(new byte[0]));
    return new Received(
        span.hex(1),
        span.hex(2),
        span.hex(4),
        span.text(5),
        span.number(6),
        span.number(8) - span.number(7),
        attributes,
        status.number(3),
        status.text(2));
  }

  @Override
  public void close() {
    server.stop(0);
  }

  /** A message of Protocol Buffers, taken apart without its schema. */
  private static final class Fields {
    private final Map<Integer, List<Object>> values = new HashMap<>();

    Fields(byte[] message) {
      ByteBuffer in = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
      while (in.hasRemaining()) {
        int key = (int) varint(in);
        Object value =
            switch (key & 7) {
              case 0 -> varint(in);
              case 1 -> in.getLong();
              case 2 -> bytes(in);
              case 5 -> (long) in.getInt();
              default -> throw new IllegalArgumentException("wire type " + (key & 7));
            };
        values.computeIfAbsent(key >>> 3, field -> new ArrayList<>()).add(value);
      }
    }

    private static byte[] bytes(ByteBuffer in) {
      byte[] bytes = new byte[(int) varint(in)];
      in.get(bytes);
      return bytes;
    }

    private static long varint(ByteBuffer in) {
      long value = 0;
      for (int shift = 0; ; shift += 7) {
        byte next = in.get();
        value |= (long) (next & 0x7f) << shift;
        if (next >= 0) {
          return value;
        }
      }
    }

    boolean has(int field) {
      return values.containsKey(field);
    }

    private Object first(int field, Object otherwise) {
      return values.getOrDefault(field, List.of(otherwise)).get(0);
    }

    List<Fields> messages(int field) {
      return values.getOrDefault(field, List.of()).stream()
          .map(message -> new Fields((byte[]) message))
          .toList();
    }

    long number(int field) {
      return (Long) first(field, 0L);
    }

    String text(int field) {
      return new String((byte[]) first(field, new byte[0]), StandardCharsets.UTF_8);
    }

    String hex(int field) {
      return HexFormat.of().formatHex((byte[]) first(field, new byte[0]));
    }
  }
}
