package io.etlapi.step.completeness.ledger;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rolling against {@link ReferenceRolling} on random sequences of small, crowded days. */
final class RollingReferenceTest {

  private static final int DATES = 20;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void everyDateOfARandomSequenceIsAsTheReferenceSays(long seed, @TempDir Path folder) {
    Random random = new Random(seed);
    RollingBench bench = new RollingBench(folder);
    bench.snapshot = seed % 4 != 0;
    ReferenceRolling.State expected = ReferenceRolling.State.NONE;
    LocalDate date = LocalDate.of(2024, 1, 1);
    Day day = new Day();
    for (int i = 0; i < DATES; i++) {
      day = next(random, day);
      expected = ReferenceRolling.roll(expected, day, date, bench.snapshot);
      RollingBench.Rolled rolled = bench.roll(date.toString(), day);
      String where = "seed " + seed + ", date " + i;

      assertEquals(lines(expected), lines(rolled), where);
      assertEquals(hashed(expected.closedToday()), rolled.closed(), where);
      assertTrue(rolled.summary().closes(), where);
      date = date.plusDays(1);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13})
  void threeDatesAreTheSameWhetherOrNotTheSecondIsRunTwice(long seed, @TempDir Path folder) {
    Random random = new Random(seed);
    Day one = next(random, new Day());
    Day two = next(random, one);
    Day three = next(random, two);
    RollingBench straight = new RollingBench(folder);
    RollingBench again = new RollingBench(folder);
    List.of(straight, again).forEach(bench -> bench.roll("2024-01-01", one));
    List.of(straight, again, again).forEach(bench -> bench.roll("2024-01-02", shuffled(two)));
    List.of(straight, again).forEach(bench -> bench.roll("2024-01-03", three));

    for (String date : List.of("2024-01-02", "2024-01-03")) {
      Map<String, byte[]> files = straight.files(date);
      again.files(date).forEach((name, bytes) -> assertArrayEquals(files.get(name), bytes, name));
    }
  }

  private static Day shuffled(Day day) {
    Day other = new Day();
    other.breaks.addAll(day.breaks);
    other.matched.addAll(day.matched);
    Collections.reverse(other.matched);
    return other;
  }

  /** Keeps some of the rows, changes some, and decides at random what is matched. */
  private static Day next(Random random, Day before) {
    List<Day.Line> src = new ArrayList<>();
    List<Day.Line> tgt = new ArrayList<>();
    for (Day.Line row : before.lines()) {
      if (random.nextInt(4) > 0) {
        (row.side().equals("src") ? src : tgt).add(row);
      }
    }
    for (int i = random.nextInt(6); i > 0; i--) {
      (random.nextBoolean() ? src : tgt).add(null);
    }
    src.replaceAll(row -> row == null ? line(random, "src") : row);
    tgt.replaceAll(row -> row == null ? line(random, "tgt") : row);
    Collections.shuffle(src, random);
    Collections.shuffle(tgt, random);
    Day day = new Day();
    while (!src.isEmpty()) {
      Day.Line row = src.remove(0);
      Day.Line other = row.ref() == null ? null : take(tgt, row);
      int fate = random.nextInt(5);
      if (row.ref() == null) {
        day.breaks.add(new Day.Break("KEY_NULL", row, null));
      } else if (other == null) {
        day.breaks.add(new Day.Break("MISSING_IN_TGT", row, null));
      } else if (fate < 2) {
        day.matched.add(row);
        day.matched.add(other);
      } else if (fate == 2) {
        day.breaks.add(new Day.Break("DUPLICATE_IN_SRC", row, null));
        tgt.add(other);
      } else {
        day.breaks.add(new Day.Break("VALUE", row, other));
      }
    }
    for (Day.Line row : tgt) {
      day.breaks.add(new Day.Break(row.ref() == null ? "KEY_NULL" : "MISSING_IN_SRC", null, row));
    }
    return day;
  }

  private static Day.Line line(Random random, String side) {
    List<String> refs = List.of("A", "B", "");
    String ref = refs.get(random.nextInt(refs.size()));
    return new Day.Line(
        side,
        ref.isEmpty() ? null : ref,
        random.nextInt(3) == 0 ? null : "EUR",
        random.nextInt(3) + 1 + ".00");
  }

  private static Day.@Nullable Line take(List<Day.Line> rows, Day.Line like) {
    for (int i = 0; i < rows.size(); i++) {
      Day.Line row = rows.get(i);
      if (like.ref() != null
          && like.ref().equals(row.ref())
          && Objects.equals(like.ccy(), row.ccy())) {
        return rows.remove(i);
      }
    }
    return null;
  }

  private static Set<String> lines(ReferenceRolling.State state) {
    return state.open().values().stream()
        .map(
            open ->
                line(
                    hash(open.name()),
                    open.category(),
                    open.src() == null ? null : open.src().amount(),
                    open.tgt() == null ? null : open.tgt().amount(),
                    open.firstSeen(),
                    open.timesSeen(),
                    open.generation()))
        .collect(Collectors.toSet());
  }

  private static Set<String> lines(RollingBench.Rolled rolled) {
    return rolled.open().stream()
        .map(
            seen ->
                line(
                    seen.id(),
                    seen.category(),
                    seen.src(),
                    seen.tgt(),
                    seen.firstSeen(),
                    seen.timesSeen(),
                    seen.generation()))
        .collect(Collectors.toSet());
  }

  private static String line(
      String id,
      String category,
      @Nullable String src,
      @Nullable String tgt,
      LocalDate firstSeen,
      long timesSeen,
      long generation) {
    return id
        + " "
        + category
        + " "
        + src
        + " "
        + tgt
        + " "
        + firstSeen
        + " "
        + timesSeen
        + "x g"
        + generation;
  }

  private static Map<String, String> hashed(Map<ReferenceRolling.Name, String> closed) {
    Map<String, String> hashed = new TreeMap<>();
    closed.forEach((name, reason) -> hashed.put(hash(name), reason));
    return hashed;
  }

  /** The published form of an id: control, side at opening, key, group, ordinal. */
  private static String hash(ReferenceRolling.Name name) {
    String text =
        part("trades")
            + part(name.openedAs())
            + part(name.ref())
            + "|"
            + part(name.ccy())
            + "#"
            + name.ordinal();
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)))
          .substring(0, 32);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String part(@Nullable String text) {
    return text == null ? "-" : text.length() + ":" + text;
  }
}
