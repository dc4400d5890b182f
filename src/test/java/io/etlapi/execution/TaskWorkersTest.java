package io.etlapi.execution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.task.TaskId;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TaskWorkersTest {

  /** A task that ran, and what its thread was then. */
  private record Run(TaskId id, Thread thread, @Nullable ClassLoader loader) {}

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final AtomicInteger handedOver = new AtomicInteger();
  private final BlockingQueue<Run> runs = new LinkedBlockingQueue<>();

  @AfterEach
  void end() {
    threads.shutdownNow();
  }

  @Test
  void theThreadThatEndedATaskRunsTheNextOne() throws Exception {
    TaskWorkers workers = workers(ran -> ran.equals(id(1)) ? Optional.of(id(2)) : Optional.empty());
    workers.start(id(1));

    Run first = take();
    Run second = take();

    assertEquals(id(1), first.id());
    assertEquals(id(2), second.id());
    assertSame(first.thread(), second.thread());
    assertEquals(1, handedOver.get());
  }

  @Test
  void aThreadWithoutATaskStaysForTheNextOneAndThenGoes() throws Exception {
    TaskWorkers workers = workers(ran -> Optional.empty());
    workers.start(id(1));
    Thread first = take().thread();
    // It has ended its task and may not wait yet: the server lends another one then.
    int started = 1;
    while (handedOver.get() == started && started < 10_000) {
      workers.start(id(++started));
      take();
    }
    assertTrue(handedOver.get() < started, "no thread was ever reused");

    threads.shutdown();
    assertTrue(threads.awaitTermination(30, TimeUnit.SECONDS), "threads without a task stay");
    assertFalse(first.isAlive());
  }

  @Test
  void theClassLoaderThatAStepHasSetIsNotTheNextOnes() throws Exception {
    try (URLClassLoader foreign = new URLClassLoader(new URL[0])) {
      TaskWorkers workers =
          workers(
              ran -> {
                Thread.currentThread().setContextClassLoader(foreign);
                return ran.equals(id(1)) ? Optional.of(id(2)) : Optional.empty();
              });
      workers.start(id(1));

      assertSame(take().loader(), take().loader());
    }
  }

  private TaskWorkers workers(Function<TaskId, Optional<TaskId>> next) {
    return new TaskWorkers(
        work -> {
          handedOver.incrementAndGet();
          threads.execute(work);
        },
        id -> {
          Thread thread = Thread.currentThread();
          runs.add(new Run(id, thread, thread.getContextClassLoader()));
          return next.apply(id);
        });
  }

  private Run take() throws InterruptedException {
    Run run = runs.poll(30, TimeUnit.SECONDS);
    if (run == null) {
      throw new AssertionError("no task ran");
    }
    return run;
  }

  private static TaskId id(int number) {
    return new TaskId(new UUID(0, number));
  }
}
