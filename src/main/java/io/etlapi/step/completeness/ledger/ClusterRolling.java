package io.etlapi.step.completeness.ledger;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Rolls the breaks of one key and group from the previous run date to today: which of today's
 * breaks continue, which are new, and why the others closed. A pure function; contents stand as
 * digests, equal exactly when the rows are.
 */
final class ClusterRolling {

  /**
   * The rows that a break holds.
   *
   * @param src digest of the source row's fields; null where the break holds none
   * @param tgt digest of the target row's fields; null where the break holds none
   */
  record Contents(@Nullable String src, @Nullable String tgt) {
    BreakSide side() {
      return BreakSide.of(src != null, tgt != null);
    }

    boolean sharesSide(Contents other) {
      return (src != null && other.src != null) || (tgt != null && other.tgt != null);
    }
  }

  /**
   * How many rows stand on a side.
   *
   * @param rows of the key and group
   * @param same of the key and group with the content that the break holds
   */
  record RowCount(long rows, long same) {
    static final RowCount NONE = new RowCount(0, 0);
  }

  /**
   * A break of the previous state that stood in the data when last seen.
   *
   * @param openedAs the sides it held when it was opened first
   * @param settled how a person closed it before today; null while it is open
   * @param decided how a person asked to close it since; null if nobody did
   * @param srcBefore the source side when last seen
   * @param srcNow the same counts today
   */
  record Carried(
      String id,
      BreakSide openedAs,
      int ordinal,
      Contents contents,
      boolean keyNull,
      @Nullable CloseReason settled,
      @Nullable CloseReason decided,
      RowCount srcBefore,
      RowCount srcNow,
      RowCount tgtBefore,
      RowCount tgtNow) {}

  /**
   * A break of today.
   *
   * @param no its place among all of today's breaks
   */
  record Today(long no, Contents contents, boolean keyNull) {}

  /** What becomes of a break. */
  sealed interface Decision permits Continued, Opened, Closed, Settled {}

  /** Today's break is an open one of the previous state. */
  record Continued(String id, long today) implements Decision {}

  /** Today's break is new, or a closed one that came back. */
  record Opened(long today, BreakSide openedAs, int ordinal) implements Decision {}

  /** An open break of the previous state is open no more. */
  record Closed(String id, CloseReason reason) implements Decision {}

  /** Today's break stands in the data although a person closed it, before or now. */
  record Settled(String id, long today, CloseReason reason, boolean closesNow)
      implements Decision {}

  private static final Comparator<Carried> TIE_ORDER =
      Comparator.comparing(Carried::openedAs).thenComparingInt(Carried::ordinal);

  /** VALUE breaks first, then the highest ordinal: the order in which lost rows close breaks. */
  private static final Comparator<Carried> LOSS_ORDER =
      Comparator.<Carried, Boolean>comparing(open -> open.contents().side() != BreakSide.BOTH)
          .thenComparing(Comparator.comparingInt(Carried::ordinal).reversed())
          .thenComparing(Carried::openedAs);

  private final boolean snapshot;
  private final boolean srcMatched;
  private final boolean tgtMatched;
  private final List<Carried> carried;
  private final List<Today> todays;

  /** By place in {@link #carried}: the place of its continuation in {@link #todays}, or -1. */
  private final int[] continuation;

  private final boolean[] taken;
  private final List<Decision> decisions = new ArrayList<>();

  private ClusterRolling(
      List<Carried> carried,
      List<Today> todays,
      boolean srcMatched,
      boolean tgtMatched,
      boolean snapshot) {
    this.carried = carried.stream().sorted(TIE_ORDER).toList();
    this.todays = List.copyOf(todays);
    this.srcMatched = srcMatched;
    this.tgtMatched = tgtMatched;
    this.snapshot = snapshot;
    this.continuation = new int[carried.size()];
    Arrays.fill(continuation, -1);
    this.taken = new boolean[todays.size()];
  }

  /**
   * Decides on every break of one key and group.
   *
   * @param carried in any order
   * @param todays in the order of their canonical content
   * @param srcMatched whether a source row of the key and group is matched today
   * @param tgtMatched whether a target row of the key and group is matched today
   * @param snapshot whether the feed shows all that exists, so that what is not there is gone
   */
  static List<Decision> roll(
      List<Carried> carried,
      List<Today> todays,
      boolean srcMatched,
      boolean tgtMatched,
      boolean snapshot) {
    ClusterRolling rolling = new ClusterRolling(carried, todays, srcMatched, tgtMatched, snapshot);
    rolling.pairEqual(open -> open.contents(), Today::contents, open -> true);
    rolling.pairEqual(
        open -> open.contents().src(), today -> today.contents().src(), ClusterRolling::mayChange);
    rolling.pairEqual(
        open -> open.contents().tgt(), today -> today.contents().tgt(), ClusterRolling::mayChange);
    rolling.pairAnySharedSide();
    rolling.close();
    rolling.open();
    return rolling.decisions;
  }

  /** A row without a key is known by its content alone; a settled break only as it was settled. */
  private static boolean mayChange(Carried open) {
    return open.settled() == null && !open.keyNull();
  }

