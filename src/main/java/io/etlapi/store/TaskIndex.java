package io.etlapi.store;

import io.etlapi.task.TaskCounts;
import io.etlapi.task.TaskId;
import io.etlapi.task.TaskQuery;
import io.etlapi.task.TaskStatus;
import io.etlapi.task.TaskSummary;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Answers lists, counts and look-ups from memory. Ordered by id, which is the order of creation for
 * ids made by this server. Readers never wait; changes of one task must come one after another.
 * Thread-safe.
 */
final class TaskIndex {

  private final ConcurrentSkipListSet<IdKey> all = new ConcurrentSkipListSet<>();
  private final ConcurrentSkipListSet<IdKey> unfinished = new ConcurrentSkipListSet<>();
  private final ConcurrentHashMap<TaskId, List<IndexEntry>> childrenOf = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<String, TaskId> byKey = new ConcurrentHashMap<>();

  private final Object tally = new Object();
  private final EnumMap<TaskStatus, Long> counts = new EnumMap<>(TaskStatus.class);
  private long outputBytes;
  private long recordBytes;

  @Nullable IndexEntry entry(TaskId id) {
    IdKey key = new IdKey(id);
    return all.floor(key) instanceof IndexEntry found && found.equals(key) ? found : null;
  }

  /** Adds a task that is not there yet. */
  void add(IndexEntry entry) {
    TaskId parent = entry.parentId();
    if (parent != null) {
      childrenOf.merge(parent, List.of(entry), TaskIndex::merged);
    }
    String key = entry.idempotencyKey();
    if (key != null) {
      // The newest, in whatever order a start reads them.
      byKey.merge(key, entry.id(), (one, other) -> one.compareTo(other) > 0 ? one : other);
    }
    if (!entry.progress().status().isTerminal()) {
      unfinished.add(entry);
    }
    count(null, entry.progress());
    all.add(entry);
  }

  /** Records what a task has become. */
  void change(IndexEntry entry, IndexEntry.Progress next) {
    IndexEntry.Progress before = entry.progress();
    entry.progress(next);
    count(before, next);
    if (next.status().isTerminal()) {
      unfinished.remove(entry);
    }
  }

  void remove(TaskId id) {
    IndexEntry entry = entry(id);
    if (entry == null || !all.remove(entry)) {
      return;
    }
    unfinished.remove(entry);
    count(entry.progress(), null);
    TaskId parent = entry.parentId();
    if (parent != null) {
      childrenOf.computeIfPresent(parent, (key, siblings) -> without(siblings, entry));
    }
    String key = entry.idempotencyKey();
    if (key != null) {
      byKey.remove(key, id);
    }
  }

  List<TaskSummary> list(TaskQuery query) {
    TaskId parent = query.parent();
    if (parent != null) {
      return parts(parent, query);
    }
    // Few tasks are unfinished among many that are not.
    TaskStatus status = query.status();
    NavigableSet<IdKey> from = status != null && !status.isTerminal() ? unfinished : all;
    TaskId before = query.before();
    if (before != null) {
      from = from.headSet(new IdKey(before), false);
    }
    Filter filter = new Filter(query);
    List<TaskSummary> found = new ArrayList<>();
    Iterator<IdKey> newestFirst = from.descendingIterator();
    while (found.size() < query.limit() && newestFirst.hasNext()) {
      if (newestFirst.next() instanceof IndexEntry entry && filter.takes(entry)) {
        found.add(entry.summary());
      }
    }
    return found;
  }

  /** The parts of one run are few: no search through all tasks. */
  private List<TaskSummary> parts(TaskId parent, TaskQuery query) {
    Filter filter = new Filter(query);
    TaskId before = query.before();
    List<TaskSummary> found = new ArrayList<>();
    List<IndexEntry> parts = childrenOf.getOrDefault(parent, List.of());
    for (int i = parts.size() - 1; i >= 0 && found.size() < query.limit(); i--) {
      IndexEntry entry = parts.get(i);
      if (filter.takes(entry) && (before == null || entry.compareTo(new IdKey(before)) < 0)) {
        found.add(entry.summary());
      }
    }
    return found;
  }

