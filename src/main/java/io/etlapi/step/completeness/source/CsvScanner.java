package io.etlapi.step.completeness.source;

import io.etlapi.step.StepException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Splits UTF-8 CSV (RFC 4180) into records and keeps count of physical lines, at several hundred
 * megabytes a second: it looks at every byte once and builds no text. A record whose quote is never
 * closed costs its first line only; reading goes on with the next.
 */
final class CsvScanner {

  /** A longer record is taken for a quote that was not closed. */
  static final int MAX_RECORD_BYTES = 2_000_000;

  /** Above this a file is refused: no line of data is as long. */
  private static final int MAX_LINE_BYTES = 1 << 26;

  private static final int CHUNK_BYTES = 1 << 20;
  private static final int MALFORMED = -1;
  private static final int UNCLOSED = -2;

  private final InputStream in;
  private final byte delimiter;
  private final byte quote;
  private byte[] buffer = new byte[2 * CHUNK_BYTES];
  private int limit;
  private boolean ended;

  /** First byte of the current record. */
  private int start;

  /** First byte after the current record, before its line end. */
  private int end;

  private long line = 1;
  private int fields;
  private int terminator;
  private int usualTerminator;
  private boolean multiLine;
  private boolean highBytes;
  private boolean nul;
  private boolean strayQuote;

  CsvScanner(InputStream in, char delimiter, char quote) {
    this.in = in;
    this.delimiter = (byte) delimiter;
    this.quote = (byte) quote;
  }

  /**
   * Passes over physical lines.
   *
   * @return whether none of them holds a quote or an unusual line end
   */
  boolean skipLines(int count) throws IOException {
    boolean plain = true;
    for (int i = 0; i < count && more(start); i++) {
      compact();
      int at = lineEnd(start);
      for (int j = start; j < at; j++) {
        plain &= buffer[j] != quote;
      }
      plain &= advance(at);
    }
    return plain;
  }

  /**
   * The next record that is not blank, as the header.
   *
   * @return its bytes; null at the end of the file
   * @throws StepException if it is malformed
   */
  byte @Nullable [] header(CsvRecords records, String encoding) throws IOException, StepException {
    while (more(start)) {
      long at = line;
      int outcome = record();
      boolean blank = outcome > 0 && blank();
      String reason = blank ? null : reason(outcome, outcome, encoding);
      if (reason != null) {
        throw new StepException("the header on line " + at + " cannot be read: " + reason);
      }
      byte[] header = Arrays.copyOfRange(buffer, start, end);
      if (!advance(end) || blank || multiLine) {
        records.irregular();
      }
      if (!blank) {
        return header;
      }
    }
    return null;
  }

  /**
   * Passes all remaining records on.
   *
   * @param expected fields a record must have; 0 to take the number of the first
   * @return the number of fields
   */
  int records(int expected, CsvRecords records, String encoding) throws IOException {
    int width = expected;
    while (more(start)) {
      compact();
      long at = line;
      int outcome = record();
      if (outcome > 0 && blank() && (width != 1 || end == start)) {
        records.irregular();
        advance(end);
        continue;
      }
      if (width == 0 && outcome > 0) {
        width = outcome;
      }
      String reason = reason(outcome, width, encoding);
      if (reason == null) {
        records.accepted(buffer, start, end, at, strayQuote);
      } else {
        records.rejected(buffer, start, end, at, reason);
      }
      if (!advance(end) || multiLine) {
        records.irregular();
      }
    }
    return width;
  }

  /** Whether lines end with a carriage return and a line feed, so far. */
  boolean endsWithCarriageReturn() {
    return usualTerminator == 2;
  }

  /** The physical line of the next record. */
  long line() {
    return line;
  }

  private @Nullable String reason(int outcome, int width, String encoding) {
    if (outcome == UNCLOSED) {
      return "the quote that opens in field " + fields + " is never closed";
    }
    if (outcome == MALFORMED) {
      return "text follows the closing quote of field " + fields;
    }
    if (nul) {
      return "the record holds a NUL byte";
    }
    if (end - start > MAX_RECORD_BYTES) {
      return "the record is longer than " + MAX_RECORD_BYTES + " bytes";
    }
    if (highBytes && !isUtf8()) {
      return "the record holds bytes that are not " + encoding;
    }
    return outcome == width ? null : outcome + " fields instead of " + width;
  }

  /** A line of nothing but white space, unless that separates fields. */
  private boolean blank() {
    for (int i = start; i < end; i++) {
      byte b = buffer[i];
      if (b == delimiter || (b != ' ' && b != '\t')) {
        return false;
      }
    }
    return true;
  }

