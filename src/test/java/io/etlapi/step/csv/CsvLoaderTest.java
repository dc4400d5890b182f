package io.etlapi.step.csv;

import static io.etlapi.engine.SqlIdentifier.quote;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.engine.DuckDbEngine;
import io.etlapi.engine.DuckDbSession;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file gives the same rows whether the engine reads it or it is read record by record. */
class CsvLoaderTest {

  private static final CsvFormat NO_HEADER = new CsvFormat(',', TextEncoding.UTF_8, false, 0);
  private static final CsvLoader.Progress UNHEARD = (read, all) -> {};

  private Path folder;
  private DuckDbEngine engine;

  @BeforeEach
  void setUp(@TempDir Path folder) throws IOException {
    this.folder = folder.toRealPath();
    engine = new DuckDbEngine(512L << 20, 2, 1L << 30, this.folder.resolve("spill"));
  }

  private Path file(String name, String content) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, content);
  }

  private static Optional<PlainCsv.Found> scan(Path file, CsvFormat format) throws Exception {
    return PlainCsv.scan(file, format, UNHEARD);
  }

  private boolean isPlain(String content, CsvFormat format) throws Exception {
    return scan(file("scanned.csv", content), format).isPresent();
  }

  /** What {@code loaded} says, then every row in the order of the table. */
  private List<String> load(Path file, CsvFormat format, Optional<PlainCsv.Found> plain)
      throws Exception {
    try (DuckDbSession session = engine.open(List.of(file), folder)) {
      CsvLoader.Loaded loaded =
          new CsvLoader(session, format, UNHEARD).load(file, "sent.csv", "rows", "rejects", plain);
      List<String> seen = new ArrayList<>(List.of(loaded.toString()));
      String fields =
          loaded.columns().stream()
              .map(name -> "coalesce('<' || " + quote(name) + " || '>', 'null')")
              .collect(Collectors.joining(" || ', ' || "));
      session.forEach(
          "SELECT " + fields + " FROM rows ORDER BY rowid", row -> seen.add(row.text(1)));
      return seen;
    }
  }

  private void assertSameBothWays(Path file, CsvFormat format) throws Exception {
    Optional<PlainCsv.Found> plain = scan(file, format);
    assertTrue(plain.isPresent(), () -> file + " is plain");
    assertEquals(load(file, format, Optional.empty()), load(file, format, plain));
  }

  @Test
  void whatIsPlainIsReadByTheEngineAsItIsReadRecordByRecord() throws Exception {
    String[] pieces = {
      "a",
      "",
      " ",
      "é",
      "𝄞",
      "0007",
      "\\",
      "'",
      "#x",
      "NULL",
      "1e5",
      "\"\"",
      "\"q,r\"",
      "\" \"",
      "\"\"\"\"",
      "\"say \"\"hi\"\"\"",
      "\"é;|\"",
      "\u0007",
      "\uFFFE"
    };
    Random random = new Random(20261130);
    for (int round = 0; round < 60; round++) {
      int width = 1 + random.nextInt(4);
      char delimiter = ",;|\t".charAt(random.nextInt(4));
      String end = random.nextBoolean() ? "\n" : "\r\n";
      List<String> lines = new ArrayList<>();
      for (int line = 0; line < 1 + random.nextInt(30); line++) {
        lines.add(
            Stream.generate(() -> pieces[random.nextInt(pieces.length)])
                .limit(width)
                .map(piece -> piece.startsWith("\"") ? piece : piece.replace(delimiter, ' '))
                .collect(Collectors.joining(String.valueOf(delimiter))));
      }
      // A line that holds nothing is blank, which is not plain.
      lines.replaceAll(line -> line.isEmpty() ? "x" : line);
      String last = random.nextBoolean() ? end : "";
      Path file = file("round-" + round + ".csv", String.join(end, lines) + last);
      assertSameBothWays(
          file, new CsvFormat(delimiter, TextEncoding.UTF_8, random.nextBoolean(), 0));
    }
  }

  @Test
  void aLongFileKeepsItsOrderAndItsLettersOverEveryChunk() throws Exception {
    for (String end : List.of("\n", "\r\n")) {
      StringBuilder text = new StringBuilder("id,name,note").append(end);
      for (int i = 0; i < 40_000; i++) {
        text.append(i)
            .append(",naïve €")
            .append("𝄞".repeat(i % 5))
            .append(",\"a, b\"")
            .append(end);
      }
      assertSameBothWays(file("long.csv", text.toString()), CsvFormat.DEFAULT);
    }
  }

  @Test
  void theNameOfAFileAndOfItsFolderMeanNothing() throws Exception {
    assertSameBothWays(file("id=7/part.csv", "id,v\n1,a\n2,b\n"), CsvFormat.DEFAULT);
    assertSameBothWays(file("text.csv.gz", "id,v\n1,a\n2,b\n"), CsvFormat.DEFAULT);
    Path pattern = file("part[1].csv", "id,v\n1,a\n");
    file("part1.csv", "id,v\n9,z\n");
    assertEquals(Optional.empty(), scan(pattern, CsvFormat.DEFAULT));
  }

  @Test
  void whatTheEngineReadsOtherwiseIsNotPlain() throws Exception {
    for (String content :
        List.of(
            "",
            "\n",
            "a,b\n\n1,2\n",
            "a,b\n1,2\n\n",
            "a,b\n1,2,3\n",
            "a,b\n1\n",
            "a,b\n1,2\r\n",
            "a,b\r1,2\r",
            "a,b\n1,2\r",
            "a,b\n1,\"2\n3\"\n",
            "a,b\n1,\"2\n",
            "a,b\n1,\"2\"x\n",
            "a,b\n1,x\"2\"\n",
            "a,b\n1, \"2\"\n",
            "a,b\n1,\u0000\n",
            "\uFEFFa,b\n1,2\n",
            "a,b\n1,\uFFFF\n",
            "a\n" + "x".repeat(PlainCsv.MAX_LINE_BYTES) + "\n")) {
      assertEquals(
          false,
          isPlain(content, CsvFormat.DEFAULT),
          () -> content.substring(0, Math.min(40, content.length())));
    }
    Path latin = folder.resolve("latin.csv");
    Files.write(latin, "a,b\n1,é\n".getBytes(StandardCharsets.ISO_8859_1));
    assertEquals(Optional.empty(), scan(latin, CsvFormat.DEFAULT));
    byte[] cut = "a,b\n1,€".getBytes(StandardCharsets.UTF_8);
    Files.write(latin, java.util.Arrays.copyOf(cut, cut.length - 1));
    assertEquals(Optional.empty(), scan(latin, CsvFormat.DEFAULT));
  }

  @Test
  void onlyUsualFormatsArePlain() throws Exception {
    String content = "a,b\n1,2\n";
    assertTrue(isPlain(content, CsvFormat.DEFAULT));
    assertTrue(isPlain(content, NO_HEADER));
    for (CsvFormat format :
        List.of(
            new CsvFormat(',', TextEncoding.LATIN_1, true, 0),
            new CsvFormat(',', TextEncoding.UTF_8, true, 1),
            new CsvFormat('b', TextEncoding.UTF_8, true, 0))) {
      assertEquals(false, isPlain(content, format), format::toString);
    }
  }
}
