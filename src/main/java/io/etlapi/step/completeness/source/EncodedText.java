package io.etlapi.step.completeness.source;

import io.etlapi.step.StepException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A text file as UTF-8 without its byte order mark, whatever its encoding. What an encoding does
 * not know becomes U+FFFD.
 */
final class EncodedText {

  private static final int BUFFER = 1 << 16;

  /**
   * An open file.
   *
   * @param exact whether these are the bytes of the file itself, so that another reader would see
   *     the same
   */
  record Opened(InputStream bytes, boolean exact, boolean marked) {}

  private EncodedText() {}

  static Opened open(Path file, String encoding) throws IOException, StepException {
    BufferedInputStream in = new BufferedInputStream(Files.newInputStream(file), BUFFER);
    in.mark(4);
    byte[] head = in.readNBytes(3);
    in.reset();
    boolean utf8Mark =
        head.length == 3
            && head[0] == (byte) 0xEF
            && head[1] == (byte) 0xBB
            && head[2] == (byte) 0xBF;
    Charset charset = charset(encoding);
    if (charset.equals(StandardCharsets.UTF_8)) {
      if (head.length >= 2 && (head[0] & head[1] & 0xFE) == 0xFE && head[0] != head[1]) {
        in.close();
        throw new StepException(
            "it begins with the byte order mark of UTF-16; set its encoding to utf-16");
      }
      in.skipNBytes(utf8Mark ? 3 : 0);
      return new Opened(in, true, utf8Mark);
    }
    return new Opened(new Recoded(new InputStreamReader(in, charset)), false, false);
  }

  private static Charset charset(String encoding) {
    return switch (encoding) {
      case "utf-8" -> StandardCharsets.UTF_8;
      case "utf-16" -> StandardCharsets.UTF_16;
      case "utf-16le" -> StandardCharsets.UTF_16LE;
      case "utf-16be" -> StandardCharsets.UTF_16BE;
      case "latin-1", "iso-8859-1" -> StandardCharsets.ISO_8859_1;
      default -> Charset.forName("windows-1252");
    };
  }

  /** Characters as UTF-8 bytes. */
  private static final class Recoded extends InputStream {
    private final Reader reader;
    private final CharBuffer chars = CharBuffer.allocate(BUFFER);
    private final ByteBuffer bytes = ByteBuffer.allocate(4 * BUFFER);
    private final CharsetEncoder encoder =
        StandardCharsets.UTF_8
            .newEncoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE)
            .replaceWith(new byte[] {(byte) 0xEF, (byte) 0xBF, (byte) 0xBD});
    private boolean first = true;
    private boolean ended;

    Recoded(Reader reader) {
      this.reader = reader;
      chars.limit(0);
      bytes.limit(0);
    }

    @Override
    public int read() throws IOException {
      return fill() ? bytes.get() & 0xFF : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      if (!fill()) {
        return -1;
      }
      int count = Math.min(length, bytes.remaining());
      bytes.get(target, offset, count);
      return count;
    }

    private boolean fill() throws IOException {
      while (!bytes.hasRemaining() && !ended) {
        chars.compact();
        ended = reader.read(chars) < 0;
        chars.flip();
        if (first && chars.hasRemaining()) {
          first = false;
          if (chars.get(0) == '\uFEFF') {
            chars.get();
          }
        }
        bytes.clear();
        encoder.encode(chars, bytes, ended);
        bytes.flip();
      }
      return bytes.hasRemaining();
    }

    @Override
    public void close() throws IOException {
      reader.close();
    }
  }
}
