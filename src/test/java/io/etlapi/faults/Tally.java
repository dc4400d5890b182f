package io.etlapi.faults;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a part of the suite did, and every promise that it found broken. Thread-safe. */
public final class Tally {

  /** Ways in which a promise is broken. */
  public enum Breach {
    /** Acknowledged, and not there or older. */
    LOST,
    /** There in part. */
    TORN,
    /** Run more often than was allowed. */
    TWICE,
    /** Acknowledged as stopped, and ended otherwise. */
    STOPPED_THEN_COMPLETED,
    /** A partial or orphaned file under a final name. */
    PARTIAL,
    /** An answer of the kind 5xx that is not by design. */
    FAULTY_ANSWER,
    /** More tasks ran than may. */
    ABOVE_LIMIT,
    /** Anything else that must not be. */
    OTHER
  }

  /** Enough to see what is wrong; a broken store would fill the disk with the rest. */
  private static final int MESSAGES = 20;

  private final Map<String, Long> counts = new TreeMap<>();
  private final Map<Breach, Long> breaches = new EnumMap<>(Breach.class);
  private final List<String> messages = new ArrayList<>();

  /** Something was done. */
  public synchronized void count(String what, long times) {
    counts.merge(what, times, Long::sum);
  }

  /** A figure of which the greatest counts; its name begins with "max". */
  public synchronized void highest(String what, long value) {
    counts.merge(what, value, Math::max);
  }

  /** A promise was not kept. */
  public synchronized void broken(Breach breach, String message) {
    breaches.merge(breach, 1L, Long::sum);
    if (messages.size() < MESSAGES) {
      messages.add(breach + ": " + message);
    }
  }

  public synchronized long count(String what) {
    return counts.getOrDefault(what, 0L);
  }

  public synchronized long breaches() {
    return breaches.values().stream().mapToLong(Long::longValue).sum();
  }

  public synchronized Map<String, Long> counts() {
    return new TreeMap<>(counts);
  }

  public synchronized Map<Breach, Long> byBreach() {
    return new EnumMap<>(breaches.isEmpty() ? new EnumMap<>(Breach.class) : breaches);
  }

  public synchronized List<String> messages() {
    return List.copyOf(messages);
  }
}
