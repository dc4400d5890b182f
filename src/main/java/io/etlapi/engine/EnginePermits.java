package io.etlapi.engine;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Hands out engine threads, first come first served: all that are free when nobody else waits, else
 * one. A grant keeps what it has until it is closed. Thread-safe.
 */
final class EnginePermits {

  private final int total;
  private final ReentrantLock lock = new ReentrantLock();
  private final Deque<Condition> line = new ArrayDeque<>();
  private int free;

  EnginePermits(int total) {
    if (total < 1) {
      throw new IllegalArgumentException("at least one permit is needed: " + total);
    }
    this.total = total;
    this.free = total;
  }

  Grant acquire() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      Condition turn = lock.newCondition();
      line.addLast(turn);
      try {
        while (free == 0 || line.peekFirst() != turn) {
          turn.await();
        }
      } finally {
        line.remove(turn);
        signalFirst();
      }
      int threads = line.isEmpty() ? free : 1;
      free -= threads;
      return new Grant(threads);
    } finally {
      lock.unlock();
    }
  }

  int total() {
    return total;
  }

  int free() {
    lock.lock();
    try {
      return free;
    } finally {
      lock.unlock();
    }
  }

  int waiting() {
    lock.lock();
    try {
      return line.size();
    } finally {
      lock.unlock();
    }
  }

  private void signalFirst() {
    Condition first = line.peekFirst();
    if (first != null) {
      first.signal();
    }
  }

  /** Engine threads held until closed; closing twice is harmless. */
  final class Grant implements AutoCloseable {
    private final int threads;
    private boolean open = true;

    private Grant(int threads) {
      this.threads = threads;
    }

    int threads() {
      return threads;
    }

    @Override
    public void close() {
      lock.lock();
      try {
        if (open) {
          open = false;
          free += threads;
          signalFirst();
        }
      } finally {
        lock.unlock();
      }
    }
  }
}
