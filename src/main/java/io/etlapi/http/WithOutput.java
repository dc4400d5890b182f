package io.etlapi.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object that carries the output of a task. The output may weigh gigabytes and is JSON
 * already: it goes into the body unread, before the members of the head.
 *
 * @param head the other members; null for none
 * @param output JSON text that becomes the member {@code output}
 */
record WithOutput(@Nullable View head, Output output) implements View {

  private static final String OUTPUT = "{\"output\":";

  /** JSON text that is read once, while the body is written. */
  sealed interface Output {

    /** Its length in bytes. */
    long bytes();

    /** A small one, in memory. */
    static Output of(String json) {
      return new Held(ByteBuffer.wrap(json.getBytes(StandardCharsets.UTF_8)));
    }

    static Output none() {
      return of("null");
    }

    /** A large one, closed when it is written. */
    static Output of(InputStream json, long bytes) {
      return new Streamed(json, bytes);
    }
  }

  private record Held(ByteBuffer json) implements Output {
    @Override
    public long bytes() {
      return json.remaining();
    }
  }

  private record Streamed(InputStream json, long bytes) implements Output {}

  /**
   * The body of an answer, ready to be written, so that its length is known before.
   *
   * @param tail what follows the output
   */
  record Body(Output output, String tail) {

    long bytes() {
      return OUTPUT.length() + output.bytes() + tail.getBytes(StandardCharsets.UTF_8).length;
    }

    /** Writes a small one at once: servers send what does not fit their buffer in pieces. */
    void writeTo(OutputStream out) throws IOException {
      byte[] head = OUTPUT.getBytes(StandardCharsets.UTF_8);
      byte[] end = tail.getBytes(StandardCharsets.UTF_8);
      if (output instanceof Held held) {
        ByteBuffer json = held.json().duplicate();
        out.write(
            ByteBuffer.allocate(head.length + json.remaining() + end.length)
                .put(head)
                .put(json)
                .put(end)
                .array());
      } else if (output instanceof Streamed streamed) {
        try (InputStream json = streamed.json()) {
          out.write(head);
          json.transferTo(out);
        }
        out.write(end);
      }
    }
  }

  Body body() {
    String members = head == null ? "{}" : ViewWriter.json(head);
    return new Body(output, members.length() > 2 ? "," + members.substring(1) : "}");
  }
}
