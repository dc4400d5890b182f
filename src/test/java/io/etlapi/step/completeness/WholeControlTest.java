package io.etlapi.step.completeness;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.etlapi.step.completeness.ledger.BreakRollingStep;
import io.etlapi.step.completeness.matching.OutputRulesStep;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What must hold for every control, from CSV files to the ledger, on crowded random days: null
 * keys, duplicates, two currencies, rows that are malformed, uncastable, out of scope or unknown to
 * a lookup.
 */
class WholeControlTest {

  private static final List<String> DATES = List.of("2024-01-12", "2024-01-15", "2024-01-16");

  /** Both sides are alike, so that files can be swapped. */
  private static final String SIDE =
      """
      {"files": "SIDE_{run_date:yyyyMMdd}.csv", "format": "csv", "columns": [
        {"name": "Ref", "type": "text"}, {"name": "Day", "type": "date", "format": "dd/MM/yyyy"},
        {"name": "Ccy", "type": "text"},
        {"name": "Amount", "type": "decimal(18,2)", "thousands_separator": ","},
        {"name": "Status", "type": "text"}],
        "scope": "Status <> 'OUT'"}\
      """;

  private static final String DESK =
      """
      [{"files": "desks.csv", "format": "csv", "on": {"ccy": "ccy"}, "add": {"desk": "desk"},
        "missing": "reject"}]\
      """;

  private static final String CONTROL =
      """
      {
        "control_id": "whole",
        "sides": {"src": %1$s, "tgt": %2$s},
        "harmonise": [
          {"to": "ref", "src": "Ref", "tgt": "Ref", "ops": ["trim", "upper", "strip_leading_zeros"]},
          {"to": "day", "src": "Day", "tgt": "Day"},
          {"to": "ccy", "src": "Ccy", "tgt": "Ccy", "ops": ["upper"], "map": {"STG": "GBP"}},
          {"to": "amount", "src": "Amount", "tgt": "Amount"}
        ],
        "enrich": {"src": %3$s, "tgt": %3$s},
        "transform": {"src": [{"to": "size", "sql": "abs(amount)"}],
                      "tgt": [{"to": "size", "sql": "abs(amount)"}]},
        "match": {
          "key": ["ref"], "group_by": ["ccy"], "balance": ["amount"],
          "passes": [
            {"id": "exact", "type": "1:1", "on": ["ref"], "compare": [
              {"field": "amount", "kind": "exact"}, {"field": "day", "kind": "exact"}]},
            {"id": "near", "type": "1:1", "on": ["ref"], "compare": [
              {"field": "amount", "kind": "absolute", "tolerance": "0.01"},
              {"field": "day", "kind": "days", "tolerance": "1"}]},
            {"id": "share", "type": "1:1", "on": ["ref", "day"], "compare": [
              {"field": "amount", "kind": "percent", "tolerance": "1", "base": "max"}]},
            {"id": "split", "type": "n:m", "on": ["ref"], "compare": [
              {"field": "amount", "kind": "absolute", "tolerance": "0.00"}]}
          ]
        },
        "explain": [{"when": "abs(diff_amount) < 0.05", "as": "ROUNDING", "owner": "ops"}],
        "rolling": {"feed": "FEED", "calendar": "weekdays", "buckets": [1, 5]}
      }
      """
          .formatted(SIDE.replace("SIDE", "src"), SIDE.replace("SIDE", "tgt"), DESK);

  private static final String HEADER = "Ref,Day,Ccy,Amount,Status\n";

  private final Path folder;

  WholeControlTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void aDateThatIsRunTwiceChangesNoFile() throws Exception {
    WholeControl straight = control("straight", 1, "snapshot", lines -> lines);
    WholeControl repeated = control("repeated", 1, "snapshot", lines -> lines);
    for (String date : DATES) {
      assertAccounted(straight, date);
      repeated.run(date);
      if (date.equals(DATES.get(1))) {
        repeated.run(date);
      }
      assertSameFiles(straight, repeated, OutputRulesStep.NAME, date);
      assertSameFiles(straight, repeated, BreakRollingStep.NAME, date);
    }
  }

  @Test
  void anotherOrderOfRowsChangesNoBreak() throws Exception {
    WholeControl straight = control("straight", 2, "delta", lines -> lines);
    WholeControl shuffled =
        control(
            "shuffled",
            2,
            "delta",
            lines -> {
              List<String> other = new ArrayList<>(lines);
              Collections.shuffle(other, new Random(9));
              return other;
            });
    for (String date : DATES) {
      assertAccounted(straight, date);
      shuffled.run(date);
      assertEquals(open(straight), open(shuffled), date);
    }
  }

  /** No row without a currency gets that far, so the same records stand behind both keys. */
  @Test
  void aGroupMayBePartOfTheKeyAndHalfADayIsNoDay() throws Exception {
    WholeControl straight = control("straight", 4, "snapshot", lines -> lines);
    WholeControl keyed = control("keyed", 4, "snapshot", lines -> lines);
    keyed.control.file(
        "control.json",
        CONTROL
            .replace("FEED", "snapshot")
            .replace("\"key\": [\"ref\"]", "\"key\": [\"ref\", \"ccy\"]")
            .replace("\"days\", \"tolerance\": \"1\"", "\"days\", \"tolerance\": \"1.5\""));
    for (String date : DATES) {
      assertAccounted(straight, date);
      assertAccounted(keyed, date);
      String columns =
          "category, ref, ccy, src_amount, src_day, src_line, tgt_amount, tgt_day, tgt_line,"
              + " diff_amount, differing_fields, explanation";
      assertEquals(rows(straight, columns), rows(keyed, columns), date);
      assertEquals(open(straight, ""), open(keyed, ""), date);
      assertEquals(
          straight.details(BreakRollingStep.NAME).get("sides"),
          keyed.details(BreakRollingStep.NAME).get("sides"),
          date);
    }
  }

