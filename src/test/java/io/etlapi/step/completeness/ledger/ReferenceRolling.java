package io.etlapi.step.completeness.ledger;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The rules of rolling once more, written as they are worded and without the engine: every break is
 * compared with every other, every row is counted by looking at all of them. Names a break by what
 * its id is made of instead of by the hash.
 */
final class ReferenceRolling {

  /** What an id stands for. */
  record Name(String openedAs, @Nullable String ref, @Nullable String ccy, int ordinal) {}

  /** An open break. */
  record Open(
      Name name,
      String category,
      Day.@Nullable Line src,
      Day.@Nullable Line tgt,
      LocalDate firstSeen,
      int timesSeen,
      int generation) {
    boolean holds(String side) {
      return (side.equals("src") ? src : tgt) != null;
    }

    Day.@Nullable Line row(String side) {
      return side.equals("src") ? src : tgt;
    }

    boolean isValue() {
      return src != null && tgt != null;
    }
  }

  /** The state of a run date and what closed on it. */
  record State(
      Map<Name, Open> open,
      Map<Name, Integer> closedGenerations,
      Map<Name, String> closedToday,
      List<Day.Line> rows) {
    static final State NONE = new State(Map.of(), Map.of(), Map.of(), List.of());
  }

  private static final List<String> TIE_SIDES = List.of("both", "src", "tgt");

  private ReferenceRolling() {}

  static State roll(State previous, Day day, LocalDate runDate, boolean snapshot) {
    List<Day.Break> todays = new ArrayList<>(day.breaks);
    todays.sort(ReferenceRolling::byContent);
    List<Open> before = new ArrayList<>(previous.open().values());
    before.sort(
        Comparator.<Open>comparingInt(open -> TIE_SIDES.indexOf(open.name().openedAs()))
            .thenComparingInt(open -> open.name().ordinal()));
    Map<Open, Day.Break> same = new LinkedHashMap<>();
    List<Day.Break> left = new ArrayList<>(todays);
    List<BiPredicate<Open, Day.Break>> rules =
        List.of(
            (o, t) -> Objects.equals(o.src(), t.src()) && Objects.equals(o.tgt(), t.tgt()),
            (o, t) -> changes(o, t) && o.src() != null && o.src().equals(t.src()),
            (o, t) -> changes(o, t) && o.tgt() != null && o.tgt().equals(t.tgt()),
            (o, t) ->
                changes(o, t)
                    && ((o.src() != null && t.src() != null)
                        || (o.tgt() != null && t.tgt() != null)));
    for (BiPredicate<Open, Day.Break> rule : rules) {
      for (Open open : before) {
        for (int i = 0; i < left.size() && !same.containsKey(open); i++) {
          Day.Break today = left.get(i);
          if (inCluster(open, today.any()) && rule.test(open, today)) {
            same.put(open, today);
            left.remove(i);
          }
        }
      }
    }
    Map<Name, Open> open = new HashMap<>();
    same.forEach(
        (o, t) ->
            open.put(
                o.name(),
                new Open(
                    o.name(),
                    t.category(),
                    t.src(),
                    t.tgt(),
                    o.firstSeen(),
                    o.timesSeen() + 1,
                    o.generation())));
    Map<Name, String> closed = close(previous, before, same, day, snapshot);
    Map<Name, Integer> generations = new HashMap<>(previous.closedGenerations());
    closed
        .keySet()
        .forEach(name -> generations.put(name, require(previous.open().get(name)).generation()));
    for (Day.Break today : left) {
      int ordinal = 1;
      Name name = name(today, ordinal);
      while (previous.open().containsKey(name) || open.containsKey(name)) {
        name = name(today, ++ordinal);
      }
      int generation = generations.getOrDefault(name, 0) + 1;
      generations.remove(name);
      open.put(
          name, new Open(name, today.category(), today.src(), today.tgt(), runDate, 1, generation));
    }
    return new State(open, generations, closed, day.lines());
  }

  private static Map<Name, String> close(
      State previous, List<Open> before, Map<Open, Day.Break> same, Day day, boolean snapshot) {
    List<Open> gone = new ArrayList<>(before);
    gone.removeAll(same.keySet());
    gone.sort(
        Comparator.<Open>comparingInt(open -> open.isValue() ? 0 : 1)
            .thenComparingInt(open -> -open.name().ordinal())
            .thenComparingInt(open -> TIE_SIDES.indexOf(open.name().openedAs())));
    Map<Name, String> closed = new TreeMap<>(Comparator.comparing(Name::toString));
    Map<String, Integer> used = new HashMap<>();
    for (Open open : gone) {
      boolean disappeared = false;
      if (snapshot) {
        boolean anyMatched =
            day.matched.stream().anyMatch(row -> inCluster(open, row) && open.holds(row.side()));
        disappeared = open.category().equals("KEY_NULL") || !anyMatched;
        if (!disappeared) {
          TreeSet<String> spent = new TreeSet<>();
          boolean lostEverywhere = true;
          for (String side : List.of("src", "tgt")) {
            Day.Line held = open.row(side);
            if (held != null) {
              String cluster = open.name().ref() + "/" + open.name().ccy() + "/" + side;
              String content = cluster + "/" + held.amount();
              spent.add(cluster);
              spent.add(content);
              long rows =
                  count(previous.rows(), open, side, null) - count(day.lines(), open, side, null);
              long contents =
                  count(previous.rows(), open, side, held) - count(day.lines(), open, side, held);
              lostEverywhere &=
                  rows > used.getOrDefault(cluster, 0) && contents > used.getOrDefault(content, 0);
            }
          }
          if (lostEverywhere) {
            spent.forEach(what -> used.merge(what, 1, Integer::sum));
            disappeared = true;
          }
        }
      }
      closed.put(
          open.name(), disappeared ? "DISAPPEARED" : open.isValue() ? "CORRECTED" : "MATCHED");
    }
    return closed;
  }

  private static boolean changes(Open open, Day.Break today) {
    return !open.category().equals("KEY_NULL") && !today.category().equals("KEY_NULL");
  }

  private static long count(
      List<Day.Line> rows, Open open, String side, Day.@Nullable Line content) {
    return rows.stream()
        .filter(row -> row.side().equals(side) && inCluster(open, row))
        .filter(row -> content == null || row.equals(content))
        .count();
  }

  private static boolean inCluster(Open open, Day.Line row) {
    return Objects.equals(open.name().ref(), row.ref())
        && Objects.equals(open.name().ccy(), row.ccy());
  }

  private static Name name(Day.Break today, int ordinal) {
    return new Name(today.side(), today.any().ref(), today.any().ccy(), ordinal);
  }

  private static int byContent(Day.Break a, Day.Break b) {
    int bySrc = byContent(a.src(), b.src());
    return bySrc != 0 ? bySrc : byContent(a.tgt(), b.tgt());
  }

  /** No row before any row, then the fields in order, nulls first. */
  private static int byContent(Day.@Nullable Line a, Day.@Nullable Line b) {
    if (a == null || b == null) {
      return Boolean.compare(a != null, b != null);
    }
    return Comparator.comparing(Day.Line::ref, Comparator.nullsFirst(String::compareTo))
        .thenComparing(Day.Line::ccy, Comparator.nullsFirst(String::compareTo))
        .thenComparing(Day.Line::value, Comparator.nullsFirst(Comparator.naturalOrder()))
        .compare(a, b);
  }

  private static Open require(@Nullable Open open) {
    return Objects.requireNonNull(open);
  }
}
