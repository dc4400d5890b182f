package io.etlapi.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * Many workers that do one thing over and over: each as fast as it is answered (closed loop), or at
 * fixed times whatever the answers do (open loop), where a latency counts from the time at which
 * the action was due, so that a server that stalls does not hide it.
 */
final class Load {

  private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(60);

  /** What a worker does; each has its own. */
  interface Action extends AutoCloseable {
    void run() throws Exception;

    @Override
    default void close() throws Exception {}
  }

  /** What was measured; latencies in nanoseconds. */
  record Rate(long actions, double seconds, Histogram latencies) {
    double perSecond() {
      return actions / seconds;
    }

    double p50Millis() {
      return latencies.getValueAtPercentile(50) / 1e6;
    }

    double p99Millis() {
      return latencies.getValueAtPercentile(99) / 1e6;
    }

    /** Both together. */
    Rate and(Rate other) {
      Histogram both = latencies.copy();
      both.add(other.latencies);
      return new Rate(actions + other.actions, seconds + other.seconds, both);
    }
  }

  private interface Turn {
    /**
     * When the action of this number is due, in nanoseconds after the start; negative when there is
     * no more.
     *
     * @param elapsed since the start
     */
    long dueNanos(int number, long elapsed);
  }

  private Load() {}

  /**
   * Each worker acts again as soon as it is answered.
   *
   * @throws ExecutionException if an action failed: a benchmark does not average over errors
   */
  static Rate closedLoop(int workers, Duration duration, Callable<? extends Action> worker)
      throws InterruptedException, ExecutionException {
    return run(
        workers,
        worker,
        client -> (number, elapsed) -> elapsed < duration.toNanos() ? elapsed : -1);
  }

  /**
   * Each client acts once in every period, spread evenly over it.
   *
   * @throws ExecutionException if an action failed
   */
  static Rate openLoop(
      int clients, Duration period, Duration duration, Callable<? extends Action> worker)
      throws InterruptedException, ExecutionException {
    return run(
        clients,
        worker,
        client ->
            (number, elapsed) -> {
              long due = period.toNanos() * client / clients + period.toNanos() * number;
              return due < duration.toNanos() ? due : -1;
            });
  }

  private interface Plan {
    Turn of(int client);
  }

  /** The clock starts when all workers are connected: a connection is made once, not each time. */
  private static Rate run(int workers, Callable<? extends Action> worker, Plan plan)
      throws InterruptedException, ExecutionException {
    ExecutorService threads = Executors.newFixedThreadPool(workers);
    try {
      Histogram latencies = new ConcurrentHistogram(LONGEST_NANOS, 3);
      CountDownLatch connected = new CountDownLatch(workers);
      CompletableFuture<Long> start = new CompletableFuture<>();
      List<Future<Long>> running = new ArrayList<>();
      for (int i = 0; i < workers; i++) {
        Turn turn = plan.of(i);
        running.add(
            threads.submit(
                () -> {
                  try (Action action = connect(worker, connected)) {
                    return repeat(action, turn, start.get(), latencies);
                  }
                }));
      }
      connected.await();
      long began = System.nanoTime();
      start.complete(began);
      long actions = 0;
      for (Future<Long> future : running) {
        actions += future.get();
      }
      return new Rate(actions, (System.nanoTime() - began) / 1e9, latencies);
    } finally {
      threads.shutdownNow();
    }
  }

  private static Action connect(Callable<? extends Action> worker, CountDownLatch connected)
      throws Exception {
    try {
      return worker.call();
    } finally {
      connected.countDown();
    }
  }

  private static long repeat(Action action, Turn turn, long start, Histogram latencies)
      throws Exception {
    int count = 0;
    for (long due = turn.dueNanos(count, System.nanoTime() - start);
        due >= 0;
        due = turn.dueNanos(count, System.nanoTime() - start)) {
      for (long early = start + due - System.nanoTime();
          early > 0;
          early = start + due - System.nanoTime()) {
        LockSupport.parkNanos(early);
        if (Thread.interrupted()) {
          throw new InterruptedException("another worker failed");
        }
      }
      action.run();
      latencies.recordValue(Math.min(LONGEST_NANOS, System.nanoTime() - start - due));
      count++;
    }
    return count;
  }
}
