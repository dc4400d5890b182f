package io.etlapi.step.completeness;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.etlapi.step.completeness.control.Side;
import io.etlapi.step.completeness.matching.KnownBreaks;
import io.etlapi.step.completeness.matching.OutputRulesStep;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every break that was put into two CSV files comes out of all seventeen steps, counted and summed
 * to the cent, and no other; and all of them are still open, one day older, on the next date.
 */
class KnownBreaksFilesTest {

  private static final String SIDE =
      """
      {"files": "SIDE_{run_date:yyyyMMdd}.csv", "format": "csv", "columns": [
        {"name": "trade_ref", "type": "text"}, {"name": "trade_date", "type": "date"},
        {"name": "currency", "type": "text"}, {"name": "amount", "type": "decimal(18,2)"},
        {"name": "party", "type": "text"}]}\
      """;

  private static final String CONTROL =
      """
      {
        "control_id": "known",
        "sides": {"src": %s, "tgt": %s},
        "harmonise": [
          {"to": "trade_ref", "src": "trade_ref", "tgt": "trade_ref", "ops": ["trim", "upper"]},
          {"to": "trade_date", "src": "trade_date", "tgt": "trade_date"},
          {"to": "currency", "src": "currency", "tgt": "currency", "ops": ["upper"]},
          {"to": "amount", "src": "amount", "tgt": "amount"},
          {"to": "party", "src": "party", "tgt": "party"}
        ],
        "enrich": {
          "src": [{"files": "desks.csv", "format": "csv", "on": {"currency": "ccy"}, "add": {"desk": "desk"}}],
          "tgt": [{"files": "desks.csv", "format": "csv", "on": {"currency": "ccy"}, "add": {"desk": "desk"}}]
        },
        "match": {
          "key": ["trade_ref"], "group_by": ["currency"], "balance": ["amount"],
          "passes": [
            {"id": "exact", "type": "1:1", "on": ["trade_ref"], "compare": [
              {"field": "amount", "kind": "exact"}, {"field": "trade_date", "kind": "exact"},
              {"field": "party", "kind": "exact"}]},
            {"id": "format", "type": "1:1", "on": ["trade_ref"], "compare": [
              {"field": "amount", "kind": "exact"}, {"field": "trade_date", "kind": "exact"},
              {"field": "party", "kind": "text"}]},
            {"id": "rounding", "type": "1:1", "on": ["trade_ref"], "compare": [
              {"field": "amount", "kind": "absolute", "tolerance": "0.01"},
              {"field": "trade_date", "kind": "exact"}, {"field": "party", "kind": "text"}]},
            {"id": "late", "type": "1:1", "on": ["trade_ref"], "compare": [
              {"field": "amount", "kind": "exact"},
              {"field": "trade_date", "kind": "days", "tolerance": "2"},
              {"field": "party", "kind": "text"}]},
            {"id": "split", "type": "1:n", "on": ["trade_ref"], "compare": [
              {"field": "amount", "kind": "absolute", "tolerance": "0.00"},
              {"field": "trade_date", "kind": "days", "tolerance": "2"},
              {"field": "party", "kind": "text"}]}
          ]
        }
      }
      """
          .formatted(SIDE.replace("SIDE", "src"), SIDE.replace("SIDE", "tgt"));

  private final WholeControl whole;

  KnownBreaksFilesTest(@TempDir Path folder) throws IOException {
    this.whole = new WholeControl(folder);
  }

  @Test
  void aThousandRecordsGiveExactlyTheBreaksThatWerePutIn() throws Exception {
    long breaks = findsWhatWasPutIn(1_000);

    assertEquals("BREAKS", whole.run("2024-01-16").get("verdict"));
    Map<?, ?> next = whole.details("break_rolling_comp");
    assertEquals(breaks, next.get("open_breaks"));
    assertEquals(0L, next.get("new"));
    assertEquals(0L, next.get("closed"));
  }

  @Test
  @Tag("million")
  void aMillionRecordsGiveExactlyTheBreaksThatWerePutIn() throws Exception {
    findsWhatWasPutIn(1_000_000);
  }

  private long findsWhatWasPutIn(int records) throws Exception {
    KnownBreaks known = new KnownBreaks(7, records);
    write(whole.control.bench().data(), known);

    Map<String, @Nullable Object> rolled = whole.run("2024-01-15");
    Map<?, ?> details = whole.details(OutputRulesStep.NAME);
    Map<String, Object> counts = new TreeMap<>();
    for (String member : List.of("matches_by_pass", "breaks_by_category")) {
      WholeControl.map(details.get(member))
          .forEach((name, n) -> counts.put(String.valueOf(name), n));
    }
    assertEquals(known.counts(), counts);
    assertEquals(known.sums(), sums());
    for (Side side : Side.values()) {
      Map<?, ?> figures = WholeControl.map(WholeControl.map(details.get("sides")).get(side.key()));
      assertEquals(known.rows(side), figures.get("read"));
    }
    assertEquals("BREAKS", rolled.get("verdict"));
    long breaks =
        known.sums().keySet().stream()
            .map(name -> name.substring(0, name.indexOf(' ')))
            .distinct()
            .mapToLong(category -> known.counts().getOrDefault(category, 0L))
            .sum();
    assertEquals(breaks, whole.details("break_rolling_comp").get("new"));

    assertEquals(List.of(), whole.accountsThatDoNotClose());
    return breaks;
  }

  private Map<String, BigDecimal> sums() throws Exception {
    Map<String, BigDecimal> sums = new TreeMap<>();
    for (String line :
        whole.control.grouped(
            whole.output(OutputRulesStep.NAME),
            "category || ' ' || currency",
            "sum(diff_amount)")) {
      String[] parts = line.split("\\|", -1);
      sums.put(parts[0], new BigDecimal(parts[1]));
    }
    return sums;
  }

  /** The same rows on both run dates. */
  private static void write(Path data, KnownBreaks known) throws IOException {
    Files.writeString(data.resolve("control.json"), CONTROL);
    Files.writeString(data.resolve("desks.csv"), "ccy,desk\nEUR,Frankfurt\nUSD,New York\n");
    try (BufferedWriter src = Files.newBufferedWriter(data.resolve("src_20240115.csv"));
        BufferedWriter tgt = Files.newBufferedWriter(data.resolve("tgt_20240115.csv"))) {
      for (BufferedWriter out : List.of(src, tgt)) {
        out.write("trade_ref,trade_date,currency,amount,party\n");
      }
      known.write((side, values) -> line(side == Side.SRC ? src : tgt, values));
    }
    for (Side side : Side.values()) {
      Files.copy(
          data.resolve(side.key() + "_20240115.csv"), data.resolve(side.key() + "_20240116.csv"));
    }
  }

  /** No value holds a comma or a quote; a null is an empty field. */
  private static void line(BufferedWriter out, @Nullable String... values) {
    try {
      for (int i = 0; i < values.length; i++) {
        String value = values[i];
        out.write((i == 0 ? "" : ",") + (value == null ? "" : value));
      }
      out.write('\n');
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
