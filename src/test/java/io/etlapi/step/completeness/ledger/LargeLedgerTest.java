package io.etlapi.step.completeness.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A ledger of a hundred thousand breaks is still read by people: in pages, break by break. */
@Tag("million")
class LargeLedgerTest {

  private static final int BREAKS = 100_000;

  /** Many times what it takes; the figures themselves are printed. */
  private static final double LIMIT_SECONDS = 10;

  @Test
  @Timeout(300)
  void everyBreakIsOnOnePageAndCanBeExplained(@TempDir Path folder) throws InterruptedException {
    LedgerBench bench = new LedgerBench(folder);
    Day day = new Day();
    for (int i = 0; i < BREAKS / 2; i++) {
      String amount = i % 1_000 + ".00";
      day.breaks.add(
          new Day.Break("MISSING_IN_TGT", new Day.Line("src", "S" + i, "EUR", amount), null));
      day.breaks.add(
          new Day.Break("MISSING_IN_SRC", null, new Day.Line("tgt", "T" + i, "EUR", amount)));
    }
    long started = System.nanoTime();
    bench.run("2024-01-15", day);
    bench.run("2024-01-16", day);
    System.out.printf("%d breaks rolled twice in %.1f s%n", BREAKS, seconds(started));

    Set<@Nullable Object> ids = new HashSet<>();
    Optional<BreaksQuery.Cursor> cursor = Optional.empty();
    double slowest = 0;
    String last = "";
    do {
      long began = System.nanoTime();
      LedgerQueries.Page page =
          bench.queries.breaks(
              "trades",
              BreaksQuery.of(
                  null,
                  null,
                  null,
                  null,
                  "1000",
                  cursor.map(BreaksQuery.Cursor::toString).orElse(null)));
      slowest = Math.max(slowest, seconds(began));
      assertTrue(page.next().isEmpty() || page.breaks().size() == 1_000);
      page.breaks().forEach(found -> ids.add(found.get("break_id")));
      last = String.valueOf(page.breaks().get(0).get("break_id"));
      cursor = page.next();
    } while (cursor.isPresent());
    assertEquals(BREAKS, ids.size());

    long began = System.nanoTime();
    assertEquals(
        "the nearest row of " + other(bench, last) + " fails every pass",
        bench.queries.explanation("trades", last, Optional.empty()).get("summary"));
    double explained = seconds(began);
    began = System.nanoTime();
    assertEquals(2, bench.queries.history("trades", last).size());
    double told = seconds(began);
    System.out.printf(
        "%d breaks: slowest page %.3f s, explanation %.3f s, history %.3f s%n",
        BREAKS, slowest, explained, told);
    assertTrue(slowest < LIMIT_SECONDS, () -> "a page took long");
    assertTrue(explained < LIMIT_SECONDS, () -> "an explanation took " + explained + " s");
    assertTrue(told < LIMIT_SECONDS, () -> "a history took " + told + " s");
  }

  private static String other(LedgerBench bench, String breakId) throws InterruptedException {
    Object side = bench.queries.find("trades", breakId, Optional.empty()).get("side");
    return "src".equals(side) ? "tgt" : "src";
  }

  private static double seconds(long since) {
    return (System.nanoTime() - since) / 1e9;
  }
}