  private static final class Filter {
    private final TaskQuery query;
    private final long since;
    private final long until;
    private final @Nullable String text;

    Filter(TaskQuery query) {
      this.query = query;
      Instant from = query.since();
      Instant to = query.until();
      this.since = from == null ? Long.MIN_VALUE : bounded(from);
      this.until = to == null ? Long.MAX_VALUE : bounded(to);
      this.text = query.text() == null ? null : query.text().toLowerCase(Locale.ROOT);
    }

    boolean takes(IndexEntry entry) {
      return (!query.rootsOnly() || entry.parentId() == null)
          && (query.status() == null || entry.progress().status() == query.status())
          && (query.stepName() == null || entry.stepName().equals(query.stepName()))
          && entry.createdNanos() >= since
          && entry.createdNanos() < until
          && (text == null
              || entry.stepName().toLowerCase(Locale.ROOT).contains(text)
              || entry.id().toString().contains(text));
    }

    /** A stranger may ask for the year 9999. */
    private static long bounded(Instant time) {
      try {
        return IndexEntry.nanos(time);
      } catch (ArithmeticException e) {
        return time.getEpochSecond() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
      }
    }
  }

  List<TaskSummary> children(TaskId parent) {
    return childrenOf.getOrDefault(parent, List.of()).stream().map(IndexEntry::summary).toList();
  }

  List<TaskSummary> unfinished() {
    return entries(unfinished).map(IndexEntry::summary).toList();
  }

  List<TaskSummary> finishedBefore(long tick) {
    return entries(all)
        .filter(
            entry ->
                entry.parentId() == null
                    && entry.progress().status().isTerminal()
                    && entry.progress().completedTick() <= tick)
        .map(IndexEntry::summary)
        .toList();
  }

  Optional<TaskId> findByIdempotencyKey(String keyHash) {
    return Optional.ofNullable(byKey.get(keyHash));
  }

  TaskCounts counts() {
    synchronized (tally) {
      return new TaskCounts(counts);
    }
  }

  /** Size of all published outputs together. */
  long outputBytes() {
    synchronized (tally) {
      return outputBytes;
    }
  }

  /** Size of all records together. */
  long recordBytes() {
    synchronized (tally) {
      return recordBytes;
    }
  }

  /** The latest reading of the storage clock that any task has recorded; 0 if none has. */
  long latestTick() {
    return entries(all).mapToLong(entry -> entry.progress().completedTick()).max().orElse(0);
  }

  int size() {
    return all.size();
  }

  /** Every entry, in order of id. */
  Iterable<IndexEntry> entries() {
    return () -> entries(all).iterator();
  }

  private static Stream<IndexEntry> entries(NavigableSet<IdKey> keys) {
    return keys.stream().map(IndexEntry.class::cast);
  }

  private void count(IndexEntry.@Nullable Progress before, IndexEntry.@Nullable Progress after) {
    synchronized (tally) {
      if (before != null) {
        counts.merge(before.status(), -1L, Long::sum);
        outputBytes -= before.outputBytes();
        recordBytes -= Math.max(0, before.fileBytes());
      }
      if (after != null) {
        counts.merge(after.status(), 1L, Long::sum);
        outputBytes += after.outputBytes();
        recordBytes += Math.max(0, after.fileBytes());
      }
    }
  }

  private static List<IndexEntry> merged(List<IndexEntry> siblings, List<IndexEntry> added) {
    List<IndexEntry> sorted = new ArrayList<>(siblings);
    sorted.addAll(added);
    sorted.sort(null);
    return List.copyOf(sorted);
  }

  private static @Nullable List<IndexEntry> without(List<IndexEntry> siblings, IndexEntry gone) {
    List<IndexEntry> left = siblings.stream().filter(entry -> !entry.equals(gone)).toList();
    return left.isEmpty() ? null : left;
  }
}
