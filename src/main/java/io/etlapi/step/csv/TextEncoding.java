package io.etlapi.step.csv;

import io.etlapi.step.StepException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How the bytes of a text file spell characters. A byte order mark is dropped; one that contradicts
 * the encoding asked for is refused, because what follows would be read as other letters.
 */
public enum TextEncoding {
  UTF_8(StandardCharsets.UTF_8),
  LATIN_1(StandardCharsets.ISO_8859_1),
  WINDOWS_1252(Charset.forName("windows-1252")),
  /** By its byte order mark; without one by where the zero bytes of the first characters lie. */
  UTF_16(StandardCharsets.UTF_16LE),
  UTF_16LE(StandardCharsets.UTF_16LE),
  UTF_16BE(StandardCharsets.UTF_16BE);

  /** Stands for bytes that the encoding does not know; a noncharacter, so never in real text. */
  static final char UNDECODABLE = '\uFFFF';

  /** What {@link #of} takes, for schemas and messages. */
  public static final String ALLOWED = "utf-8, latin-1, windows-1252, utf-16, utf-16le, utf-16be";

  private static final Map<String, TextEncoding> BY_NAME =
      Map.ofEntries(
          Map.entry("utf8", UTF_8),
          Map.entry("utf8sig", UTF_8),
          Map.entry("ascii", UTF_8),
          Map.entry("usascii", UTF_8),
          Map.entry("latin1", LATIN_1),
          Map.entry("iso88591", LATIN_1),
          Map.entry("windows1252", WINDOWS_1252),
          Map.entry("cp1252", WINDOWS_1252),
          Map.entry("utf16", UTF_16),
          Map.entry("utf16le", UTF_16LE),
          Map.entry("utf16be", UTF_16BE));

  private static final int LOOK_AHEAD = 512;

  private final Charset charset;

  TextEncoding(Charset charset) {
    this.charset = charset;
  }

  /** The encoding of a name; case, hyphens, underscores and blanks do not matter. */
  public static Optional<TextEncoding> of(String name) {
    return Optional.ofNullable(BY_NAME.get(name.toLowerCase(Locale.ROOT).replaceAll("[-_ ]", "")));
  }

  /** A pattern (JSON Schema) of all names that {@link #of} takes. */
  public static String pattern() {
    StringBuilder pattern = new StringBuilder("^(?:");
    for (String name : BY_NAME.keySet().stream().sorted().toList()) {
      for (int i = 0; i < name.length(); i++) {
        char c = name.charAt(i);
        pattern.append("[-_ ]?[").append(c).append(Character.toUpperCase(c)).append(']');
      }
      pattern.append('|');
    }
    pattern.setLength(pattern.length() - 1);
    return pattern.append(")$").toString();
  }

  /** The name as messages and details show it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * Opens text; bytes that the encoding does not know become {@link #UNDECODABLE}.
   *
   * @param sentPath the file as messages name it
   * @throws StepException if the first bytes show that the file has another encoding
   */
  Reader open(InputStream bytes, String sentPath) throws IOException, StepException {
    BufferedInputStream in = new BufferedInputStream(bytes, 1 << 16);
    in.mark(LOOK_AHEAD);
    byte[] first = in.readNBytes(LOOK_AHEAD);
    in.reset();
    TextEncoding marked = byMark(first);
    if (marked != null && !agrees(marked)) {
      throw wrong(sentPath, "begins with the byte order mark of " + marked.word(), marked);
    }
    if (marked == null && !isWide() && looksWide(first)) {
      throw wrong(sentPath, "holds zero bytes between its letters", UTF_16);
    }
    in.skipNBytes(marked == null ? 0 : marked == UTF_8 ? 3 : 2);
    Charset actual = marked != null ? marked.charset : this == UTF_16 ? guessOrder(first) : charset;
    CharsetDecoder decoder =
        actual
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE)
            .replaceWith(String.valueOf(UNDECODABLE));
    return new InputStreamReader(in, decoder);
  }

  private StepException wrong(String sentPath, String found, TextEncoding likely) {
    return new StepException(
        "The file '"
            + sentPath
            + "' is not "
            + word()
            + ": it "
            + found
            + ". Set encoding to '"
            + likely.word()
            + "'.");
  }

  private boolean agrees(TextEncoding marked) {
    return this == marked || (this == UTF_16 && marked.isWide());
  }

  private boolean isWide() {
    return this == UTF_16 || this == UTF_16LE || this == UTF_16BE;
  }

  private static @Nullable TextEncoding byMark(byte[] first) {
    if (first.length >= 3
        && first[0] == (byte) 0xEF
        && first[1] == (byte) 0xBB
        && first[2] == (byte) 0xBF) {
      return UTF_8;
    }
    if (first.length >= 2 && first[0] == (byte) 0xFF && first[1] == (byte) 0xFE) {
      return UTF_16LE;
    }
    return first.length >= 2 && first[0] == (byte) 0xFE && first[1] == (byte) 0xFF
        ? UTF_16BE
        : null;
  }

  private static boolean looksWide(byte[] first) {
    return zeros(first, 0) + zeros(first, 1) > first.length / 4;
  }

  private static Charset guessOrder(byte[] first) {
    return zeros(first, 0) > zeros(first, 1)
        ? StandardCharsets.UTF_16BE
        : StandardCharsets.UTF_16LE;
  }

  private static int zeros(byte[] first, int offset) {
    int zeros = 0;
    for (int i = offset; i < first.length; i += 2) {
      if (first[i] == 0) {
        zeros++;
      }
    }
    return zeros;
  }
}
