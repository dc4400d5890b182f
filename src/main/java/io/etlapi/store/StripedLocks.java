package io.etlapi.store;

import io.etlapi.task.TaskId;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Puts what is done to one task into a row. A fixed number of locks serves all tasks, so now and
 * then two tasks wait for each other, which costs a little time and no correctness.
 */
final class StripedLocks {

  private static final int STRIPES = 1024;

  private final ReentrantLock[] locks = new ReentrantLock[STRIPES];

  StripedLocks() {
    for (int i = 0; i < STRIPES; i++) {
      locks[i] = new ReentrantLock();
    }
  }

  <T> T call(TaskId id, Supplier<T> work) {
    ReentrantLock lock = locks[Math.floorMod(spread(id), STRIPES)];
    lock.lock();
    try {
      return work.get();
    } finally {
      lock.unlock();
    }
  }

  void run(TaskId id, Runnable work) {
    call(
        id,
        () -> {
          work.run();
          return true;
        });
  }

  private static int spread(TaskId id) {
    int hash = id.uuid().hashCode();
    return hash ^ (hash >>> 16);
  }
}
