package io.etlapi.step.csv;

import io.etlapi.step.StepException;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads CSV (RFC 4180) record by record and knows on which physical line each begins.
 *
 * <ul>
 *   <li>An empty field is null if it is unquoted and an empty text if it is quoted.
 *   <li>Lines end with LF, CRLF or CR; blank lines are passed over but counted.
 *   <li>A quote inside an unquoted field is a letter like any other.
 *   <li>Text after a closing quote makes the record malformed up to the end of that line. A quote
 *       that never closes makes only its first line malformed, and reading goes on with the next
 *       line: one stray quote must not swallow the rest of the file.
 * </ul>
 *
 * <p>Not thread-safe. After {@link #next} all getters speak of the current record.
 */
public final class CsvRecords implements Closeable {

  /** A record may not be longer; a quote that stays open so long is taken as never closed. */
  static final int MAX_RECORD_CHARS = 8 << 20;

  private static final char QUOTE = '"';
  private static final int FIRST_BUFFER = 1 << 16;

  private final Reader in;
  private final char delimiter;
  private final List<@Nullable String> fields = new ArrayList<>();
  private char[] buffer = new char[FIRST_BUFFER];
  private int start;
  private int position;
  private int limit;
  private boolean ended;
  private long line = 1;
  private long recordLine = 1;
  private int rawEnd;
  private @Nullable String fault;
  private boolean quoted;
  private boolean zero;
  private boolean undecodable;

  /**
   * Begins to read.
   *
   * @param sentPath the file as messages name it
   * @throws StepException if the file has another encoding than {@code format} says
   */
  public CsvRecords(InputStream bytes, CsvFormat format, String sentPath)
      throws IOException, StepException {
    this.in = format.encoding().open(bytes, sentPath);
    this.delimiter = format.delimiter();
    for (int i = 0; i < format.skipRows() && peek() >= 0; i++) {
      start = position;
      skipLine();
    }
  }

  /** Goes to the next record that is not a blank line; false at the end. */
  public boolean next() throws IOException {
    do {
      fields.clear();
      fault = null;
      quoted = false;
      zero = false;
      undecodable = false;
      start = position;
      recordLine = line;
      if (peek() < 0) {
        rawEnd = position;
        return false;
      }
      readRecord();
    } while (fault == null && !quoted && fields.size() == 1 && fields.get(0) == null);
    if (fault == null && zero) {
      fault = "holds a NUL character";
    } else if (fault == null && undecodable) {
      fault = "holds bytes that the encoding does not know";
    }
    return true;
  }

  /** The fields of a well-formed record; changes with the next record. */
  public List<@Nullable String> fields() {
    return Collections.unmodifiableList(fields);
  }

  /** What makes the record malformed, or null. */
  public @Nullable String fault() {
    return fault;
  }

  /** The physical line, from 1, on which the record begins. */
  public long line() {
    return recordLine;
  }

  /** The text of the record as it stands in the file, without its line break. */
  public String raw(int maxChars) {
    int end = rawEnd;
    while (end > start && (buffer[end - 1] == '\n' || buffer[end - 1] == '\r')) {
      end--;
    }
    return new String(buffer, start, Math.min(end - start, maxChars));
  }

  private void readRecord() throws IOException {
    while (true) {
      boolean wellFormed = peek() == QUOTE ? readQuoted() : readUnquoted();
      if (!wellFormed) {
        return;
      }
      int c = peek();
      if (c != delimiter) {
        rawEnd = position;
        endLine(c);
        return;
      }
      position++;
    }
  }

  private boolean readUnquoted() throws IOException {
    int offset = position - start;
    int c = peek();
    while (c >= 0
        && c != delimiter
        && c != '\n'
        && c != '\r'
        && position - start < MAX_RECORD_CHARS) {
      note(c);
      position++;
      c = peek();
    }
    if (position - start >= MAX_RECORD_CHARS) {
      giveUp("is longer than " + MAX_RECORD_CHARS + " characters");
      return false;
    }
    int from = start + offset;
    fields.add(position == from ? null : new String(buffer, from, position - from));
    return true;
  }

  private boolean readQuoted() throws IOException {
    quoted = true;
    position++;
    int offset = position - start;
    StringBuilder unescaped = null;
    while (true) {
      int c = peek();
      if (c < 0 || position - start >= MAX_RECORD_CHARS) {
        giveUp("opens a quote that is not closed");
        return false;
      }
      position++;
      if (c == QUOTE) {
        if (peek() != QUOTE) {
          break;
        }
        if (unescaped == null) {
          unescaped = new StringBuilder();
        }
        unescaped.append(buffer, start + offset, position - start - offset);
        position++;
        offset = position - start;
      } else if (c == '\n' || (c == '\r' && peek() != '\n')) {
        line++;
      } else {
        note(c);
      }
    }
    int from = start + offset;
    int length = position - 1 - from;
    fields.add(
        unescaped == null
            ? new String(buffer, from, length)
            : unescaped.append(buffer, from, length).toString());
    int c = peek();
    if (c >= 0 && c != delimiter && c != '\n' && c != '\r') {
      fault = "has text after a closing quote";
      skipLine();
      return false;
    }
    return true;
  }

  /** The first line of the record is malformed; reading goes on with the second. */
  private void giveUp(String reason) throws IOException {
    fault = reason;
    position = start;
    line = recordLine;
    skipLine();
  }

  private void note(int c) {
    if (c == 0) {
      zero = true;
    } else if (c == TextEncoding.UNDECODABLE) {
      undecodable = true;
    }
  }

  private void skipLine() throws IOException {
    int c = peek();
    while (c >= 0 && c != '\n' && c != '\r') {
      if (position - start >= MAX_RECORD_CHARS) {
        // What was kept is enough for a message; the rest of an endless line is let go.
        int rest = limit - position;
        System.arraycopy(buffer, position, buffer, start + FIRST_BUFFER, rest);
        position = start + FIRST_BUFFER;
        limit = position + rest;
      }
      position++;
      c = peek();
    }
    rawEnd = position;
    endLine(c);
  }

  private void endLine(int c) throws IOException {
    if (c < 0) {
      return;
    }
    position++;
    if (c == '\r' && peek() == '\n') {
      position++;
    }
    line++;
  }

  private int peek() throws IOException {
    return position < limit || fill() ? buffer[position] : -1;
  }

  /** Keeps the current record in the buffer, which grows with it, and reads more behind it. */
  private boolean fill() throws IOException {
    if (ended) {
      return false;
    }
    if (start > 0) {
      System.arraycopy(buffer, start, buffer, 0, limit - start);
      position -= start;
      limit -= start;
      rawEnd -= start;
      start = 0;
    }
    if (limit == buffer.length) {
      buffer = Arrays.copyOf(buffer, buffer.length * 2);
    }
    int count = in.read(buffer, limit, buffer.length - limit);
    if (count <= 0) {
      ended = true;
      return false;
    }
    limit += count;
    return true;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