  /** Pairs what is still free and equal in some part; a part that is null pairs with nothing. */
  private void pairEqual(
      Function<Carried, @Nullable Object> ofOpen,
      Function<Today, @Nullable Object> ofToday,
      Predicate<Carried> eligible) {
    Map<Object, Deque<Integer>> free = new HashMap<>();
    for (int t = 0; t < taken.length; t++) {
      Object part = ofToday.apply(todays.get(t));
      if (!taken[t] && part != null) {
        free.computeIfAbsent(part, key -> new ArrayDeque<>()).addLast(t);
      }
    }
    for (int o = 0; o < continuation.length && !free.isEmpty(); o++) {
      Object part = ofOpen.apply(carried.get(o));
      if (continuation[o] < 0 && part != null && eligible.test(carried.get(o))) {
        Deque<Integer> equal = free.get(part);
        if (equal != null && !equal.isEmpty()) {
          pair(o, equal.removeFirst());
        }
      }
    }
  }

  /** Three cursors that only move on keep this linear, however many rows share one key. */
  private void pairAnySharedSide() {
    Map<BreakSide, Integer> cursor = new EnumMap<>(BreakSide.class);
    for (int o = 0; o < continuation.length; o++) {
      Carried open = carried.get(o);
      if (continuation[o] >= 0 || !mayChange(open)) {
        continue;
      }
      BreakSide held = open.contents().side();
      int t = cursor.getOrDefault(held, 0);
      while (t < taken.length
          && (taken[t]
              || todays.get(t).keyNull()
              || !open.contents().sharesSide(todays.get(t).contents()))) {
        t++;
      }
      cursor.put(held, t);
      if (t < taken.length) {
        pair(o, t);
      }
    }
  }

  private void pair(int open, int today) {
    continuation[open] = today;
    taken[today] = true;
  }

  private void close() {
    LostRows lost = new LostRows(carried);
    List<Integer> order =
        IntStream.range(0, continuation.length)
            .boxed()
            .sorted(Comparator.comparing(carried::get, LOSS_ORDER))
            .toList();
    for (int o : order) {
      Carried open = carried.get(o);
      if (continuation[o] >= 0) {
        decisions.add(standing(open, todays.get(continuation[o])));
      } else if (open.settled() == null) {
        CloseReason found = reason(open, lost);
        decisions.add(new Closed(open.id(), open.decided() != null ? open.decided() : found));
      }
    }
  }

  private static Decision standing(Carried open, Today today) {
    if (open.settled() != null) {
      return new Settled(open.id(), today.no(), open.settled(), false);
    }
    // A decision covers what the person saw: it lapses when the rows have changed since.
    return open.decided() != null && open.contents().equals(today.contents())
        ? new Settled(open.id(), today.no(), open.decided(), true)
        : new Continued(open.id(), today.no());
  }

  private CloseReason reason(Carried open, LostRows lost) {
    if (snapshot && (open.keyNull() || !anyMatched(open.contents()) || lost.take(open))) {
      return CloseReason.DISAPPEARED;
    }
    return open.contents().side() == BreakSide.BOTH ? CloseReason.CORRECTED : CloseReason.MATCHED;
  }

  private boolean anyMatched(Contents held) {
    return (held.src() != null && srcMatched) || (held.tgt() != null && tgtMatched);
  }

  private void open() {
    Map<BreakSide, Set<Integer>> used = new EnumMap<>(BreakSide.class);
    for (int o = 0; o < continuation.length; o++) {
      Carried open = carried.get(o);
      // A settled break that left the data gives its ordinal back, as any closed one has.
      if (open.settled() == null || continuation[o] >= 0) {
        used.computeIfAbsent(open.openedAs(), side -> new HashSet<>()).add(open.ordinal());
      }
    }
    Map<BreakSide, Integer> next = new EnumMap<>(BreakSide.class);
    for (int t = 0; t < taken.length; t++) {
      if (!taken[t]) {
        BreakSide side = todays.get(t).contents().side();
        int ordinal = next.getOrDefault(side, 1);
        while (used.getOrDefault(side, Set.of()).contains(ordinal)) {
          ordinal++;
        }
        next.put(side, ordinal + 1);
        decisions.add(new Opened(todays.get(t).no(), side, ordinal));
      }
    }
  }

  /** Rows that were there when last seen and are not today; each can close one break. */
  private static final class LostRows {
    private final Map<String, Long> left = new HashMap<>();

    LostRows(List<Carried> carried) {
      for (Carried open : carried) {
        if (open.contents().src() != null) {
          put("src", open.srcBefore().rows() - open.srcNow().rows());
          put("src " + open.contents().src(), open.srcBefore().same() - open.srcNow().same());
        }
        if (open.contents().tgt() != null) {
          put("tgt", open.tgtBefore().rows() - open.tgtNow().rows());
          put("tgt " + open.contents().tgt(), open.tgtBefore().same() - open.tgtNow().same());
        }
      }
    }

    private void put(String what, long lost) {
      left.put(what, lost);
    }

    /** Uses up one lost row on every side the break held, if there is one on each. */
    boolean take(Carried open) {
      List<String> needed = new ArrayList<>();
      if (open.contents().src() != null) {
        needed.add("src");
        needed.add("src " + open.contents().src());
      }
      if (open.contents().tgt() != null) {
        needed.add("tgt");
        needed.add("tgt " + open.contents().tgt());
      }
      if (needed.stream().anyMatch(what -> left.getOrDefault(what, 0L) < 1)) {
        return false;
      }
      needed.forEach(what -> left.merge(what, -1L, Long::sum));
      return true;
    }
  }
}
