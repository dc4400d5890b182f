package io.etlapi.step.completeness.matching;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.etlapi.engine.TableAppender;
import io.etlapi.step.completeness.control.Side;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every break that was put in is found, counted and summed, to the cent; and no other. */
class KnownBreaksTest {

  private final Path folder;

  KnownBreaksTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void aThousandRecordsGiveExactlyTheBreaksThatWerePutIn() throws Exception {
    for (long seed = 1; seed <= 5; seed++) {
      findsWhatWasPutIn(new KnownBreaks(seed, 1_000));
    }
  }

  @Test
  @Tag("million")
  void aMillionRecordsGiveExactlyTheBreaksThatWerePutIn() throws Exception {
    findsWhatWasPutIn(new KnownBreaks(1, 1_000_000));
  }

  private void findsWhatWasPutIn(KnownBreaks known) throws Exception {
    MatchModel model = KnownBreaks.model();
    try (MatchingEngine engine = new MatchingEngine(folder)) {
      load(engine, known);
      engine.combine(model, KnownBreaks.FIELDS.stream().map(MatchField::name).toList());
      engine.match(model);
      Proof proof = engine.prove(model);
      assertEquals(Verdict.BREAKS, proof.verdict(), () -> proof.reasons().toString());
      assertEquals(known.counts(), counts(proof));
      assertEquals(known.sums(), sums(engine));
      assertEquals(known.rows(Side.SRC), proof.figure(Side.SRC, "read"));
      assertEquals(known.rows(Side.TGT), proof.figure(Side.TGT, "read"));
    }
  }

  private static Map<String, Long> counts(Proof proof) {
    Map<String, Long> counts = new TreeMap<>(proof.matchesByPass());
    counts.putAll(proof.breaksByCategory());
    return counts;
  }

  private static Map<String, BigDecimal> sums(MatchingEngine engine) {
    Map<String, BigDecimal> sums = new TreeMap<>();
    engine.session.forEach(
        "SELECT category || ' ' || currency, sum(diff_amount) FROM breaks GROUP BY ALL",
        row -> sums.put(String.valueOf(row.text(1)), row.decimal(2)));
    return sums;
  }

  /** As texts first, which is what the appender takes, then in the types of the fields. */
  static void load(MatchingEngine engine, KnownBreaks known) {
    String columns =
        KnownBreaks.FIELDS.stream()
            .map(field -> field.column() + " VARCHAR")
            .collect(Collectors.joining(", "));
    Map<Side, TableAppender> appenders = new EnumMap<>(Side.class);
    Map<Side, Long> numbers = new EnumMap<>(Side.class);
    for (Side side : Side.values()) {
      engine.session.execute(
          "CREATE OR REPLACE TABLE text_%s (row_number VARCHAR, _file VARCHAR, _line VARCHAR, %s)"
              .formatted(side.key(), columns));
      appenders.put(side, engine.session.appender("text_" + side.key()));
    }
    known.write(
        (side, values) -> {
          long number = numbers.merge(side, 1L, Long::sum);
          List<String> row = new ArrayList<>();
          row.add(Long.toString(number));
          row.add(side.key() + ".csv");
          row.add(Long.toString(number + 1));
          for (String value : values) {
            row.add(value);
          }
          Objects.requireNonNull(appenders.get(side)).row(row.toArray(new String[0]));
        });
    appenders.values().forEach(TableAppender::close);
    String types =
        KnownBreaks.FIELDS.stream()
            .map(
                field -> "CAST(%1$s AS %2$s) AS %1$s".formatted(field.column(), field.type().sql()))
            .collect(Collectors.joining(", "));
    for (Side side : Side.values()) {
      engine.session.execute(
          """
          CREATE OR REPLACE TABLE in_%1$s AS
          SELECT CAST(row_number AS BIGINT) AS row_number, _file,
            CAST(_line AS BIGINT) AS _line, %2$s
          FROM text_%1$s\
          """
              .formatted(side.key(), types));
      engine.session.execute("DROP TABLE text_" + side.key());
    }
  }
}
