package io.etlapi.http.live;

import io.etlapi.task.TaskId;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The last events, shared by all streams: a stream is no more than a place in it, so a slow client
 * holds nothing back and takes no memory. Thread-safe.
 */
final class EventRing {

  private final LiveEvent[] events;

  /** Of the event that comes next. */
  private long next = 1;

  EventRing(int capacity) {
    events = new LiveEvent[capacity];
  }

  /** Adds an event in place of the oldest one. */
  synchronized void append(String name, Set<TaskId> about, Supplier<String> json) {
    events[(int) (next % events.length)] = new LiveEvent(next, name, about, json);
    next++;
  }

  /** Sequence of the newest event; 0 before the first. */
  synchronized long newest() {
    return next - 1;
  }

  /** Whether everything after the event of this sequence is still here. */
  synchronized boolean reachesBackTo(long sequence) {
    return sequence >= next - 1 - events.length && sequence < next;
  }

  /**
   * The events that follow one, oldest first; none at the end.
   *
   * @param sequence one that the ring {@link #reachesBackTo}: what is older is left out
   */
  synchronized List<LiveEvent> after(long sequence, int max) {
    long from = Math.max(sequence + 1, Math.max(1, next - events.length));
    List<LiveEvent> following = new ArrayList<>();
    for (long i = from; i < next && following.size() < max; i++) {
      following.add(events[(int) (i % events.length)]);
    }
    return following;
  }
}
