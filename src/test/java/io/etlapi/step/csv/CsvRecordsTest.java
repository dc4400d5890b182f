package io.etlapi.step.csv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.step.Outputs;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CsvRecordsTest {

  private static List<String> read(String text) throws Exception {
    return read(text.getBytes(StandardCharsets.UTF_8), CsvFormat.DEFAULT);
  }

  /** Each record as {@code line: [fields]} or {@code line! reason <raw>}. */
  private static List<String> read(byte[] bytes, CsvFormat format) throws Exception {
    List<String> seen = new ArrayList<>();
    try (CsvRecords records = new CsvRecords(new ByteArrayInputStream(bytes), format, "f.csv")) {
      while (records.next()) {
        seen.add(
            records.fault() == null
                ? records.line() + ": " + records.fields()
                : records.line() + "! " + records.fault() + " <" + records.raw(100) + ">");
      }
    }
    return seen;
  }

  private static CsvFormat with(TextEncoding encoding) {
    return new CsvFormat(',', encoding, true, 0);
  }

  @Test
  void anEmptyFieldIsNullAndAQuotedEmptyOneIsText() throws Exception {
    assertEquals(List.of("1: [null, , null]", "2: [null, null, null]"), read(",\"\",\n,,"));
  }

  @Test
  void linesArePhysicalThroughQuotedBreaksBlankLinesAndEveryLineEnd() throws Exception {
    assertEquals(
        List.of("1: [a, b]", "2: [x\ny\r\nz, 1]", "6: [c, d]", "7: [e\rf, g]", "9: [h, i]"),
        read("a,b\n\"x\ny\r\nz\",1\r\n\nc,d\r\"e\rf\",g\nh,i"));
  }

  @Test
  void doubledQuotesAreOneQuoteAndInnerQuotesAreLetters() throws Exception {
    assertEquals(
        List.of("1: [say \"hi\", \", 5\" pipe]"), read("\"say \"\"hi\"\"\",\"\"\"\",5\" pipe\n"));
  }

  @Test
  void textAfterAClosingQuoteSpoilsItsRecordAlone() throws Exception {
    assertEquals(
        List.of("1: [a, b]", "2! has text after a closing quote <\"x\ny\"z,1>", "4: [c, d]"),
        read("a,b\n\"x\ny\"z,1\nc,d\n"));
  }

  @Test
  void aQuoteThatNeverClosesSpoilsItsFirstLineAlone() throws Exception {
    assertEquals(
        List.of(
            "1: [a, b]",
            "2! opens a quote that is not closed <\"open,1>",
            "3: [c, d]",
            "4: [e, f]"),
        read("a,b\n\"open,1\nc,d\ne,f"));
  }

  @Test
  void aQuoteThatStaysOpenBeyondTheLongestRecordSpoilsItsFirstLineAlone() throws Exception {
    String filler = "filler,1\n".repeat(CsvRecords.MAX_RECORD_CHARS / 9 + 10);
    List<String> seen = read("\"open,1\n" + filler + "c,d\n");
    assertEquals("1! opens a quote that is not closed <\"open,1>", seen.get(0));
    assertEquals("2: [filler, 1]", seen.get(1));
    assertTrue(seen.get(seen.size() - 1).endsWith(": [c, d]"));
  }

  @Test
  void anEndlessLineIsRefusedAndTheNextOneIsRead() throws Exception {
    List<String> seen = read("x".repeat(3 * CsvRecords.MAX_RECORD_CHARS + 7) + "\nc,d\n");
    assertEquals(2, seen.size());
    assertTrue(seen.get(0).startsWith("1! is longer than"), seen.get(0).substring(0, 60));
    assertEquals("2: [c, d]", seen.get(1));
  }

  @Test
  void theSameTextIsReadInEveryEncoding() throws Exception {
    String text = "naïve,café\n\"é\n\",ü\n";
    List<String> expected = List.of("1: [naïve, café]", "2: [é\n, ü]");
    assertEquals(expected, read(text.getBytes(StandardCharsets.UTF_8), CsvFormat.DEFAULT));
    assertEquals(
        expected, read(("\uFEFF" + text).getBytes(StandardCharsets.UTF_8), CsvFormat.DEFAULT));
    assertEquals(
        expected, read(text.getBytes(StandardCharsets.ISO_8859_1), with(TextEncoding.LATIN_1)));
    assertEquals(
        expected,
        read(text.getBytes(Charset.forName("windows-1252")), with(TextEncoding.WINDOWS_1252)));
    for (Charset wide : List.of(StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE)) {
      assertEquals(expected, read(text.getBytes(wide), with(TextEncoding.UTF_16)));
      assertEquals(expected, read(("\uFEFF" + text).getBytes(wide), with(TextEncoding.UTF_16)));
    }
    assertEquals(
        List.of("1: [€, 2]"),
        read(new byte[] {(byte) 0x80, ',', '2'}, with(TextEncoding.WINDOWS_1252)));
  }

  @Test
  void aWrongEncodingIsNamedWithTheLikelyOne() {
    byte[] wide = "\uFEFFa,b\n1,2\n".getBytes(StandardCharsets.UTF_16LE);
    Outputs.assertRefused(
        () -> read(wide, CsvFormat.DEFAULT), "'f.csv' is not utf-8", "'utf-16le'");
    byte[] unmarked = "a,b\n1,2\n".getBytes(StandardCharsets.UTF_16BE);
    Outputs.assertRefused(() -> read(unmarked, with(TextEncoding.LATIN_1)), "'utf-16'");
    byte[] marked = "\uFEFFa,b\n".getBytes(StandardCharsets.UTF_8);
    Outputs.assertRefused(
        () -> read(marked, with(TextEncoding.LATIN_1)), "Set encoding to 'utf-8'");
  }

  @Test
  void bytesThatAreNotTextSpoilTheirRecordAlone() throws Exception {
    byte[] bytes = "a,b\nc\u0000,d\ne,ÿ\ng,h\n".getBytes(StandardCharsets.ISO_8859_1);
    List<String> seen = read(bytes, CsvFormat.DEFAULT);
    assertEquals(4, seen.size());
    assertTrue(seen.get(1).startsWith("2! holds a NUL character"));
    assertTrue(seen.get(2).startsWith("3! holds bytes that the encoding does not know"));
    assertEquals("4: [g, h]", seen.get(3));
  }

  @Test
  void skippedLinesCount() throws Exception {
    assertEquals(
        List.of("3: [a, b]", "4: [1, 2]"),
        read(
            "# \"made by\nsomeone\na,b\n1,2".getBytes(StandardCharsets.UTF_8),
            new CsvFormat(',', TextEncoding.UTF_8, true, 2)));
    assertEquals(
        List.of(),
        read(
            "a\n".getBytes(StandardCharsets.UTF_8),
            new CsvFormat(',', TextEncoding.UTF_8, true, 9)));
  }

  @Test
  void whateverIsWrittenIsReadBackWithItsLines() throws Exception {
    Random random = new Random(20260115);
    String[] pieces = {"a", "", "\"", ",", "\n", "\r\n", "\r", "é", "x y", "0007", "𝄞", ";"};
    for (int round = 0; round < 300; round++) {
      StringBuilder text = new StringBuilder();
      List<String> expected = new ArrayList<>();
      long line = 1;
      for (int record = 0; record < 40; record++) {
        List<@Nullable String> fields = new ArrayList<>();
        StringBuilder written = new StringBuilder();
        for (int field = 0; field < 3; field++) {
          String value =
              pieces[random.nextInt(pieces.length)] + pieces[random.nextInt(pieces.length)];
          boolean absent = random.nextInt(5) == 0;
          fields.add(absent ? null : value);
          written.append(field > 0 ? "," : "");
          written.append(absent ? "" : '"' + value.replace("\"", "\"\"") + '"');
        }
        if (fields.stream().allMatch(f -> f == null)) {
          continue;
        }
        expected.add(line + ": " + fields);
        text.append(written).append(random.nextBoolean() ? "\n" : "\r\n");
        line += breaks(written) + 1;
      }
      assertEquals(expected, read(text.toString()), "round " + round);
    }
  }

  private static long breaks(CharSequence text) {
    return text.toString().split("\r\n|\r|\n", -1).length - 1L;
  }

  @Test
  void namesOfEncodingsAreTakenInTheirUsualSpellings() throws IOException {
    for (String name : List.of("UTF-8", "utf8", "Latin-1", "ISO-8859-1", "cp1252", "UTF_16LE")) {
      assertTrue(TextEncoding.of(name).isPresent(), name);
      assertTrue(name.matches(TextEncoding.pattern()), name);
    }
    assertTrue(TextEncoding.of("ebcdic").isEmpty());
    assertTrue(!"ebcdic".matches(TextEncoding.pattern()));
  }
}
