package io.etlapi.step.spreadsheet;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Bounds what an XML parser gets to see of a part of a workbook: its size, and the size of anything
 * that a parser would hold as a whole (a text, a tag). Comments, CDATA, declarations and encodings
 * other than UTF-8 are refused: no spreadsheet program writes them, and they could hide the rest.
 */
final class PartStream extends FilterInputStream {

  private static final int MAX_RUN = 1 << 20;

  private final long maxBytes;
  private final long compressed;
  private long bytes;
  private int run;
  private boolean inTag;
  private int previous = -1;

  /** The part is not acceptable; the message ends a sentence about the file. */
  static final class Refused extends IOException {
    private static final long serialVersionUID = 1L;

    Refused(String message) {
      super(message);
    }
  }

  /** Below this size a part may be as compressible as it likes. */
  private static final long RATIO_FROM = 16L << 20;

  private static final long MAX_RATIO = 200;

  /**
   * A bounded stream.
   *
   * @param compressed bytes that the part takes in the file
   */
  PartStream(InputStream in, long maxBytes, long compressed) {
    super(in);
    this.maxBytes = maxBytes;
    this.compressed = compressed;
  }

  long bytes() {
    return bytes;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    int count = read(one, 0, 1);
    return count < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    int count = in.read(buffer, offset, length);
    for (int i = offset; i < offset + count; i++) {
      check(buffer[i]);
    }
    if (count > 0) {
      bytes += count;
      if (bytes > maxBytes) {
        throw new Refused("has a part of more than " + maxBytes / (1 << 20) + " MiB");
      }
      if (bytes > RATIO_FROM && bytes / Math.max(1, compressed) > MAX_RATIO) {
        throw new Refused("has a part that unpacks to more than " + MAX_RATIO + " times its size");
      }
    }
    return count;
  }

  private void check(byte b) throws Refused {
    if (b == 0) {
      throw new Refused("has a part that is not UTF-8");
    }
    if (b == '!' && previous == '<') {
      throw new Refused("has a part with a comment, CDATA or a declaration");
    }
    if (b == '<') {
      if (inTag) {
        throw new Refused("has a part that is not well-formed");
      }
      inTag = true;
      run = 0;
    } else if (b == '>') {
      inTag = false;
    }
    if (++run > MAX_RUN) {
      throw new Refused("has a text of more than " + MAX_RUN + " bytes");
    }
    previous = b;
  }

  @Override
  public long skip(long count) throws IOException {
    byte[] scratch = new byte[(int) Math.min(count, 8_192)];
    return Math.max(0, read(scratch, 0, scratch.length));
  }

  @Override
  public boolean markSupported() {
    return false;
  }
}
