package io.etlapi.step.csv;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Finds out whether a file is so plain that the engine, which parses on all its threads, reads from
 * it exactly what {@link CsvRecords} does: UTF-8 without a mark, one record a line, as many fields
 * in each as in the first, one kind of line end, no blank line, quotes around whole fields only.
 * Looks at every byte once, builds no text, and gives up at the first that is not plain.
 */
final class PlainCsv {

  /** A longer line is left to {@link CsvRecords}; the engine keeps a few of them in memory. */
  static final int MAX_LINE_BYTES = 1_000_000;

  private static final String DELIMITERS = ",;|\t";

  /** The engine would take the name for a pattern. */
  private static final Pattern PATTERN_NAME = Pattern.compile("[*?\\[]");

  private static final int CHUNK_BYTES = 1 << 18;

  private enum State {
    LINE_START,
    FIELD_START,
    BARE,
    QUOTED,
    /** After a quote inside quotes: the field ends, or the quote was doubled. */
    CLOSED,
    RETURNED
  }

  /**
   * What a plain file holds.
   *
   * @param lines records, a header among them
   * @param fields of each record
   * @param carriageReturns whether a line ends with CR and LF
   */
  record Found(long lines, int fields, boolean carriageReturns) {}

  private final byte delimiter;
  private State state = State.LINE_START;
  private int fields = 1;
  private int width;
  private long lineBytes;
  private long lines;
  private boolean carriageReturns;
  private boolean wide;

  private PlainCsv(char delimiter) {
    this.delimiter = (byte) delimiter;
  }

  /**
   * Scans a file.
   *
   * @return empty if the file is not plain
   */
  static Optional<Found> scan(Path file, CsvFormat format, CsvLoader.Progress progress)
      throws IOException, InterruptedException {
    if (format.encoding() != TextEncoding.UTF_8
        || format.skipRows() > 0
        || DELIMITERS.indexOf(format.delimiter()) < 0
        || PATTERN_NAME.matcher(file.toString()).find()) {
      return Optional.empty();
    }
    PlainCsv plain = new PlainCsv(format.delimiter());
    try (InputStream in = Files.newInputStream(file)) {
      return plain.scan(in, Files.size(file), progress) ? plain.found() : Optional.empty();
    }
  }

  private Optional<Found> found() {
    return lines == 0 ? Optional.empty() : Optional.of(new Found(lines, width, carriageReturns));
  }

  private boolean scan(InputStream in, long bytes, CsvLoader.Progress progress)
      throws IOException, InterruptedException {
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES);
    CharBuffer text = CharBuffer.allocate(CHUNK_BYTES);
    long read = 0;
    while (true) {
      progress.bytesRead(read, bytes);
      int from = chunk.position();
      int count = in.read(chunk.array(), from, chunk.remaining());
      int to = from + Math.max(0, count);
      read += to - from;
      if (!takes(chunk.array(), from, to)) {
        return false;
      }
      chunk.limit(to).position(0);
      // Text of one byte a letter is always well-formed; only other text has to be decoded.
      if (wide) {
        text.clear();
        if (decoder.decode(chunk, text, count < 0).isError() || holdsUndecodable(text.flip())) {
          return false;
        }
      } else {
        chunk.position(to);
      }
      chunk.compact();
      wide = chunk.position() > 0;
      if (count < 0) {
        return ends();
      }
    }
  }

  private static boolean holdsUndecodable(CharBuffer text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.get(i) == TextEncoding.UNDECODABLE || text.get(i) == '\uFEFF') {
        return true;
      }
    }
    return false;
  }

  private boolean takes(byte[] chunk, int from, int to) {
    for (int i = from; i < to; i++) {
      byte b = chunk[i];
      lineBytes++;
      boolean plain;
      if (b == delimiter) {
        plain = delimiter();
      } else {
        plain =
            switch (b) {
              case '"' -> quote();
              case '\r' -> carriageReturn();
              case '\n' -> lineFeed();
              case 0 -> false;
              default -> letter(b);
            };
      }
      if (!plain) {
        return false;
      }
    }
    return true;
  }

  private boolean letter(byte b) {
    wide |= b < 0;
    if (state == State.CLOSED || state == State.RETURNED) {
      return false;
    }
    if (state != State.QUOTED) {
      state = State.BARE;
    }
    return true;
  }

  private boolean delimiter() {
    if (state == State.QUOTED) {
      return true;
    }
    fields++;
    boolean plain = state != State.RETURNED;
    state = State.FIELD_START;
    return plain;
  }

  private boolean quote() {
    boolean plain = state != State.BARE && state != State.RETURNED;
    state = state == State.QUOTED ? State.CLOSED : State.QUOTED;
    return plain;
  }

  private boolean carriageReturn() {
    boolean plain = state != State.QUOTED && state != State.LINE_START && state != State.RETURNED;
    state = State.RETURNED;
    return plain;
  }

  private boolean lineFeed() {
    boolean returned = state == State.RETURNED;
    if (state == State.QUOTED || state == State.LINE_START) {
      return false;
    }
    if (lines == 0) {
      carriageReturns = returned;
    }
    return returned == carriageReturns && line();
  }

  private boolean line() {
    if (lines == 0) {
      width = fields;
    }
    boolean plain =
        fields == width && fields <= CsvLoader.MAX_COLUMNS && lineBytes <= MAX_LINE_BYTES;
    lines++;
    fields = 1;
    lineBytes = 0;
    state = State.LINE_START;
    return plain;
  }

  /** The last line may do without its end. */
  private boolean ends() {
    return switch (state) {
      case LINE_START -> true;
      case QUOTED, RETURNED -> false;
      case FIELD_START, BARE, CLOSED -> line();
    };
  }
}
