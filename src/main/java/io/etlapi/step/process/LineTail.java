package io.etlapi.step.process;

import java.io.ByteArrayOutputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * Follows a file that a process writes, line by line. A file and not a pipe: a child that is left
 * behind and holds a pipe open could neither block nor flood us.
 */
final class LineTail implements AutoCloseable {

  private static final int BUFFER_BYTES = 64 * 1024;

  private final Path file;
  private final InputStream in;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private int at;
  private int end;

  LineTail(Path file) throws IOException {
    this.file = file;
    // A plain stream: an interrupt would close a channel.
    in = new FileInputStream(file.toFile());
  }

  /**
   * Gives on lines that have been completed.
   *
   * @param most how many at the most: a writer is faster than what is done with its lines, and must
   *     be looked at between
   * @return whether there may be more at once
   */
  boolean poll(int most, Consumer<String> lines) throws IOException {
    int count = 0;
    while (count < most) {
      if (at == end) {
        end = Math.max(0, in.read(buffer));
        at = 0;
        if (end == 0) {
          return false;
        }
      }
      int start = at;
      while (at < end && buffer[at] != '\n') {
        at++;
      }
      line.write(buffer, start, at - start);
      if (at < end) {
        at++;
        emit(lines);
        count++;
      }
    }
    return true;
  }

  /** Gives on all that is left, the last line even if no line break ends it. */
  void finish(Consumer<String> lines) throws IOException {
    boolean more = true;
    while (more) {
      more = poll(Integer.MAX_VALUE, lines);
    }
    if (line.size() > 0) {
      emit(lines);
    }
  }

  /** How much has been written, whether it was read or not. */
  long written() {
    return file.toFile().length();
  }

  private void emit(Consumer<String> lines) {
    String text = line.toString(StandardCharsets.UTF_8);
    line.reset();
    lines.accept(text.endsWith("\r") ? text.substring(0, text.length() - 1) : text);
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