  private static void assertAccounted(WholeControl whole, String date) throws Exception {
    assertEquals("BREAKS", whole.run(date).get("verdict"), date);
    assertEquals(List.of(), whole.accountsThatDoNotClose(), date);
  }

  @Test
  void swappingTheSidesMirrorsTheBreaks() throws Exception {
    WholeControl straight = control("straight", 3, "snapshot", lines -> lines);
    WholeControl swapped = new WholeControl(folder.resolve("swapped"));
    write(swapped, 3, "snapshot", lines -> lines, true);
    straight.run(DATES.get(0));
    swapped.run(DATES.get(0));
    assertEquals(
        rows(straight, "category, ref, ccy, src_amount, src_day, tgt_amount, tgt_day, diff_amount"),
        rows(swapped, "category, ref, ccy, tgt_amount, tgt_day, src_amount, src_day, -diff_amount")
            .stream()
            .map(WholeControlTest::mirrored)
            .sorted()
            .toList());
    Map<?, ?> figures = WholeControl.map(straight.details(OutputRulesStep.NAME).get("sides"));
    Map<?, ?> others = WholeControl.map(swapped.details(OutputRulesStep.NAME).get("sides"));
    assertEquals(figures.get("src"), others.get("tgt"));
    assertEquals(figures.get("tgt"), others.get("src"));
  }

  private static String mirrored(String row) {
    return row.replace("_IN_SRC", "_IN_?")
        .replace("_IN_TGT", "_IN_SRC")
        .replace("_IN_?", "_IN_TGT");
  }

  private static List<String> rows(WholeControl whole, String columns) throws Exception {
    return whole.control.rows(whole.output(OutputRulesStep.NAME), "", columns).stream()
        .sorted()
        .toList();
  }

  /** Open breaks without what tells where in a file their rows stand. */
  private static List<String> open(WholeControl whole) throws Exception {
    return open(whole, "break_id, ");
  }

  private static List<String> open(WholeControl whole, String first) throws Exception {
    return whole
        .control
        .rows(
            whole.output(BreakRollingStep.NAME),
            "",
            first
                + "category, ref, ccy, src_amount, src_day, src_desk, tgt_amount, tgt_day,"
                + " diff_amount, differing_fields, explanation, first_seen, age_days, age_bucket,"
                + " times_seen, generation, status")
        .stream()
        .sorted()
        .toList();
  }

  private static void assertSameFiles(
      WholeControl one, WholeControl other, String step, String date) throws Exception {
    Map<String, byte[]> files = one.files(one.output(step));
    Map<String, byte[]> others = other.files(other.output(step));
    assertEquals(files.keySet(), others.keySet());
    files.remove("control.json"); // names rootFileDir, which differs between the two
    files.forEach((name, bytes) -> assertArrayEquals(bytes, others.get(name), name + " " + date));
  }

  private WholeControl control(
      String name, long seed, String feed, UnaryOperator<List<String>> order) throws Exception {
    WholeControl whole = new WholeControl(folder.resolve(name));
    write(whole, seed, feed, order, false);
    return whole;
  }

  private static void write(
      WholeControl whole,
      long seed,
      String feed,
      UnaryOperator<List<String>> order,
      boolean swapped)
      throws Exception {
    Random random = new Random(seed);
    whole.control.file("control.json", CONTROL.replace("FEED", feed));
    whole.control.file("desks.csv", "ccy,desk\nEUR,Frankfurt\nGBP,London\n");
    Map<String, List<String>> before = new LinkedHashMap<>();
    for (String date : DATES) {
      for (String side : List.of("src", "tgt")) {
        List<String> lines = lines(random, before.getOrDefault(side, List.of()));
        before.put(side, lines);
        String name = swapped ? (side.equals("src") ? "tgt" : "src") : side;
        whole.control.file(
            name + "_" + date.replace("-", "") + ".csv",
            HEADER + String.join("", order.apply(lines)));
      }
    }
  }

  /** Keeps two thirds of the day before, so that breaks continue, change and close. */
  private static List<String> lines(Random random, List<String> before) {
    List<String> lines = new ArrayList<>();
    for (String line : before) {
      if (random.nextInt(3) > 0) {
        lines.add(line);
      }
    }
    String[] refs = {"A1", "a1 ", "00A1", "B2", "C3", "D4", "E5", "", "F6"};
    String[] days = {"12/01/2024", "13/01/2024", "15/01/2024", "31/02/2024"};
    String[] currencies = {"EUR", "eur", "STG", "GBP", "CHF"};
    String[] amounts = {"10.00", "10.01", "20.00", "-30", "\"1,000.00\"", "1000.5", "x"};
    while (lines.size() < 30) {
      lines.add(
          random.nextInt(30) == 0
              ? "torn,line\n"
              : String.join(
                  ",",
                  refs[random.nextInt(refs.length)],
                  days[random.nextInt(8) % (random.nextInt(5) == 0 ? 4 : 3)],
                  currencies[random.nextInt(random.nextInt(4) == 0 ? 5 : 4)],
                  amounts[random.nextInt(random.nextInt(4) == 0 ? 7 : 6)],
                  random.nextInt(12) == 0 ? "OUT\n" : random.nextInt(9) == 0 ? "\n" : "LIVE\n"));
    }
    return lines;
  }
}
