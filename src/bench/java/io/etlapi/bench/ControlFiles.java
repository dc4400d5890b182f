package io.etlapi.bench;

import io.etlapi.step.completeness.control.Side;
import io.etlapi.step.completeness.matching.KnownBreaks;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The input of a completeness control whose result is known: two CSV files, a lookup and the
 * control document. The same seed gives the same bytes.
 *
 * @param root what {@code rootFileDir} names
 * @param expected matches by pass and breaks by category
 * @param srcRows rows of the source file
 * @param tgtRows rows of the target file
 */
record ControlFiles(Path root, Map<String, Long> expected, long srcRows, long tgtRows) {

  private static final long SEED = 1;

  static final String RUN_DATE = "2024-01-31";
  static final String DOCUMENT = "control.json";
  static final String SRC = "src.csv";
  static final String TGT = "tgt.csv";
  static final String LOOKUP = "desks.csv";

  private static final String HEADER = "trade_ref,trade_date,currency,amount,party\n";

  /**
   * Writes the files.
   *
   * @param control its id, which names its ledger
   * @param records a multiple of 1,000; each side gets about as many rows
   */
  static ControlFiles generate(Path root, String control, int records) throws IOException {
    Files.createDirectories(root);
    try (InputStream document = ControlFiles.class.getResourceAsStream(DOCUMENT)) {
      if (document == null) {
        throw new IllegalStateException(DOCUMENT + " is not beside the classes");
      }
      String text = new String(document.readAllBytes(), StandardCharsets.UTF_8);
      Files.writeString(root.resolve(DOCUMENT), text.replace("${control}", control));
    }
    Files.writeString(root.resolve(LOOKUP), "currency,desk\nEUR,Frankfurt\nUSD,New York\n");
    KnownBreaks known = new KnownBreaks(SEED, records);
    try (BufferedWriter src = writer(root.resolve(SRC));
        BufferedWriter tgt = writer(root.resolve(TGT))) {
      src.write(HEADER);
      tgt.write(HEADER);
      known.write((side, values) -> writeRow(side == Side.SRC ? src : tgt, values));
    }
    return new ControlFiles(root, known.counts(), known.rows(Side.SRC), known.rows(Side.TGT));
  }

  private static BufferedWriter writer(Path file) throws IOException {
    return Files.newBufferedWriter(file, StandardCharsets.UTF_8);
  }

  /** No value holds a comma or a quote; a null is an empty field. */
  private static void writeRow(BufferedWriter out, @Nullable String[] values) {
    try {
      for (int i = 0; i < values.length; i++) {
        if (i > 0) {
          out.write(',');
        }
        String value = values[i];
        if (value != null) {
          out.write(value);
        }
      }
      out.write('\n');
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The body of {@code POST /run/completeness_control}. */
  Map<String, Object> request() {
    return Map.of(
        "parameters",
        Map.of(
            "expectedRunDate",
            RUN_DATE,
            "rootFileDir",
            root.toString(),
            "inputConfigFilePath",
            root.toString(),
            "inputConfigFilePattern",
            DOCUMENT));
  }
}
