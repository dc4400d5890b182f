package io.etlapi.step.completeness.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.engine.DuckDbSession;
import io.etlapi.step.StepBench;
import io.etlapi.step.StepException;
import io.etlapi.step.TestStepContext;
import io.etlapi.step.completeness.control.ReadOptions;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CsvSourceTest {

  private StepBench bench;

  @BeforeEach
  void setUp(@TempDir Path folder) {
    bench = new StepBench(folder);
  }

  /** What a file reads as: {@code line|field|field…}, null as ~, and the rejects. */
  private record Result(List<String> rows, List<String> rejects, boolean copied) {}

  private Result read(byte[] content, ReadOptions options) throws Exception {
    return read("a.csv", content, options);
  }

  private Result read(String name, byte[] content, ReadOptions options) throws Exception {
    bench.file(name, content);
    Path path = bench.data().resolve(name);
    try (TestStepContext context = bench.context(Map.of())) {
      DuckDbSession session = context.session(List.of(path));
      Path work = context.folder().resolve("work.csv");
      RawTable table;
      try (RawRejects rejects = new RawRejects(session)) {
        table = CsvSource.open(new SourceFile("a.csv", path), options, List.of(), work, rejects);
      }
      List<String> rows = new ArrayList<>();
      session.forEach(
          table.select(),
          row -> {
            StringBuilder line = new StringBuilder(String.valueOf(row.text(2)));
            for (int i = 0; i < table.columns().size(); i++) {
              String field = row.text(3 + i);
              line.append('|').append(field == null ? "~" : field);
            }
            rows.add(line.toString());
          });
      List<String> rejected = new ArrayList<>();
      session.forEach(
          "SELECT line || ': ' || reason || ': ' || raw FROM raw_rejects",
          row -> rejected.add(String.valueOf(row.text(1))));
      assertEquals(table.accepted(), rows.size());
      assertEquals(table.rejected(), rejected.size());
      return new Result(rows, rejected, Files.exists(work));
    }
  }

  private Result read(String content) throws Exception {
    return read(content.getBytes(StandardCharsets.UTF_8), ReadOptions.DEFAULT);
  }

  private static ReadOptions encoded(String encoding) {
    return new ReadOptions(",", "\"", encoding, true, 0, null);
  }

  @Test
  void aRegularFileIsReadInPlace() throws Exception {
    Result result = read("a,b\n1,\n\"x,\"\"y\",\"\"\n");
    assertEquals(List.of("2|1|~", "3|x,\"y|"), result.rows());
    assertFalse(result.copied());
  }

  @Test
  void aRegularFileWithTheLineEndsOfWindowsIsReadInPlace() throws Exception {
    Result result = read("a,b\r\n1,\r\n\"x,\"\"y\",\"\"\r\n3,z\r\n");
    assertEquals(List.of("2|1|~", "3|x,\"y|", "4|3|z"), result.rows());
    assertFalse(result.copied());
  }

  @Test
  void theNameOfAFolderIsNoValue() throws Exception {
    byte[] content = "id,ccy\n1,USD\n".getBytes(StandardCharsets.UTF_8);
    assertEquals(List.of("2|1|USD"), read("ccy=EUR/a.csv", content, ReadOptions.DEFAULT).rows());
  }

  @Test
  void linesAreCountedAsTheyStandInTheFile() throws Exception {
    Result result = read("a,b\r\n\r\n1,\"p\r\nq\r\n\"\r\n   \r\n2,z\r\n");
    assertEquals(List.of("3|1|p\r\nq\r\n", "7|2|z"), result.rows());
    assertEquals(List.of(), result.rejects());
    assertTrue(result.copied());
  }

  @Test
  void aMalformedRecordCostsItsLineAlone() throws Exception {
    Result result =
        read("a,b\n1,\"open\n2,x\n3,\"q\"z\n4\n5,a,b\n6,\u0000\n7,ok\n8,\"never closed\n9,ok\n");
    assertEquals(List.of("3|2|x", "8|7|ok", "10|9|ok"), result.rows());
    assertEquals(
        List.of(
            "2: text follows the closing quote of field 2: 1,\"open",
            "4: text follows the closing quote of field 2: 3,\"q\"z",
            "5: 1 fields instead of 2: 4",
            "6: 3 fields instead of 2: 5,a,b",
            "7: the record holds a NUL byte: 6,\u0000",
            "9: the quote that opens in field 2 is never closed: 8,\"never closed"),
        result.rejects());
  }

  @Test
  void bytesThatAreNotInTheEncodingRejectTheirRecord() throws Exception {
    byte[] content = "a\nx\u00e9\nok\n".getBytes(StandardCharsets.ISO_8859_1);
    Result result = read(content, ReadOptions.DEFAULT);
    assertEquals(List.of("3|ok"), result.rows());
    assertEquals(1, result.rejects().size());
    assertEquals(List.of("2|xé", "3|ok"), read(content, encoded("latin-1")).rows());
  }

  @ParameterizedTest
  @ValueSource(strings = {"utf-8", "utf-16", "utf-16le", "utf-16be"})
  void everyEncodingGivesTheSameTexts(String encoding) throws Exception {
    String text = "name,place\n\"Łódź\",😀\nx,\"a\nb\"\n";
    Charset charset = Charset.forName(encoding);
    assertEquals(
        List.of("2|Łódź|😀", "3|x|a\nb"), read(text.getBytes(charset), encoded(encoding)).rows());
    if (!encoding.equals("utf-16")) {
      assertEquals(
          List.of("2|Łódź|😀", "3|x|a\nb"),
          read(("\uFEFF" + text).getBytes(charset), encoded(encoding)).rows());
    }
  }

  @Test
  void windows1252HasTheEuroSign() throws Exception {
    assertEquals(
        List.of("2|€"),
        read("a\n€\n".getBytes(Charset.forName("windows-1252")), encoded("windows-1252")).rows());
  }

  @Test
  void utf16UnderTheNameOfUtf8IsAClearError() {
    StepException refusal =
        assertThrows(
            StepException.class,
            () -> read("a\nb\n".getBytes(StandardCharsets.UTF_16), ReadOptions.DEFAULT));
    assertTrue(String.valueOf(refusal.getMessage()).contains("utf-16"), refusal.getMessage());
  }

  @Test
  void aFileWithoutHeaderAndSkippedLinesKeepsItsLineNumbers() throws Exception {
    ReadOptions options = new ReadOptions(";", "'", "utf-8", false, 2, null);
    Result result =
        read("report \"x\nof today\n1;'a;b'\n2;c\n".getBytes(StandardCharsets.UTF_8), options);
    assertEquals(List.of("3|1|a;b", "4|2|c"), result.rows());
  }

  @Test
  void aByteOrderMarkIsNoPartOfTheFirstValue() throws Exception {
    ReadOptions options = new ReadOptions(",", "\"", "utf-8", false, 0, null);
    assertEquals(
        List.of("1|x|y"), read("\uFEFFx,y\n".getBytes(StandardCharsets.UTF_8), options).rows());
    assertEquals(List.of("2|x"), read("\uFEFFa\nx\n").rows());
  }

  @Test
  void aLastLineWithoutEndAndMixedLineEndsAreRead() throws Exception {
    assertEquals(List.of("2|1|2", "3|3|4", "4|5|6"), read("a,b\n1,2\r\n3,4\r5,6").rows());
  }

  @Test
  void aSingleColumnSkipsBlankLinesAndKeepsQuotedEmptyOnes() throws Exception {
    assertEquals(List.of("2|1", "4|", "5| "), read("a\n1\n\n\"\"\n \n").rows());
  }

  @Test
  void aFileWithoutHeaderLineIsAClearError() {
    StepException refusal = assertThrows(StepException.class, () -> read("\n\n"));
    assertEquals("The file 'a.csv': it is empty: there is no header.", refusal.getMessage());
  }

  /** Files from a seed, written by the rules of RFC 4180, must come back as they were meant. */
  @RepeatedTest(20)
  void whateverIsWrittenByTheRulesIsReadBack(RepetitionInfo repetition) throws Exception {
    Random random = new Random(repetition.getCurrentRepetition());
    String[] atoms = {"a", "0", ",", "\"", "\n", "\r\n", " ", "é", "😀", "'", ";", "\t", "NULL"};
    int columns = 1 + random.nextInt(4);
    boolean mayBeBlank = random.nextBoolean();
    StringBuilder file = new StringBuilder("c0");
    for (int i = 1; i < columns; i++) {
      file.append(",c").append(i);
    }
    file.append('\n');
    long line = 2;
    List<String> expected = new ArrayList<>();
    for (int row = 0; row < 200; row++) {
      if (mayBeBlank && random.nextInt(10) == 0) {
        file.append('\n');
        line++;
      }
      StringBuilder record = new StringBuilder();
      StringBuilder meant = new StringBuilder().append(line);
      for (int i = 0; i < columns; i++) {
        @Nullable String value = value(random, atoms, columns == 1 || random.nextInt(3) > 0);
        record.append(i == 0 ? "" : ",").append(written(value, random));
        meant.append('|').append(value == null ? "~" : value);
      }
      file.append(record).append('\n');
      line += 1 + record.chars().filter(c -> c == '\n').count();
      expected.add(meant.toString());
    }
    Result result = read(file.toString());
    assertEquals(List.of(), result.rejects());
    assertEquals(expected, result.rows());
  }

  private static @Nullable String value(Random random, String[] atoms, boolean present) {
    if (!present) {
      return null;
    }
    StringBuilder text = new StringBuilder(random.nextInt(8) == 0 ? "" : "v");
    for (int i = random.nextInt(5); i > 0; i--) {
      text.append(atoms[random.nextInt(atoms.length)]);
    }
    return text.toString();
  }

  private static String written(@Nullable String value, Random random) {
    if (value == null) {
      return "";
    }
    boolean needsQuotes =
        value.isEmpty()
            || value.isBlank()
            || value.startsWith("\"")
            || value.matches("(?s).*[,\n\r].*");
    return needsQuotes || random.nextInt(4) == 0
        ? "\"" + value.replace("\"", "\"\"") + "\""
        : value;
  }

  /** Not part of the default run; shows the cost of line numbers at full size. */
  @Test
  @Tag("million")
  void aMillionRecordsAreScannedInASecond() throws Exception {
    StringBuilder text = new StringBuilder("TradeRef,TradeDate,Ccy,Amount,Status,Book\n");
    for (int i = 0; i < 1_000_000; i++) {
      text.append("T%08d,15/01/2024,USD,%d.%02d,LIVE,B%d\n".formatted(i, i, i % 100, i % 50));
    }
    bench.file("big.csv", text.toString());
    Path path = bench.data().resolve("big.csv");
    try (TestStepContext context = bench.context(Map.of())) {
      DuckDbSession session = context.session(List.of(path));
      try (RawRejects rejects = new RawRejects(session)) {
        long began = System.nanoTime();
        RawTable table =
            CsvSource.open(
                new SourceFile("big.csv", path),
                ReadOptions.DEFAULT,
                List.of(),
                context.folder().resolve("work.csv"),
                rejects);
        double scan = (System.nanoTime() - began) / 1e9;
        assertEquals(1_000_000, table.accepted());
        assertEquals(1_000_001, session.number("SELECT max(_line) FROM (" + table.select() + ")"));
        System.out.printf(
            "scan %.2f s, with reading %.2f s%n", scan, (System.nanoTime() - began) / 1e9);
        assertTrue(scan < 5, () -> "the scan took " + scan + " s");
      }
    }
  }
}