  /** Replacement characters come from a decoder that met what its encoding does not know. */
  private boolean isUtf8() {
    for (int i = start; i + 2 < end; i++) {
      if (buffer[i] == (byte) 0xEF
          && buffer[i + 1] == (byte) 0xBF
          && buffer[i + 2] == (byte) 0xBD) {
        return false;
      }
    }
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(buffer, start, end - start));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  /**
   * Finds the end of the record that begins at {@code start}; a malformed one ends with its first
   * line.
   *
   * @return its number of fields, or a negative outcome
   */
  private int record() throws IOException {
    fields = 1;
    multiLine = false;
    highBytes = false;
    nul = false;
    strayQuote = false;
    int at = start;
    boolean atFieldStart = true;
    while (more(at)) {
      byte b = buffer[at];
      if (b == quote && atFieldStart) {
        at = closingQuote(at + 1);
        if (at == UNCLOSED || at == MALFORMED) {
          int outcome = at;
          multiLine = false;
          end = lineEnd(start);
          return outcome;
        }
        atFieldStart = false;
      } else if (b == delimiter) {
        fields++;
        atFieldStart = true;
        at++;
      } else if (b == '\n' || b == '\r') {
        break;
      } else {
        atFieldStart = false;
        strayQuote |= b == quote;
        highBytes |= b < 0;
        nul |= b == 0;
        at++;
      }
    }
    end = at;
    return fields;
  }

  /** The place after the quote that closes a field, or a negative outcome. */
  private int closingQuote(int from) throws IOException {
    int at = from;
    while (more(at)) {
      byte b = buffer[at];
      if (b == quote) {
        if (!more(at + 1)) {
          return at + 1;
        }
        byte next = buffer[at + 1];
        if (next == quote) {
          at += 2;
          continue;
        }
        return next == delimiter || next == '\n' || next == '\r' ? at + 1 : MALFORMED;
      }
      if (b == '\n' || b == '\r') {
        multiLine = true;
      }
      highBytes |= b < 0;
      nul |= b == 0;
      at++;
      if (at - start > MAX_RECORD_BYTES) {
        return UNCLOSED;
      }
    }
    return UNCLOSED;
  }

  private int lineEnd(int from) throws IOException {
    int at = from;
    while (more(at) && buffer[at] != '\n' && buffer[at] != '\r') {
      at++;
    }
    return at;
  }

  /**
   * Moves to the record after the line end at {@code to} and counts the lines passed.
   *
   * @return whether the line ends like those before
   */
  private boolean advance(int to) throws IOException {
    if (multiLine) {
      for (int i = start; i < to; i++) {
        boolean lineFeedAfter = i + 1 < to && buffer[i + 1] == '\n';
        if (buffer[i] == '\n' || (buffer[i] == '\r' && !lineFeedAfter)) {
          line++;
        }
      }
    }
    if (!more(to)) {
      start = to;
      return true;
    }
    if (buffer[to] == '\n') {
      terminator = 1;
    } else {
      terminator = more(to + 1) && buffer[to + 1] == '\n' ? 2 : 3;
    }
    line++;
    start = to + (terminator == 2 ? 2 : 1);
    if (usualTerminator == 0) {
      usualTerminator = terminator;
    }
    return terminator == usualTerminator && terminator != 3;
  }

  /** Whether there is a byte at this place of the buffer; reads on if need be. */
  private boolean more(int at) throws IOException {
    return at < limit || fill(at);
  }

  /** Bytes of the current record keep their place; {@link #compact} moves between records. */
  private boolean fill(int at) throws IOException {
    while (at >= limit && !ended) {
      if (limit - start > MAX_LINE_BYTES) {
        throw new LineTooLongException(line);
      }
      if (limit == buffer.length) {
        buffer = Arrays.copyOf(buffer, 2 * buffer.length);
      }
      int count = in.read(buffer, limit, Math.min(CHUNK_BYTES, buffer.length - limit));
      if (count < 0) {
        ended = true;
      } else {
        limit += count;
      }
    }
    return at < limit;
  }

  private void compact() {
    if (start >= CHUNK_BYTES) {
      System.arraycopy(buffer, start, buffer, 0, limit - start);
      limit -= start;
      start = 0;
    }
  }

  /** A line so long that the file is hardly CSV. */
  static final class LineTooLongException extends IOException {
    private static final long serialVersionUID = 1L;

    LineTooLongException(long line) {
      super("line " + line + " is longer than " + MAX_LINE_BYTES + " bytes");
    }
  }
}
