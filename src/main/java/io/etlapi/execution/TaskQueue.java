package io.etlapi.execution;

import io.etlapi.task.TaskException;
import io.etlapi.task.TaskId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Decides which task runs next and never lets more than the limit run. Order: higher priority, then
 * children of a pipeline before roots, then oldest first. Holds ids only; the store holds the
 * tasks. Thread-safe; the starter is called without the lock held.
 */
final class TaskQueue {

  /**
   * A task that waits.
   *
   * @param child whether it belongs to a pipeline run: never refused, before roots
   */
  record Entry(TaskId id, int priority, boolean child) {}

  private static final Comparator<Entry> ORDER =
      Comparator.comparingInt((Entry entry) -> -entry.priority())
          .thenComparing(entry -> !entry.child())
          .thenComparing(Entry::id);

  private final int limit;
  private final int capacity;
  private final Consumer<Entry> starter;

  private final TreeSet<Entry> waiting = new TreeSet<>(ORDER);
  private final Map<TaskId, Entry> waitingById = new HashMap<>();
  private final Set<TaskId> running = new HashSet<>();
  private int waitingRoots;
  private int reserved;
  private int openParents;
  private boolean paused;

  /**
   * An empty queue that starts nothing before {@link #resume}.
   *
   * @param limit tasks that run at the same time
   * @param capacity roots that wait
   * @param starter hands a task to a thread; must not block. What it throws is its own to handle
   */
  TaskQueue(int limit, int capacity, Consumer<Entry> starter) {
    this.limit = limit;
    this.capacity = capacity;
    this.starter = starter;
    this.paused = true;
  }

  /** A place held for a root that is being made durable; give it back exactly once. */
  final class Reservation implements AutoCloseable {
    private boolean open = true;

    /** Gives the place back unless a task took it. */
    @Override
    public void close() {
      synchronized (TaskQueue.this) {
        if (open) {
          open = false;
          reserved--;
        }
      }
    }
  }

  /**
   * Holds a place for a root.
   *
   * @throws TaskException (QUEUE_FULL) if as many wait as may
   */
  synchronized Reservation reserve() {
    int freeSlots = Math.max(0, limit - running.size() - waiting.size());
    if (waitingRoots + openParents + reserved >= capacity + freeSlots) {
      throw new TaskException(
          TaskException.Reason.QUEUE_FULL,
          "The queue is full: " + capacity + " tasks wait already. Try again later.");
    }
    reserved++;
    return new Reservation();
  }

  /**
   * Adds a task and starts what may start.
   *
   * @return whether the task itself was started at once
   */
  boolean add(Entry entry) {
    synchronized (this) {
      if (running.contains(entry.id()) || waitingById.putIfAbsent(entry.id(), entry) != null) {
        return false;
      }
      waiting.add(entry);
      waitingRoots += entry.child() ? 0 : 1;
    }
    return dispatch().contains(entry);
  }

  /** Counts a pipeline run against the capacity while it is open: it has no slot of its own. */
  synchronized void parentOpened() {
    openParents++;
  }

  synchronized void parentEnded() {
    openParents--;
  }

  /** Takes a waiting task out; true if it was waiting and so will never start. */
  synchronized boolean remove(TaskId id) {
    return take(waitingById.get(id));
  }

  /**
   * Gives a slot back.
   *
   * @return the task that has the slot now, which the caller runs: its thread is at hand
   */
  Optional<Entry> ended(TaskId id) {
    synchronized (this) {
      if (!running.remove(id)) {
        throw new IllegalStateException("task " + id + " held no slot");
      }
    }
    List<Entry> next = nextOnes();
    // More than one only where another slot came free meanwhile.
    next.stream().skip(1).forEach(starter);
    return next.stream().findFirst();
  }

  /** Starts nothing until {@link #resume}. */
  synchronized void pause() {
    paused = true;
  }

  void resume() {
    synchronized (this) {
      paused = false;
    }
    dispatch();
  }

  /** From 1; empty if the task does not wait here. */
  synchronized Optional<Integer> position(TaskId id) {
    Entry entry = waitingById.get(id);
    return entry == null ? Optional.empty() : Optional.of(waiting.headSet(entry).size() + 1);
  }

  synchronized int running() {
    return running.size();
  }

  synchronized int waiting() {
    return waiting.size();
  }

  private List<Entry> dispatch() {
    List<Entry> started = nextOnes();
    started.forEach(starter);
    return started;
  }

  /** Gives the free slots to those that wait; each of them must be started now. */
  private synchronized List<Entry> nextOnes() {
    List<Entry> next = new ArrayList<>(1);
    while (!paused && running.size() < limit && !waiting.isEmpty()) {
      Entry first = waiting.first();
      take(first);
      running.add(first.id());
      next.add(first);
    }
    return next;
  }

  private boolean take(@Nullable Entry entry) {
    if (entry == null) {
      return false;
    }
    waiting.remove(entry);
    waitingById.remove(entry.id());
    waitingRoots -= entry.child() ? 0 : 1;
    return true;
  }
}
