package io.etlapi.execution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.task.TaskException;
import io.etlapi.task.TaskId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class TaskQueueTest {

  private final List<TaskId> started = Collections.synchronizedList(new ArrayList<>());

  @Test
  void nothingStartsBeforeTheQueueIsResumed() {
    TaskQueue queue = queue(2, 10);
    assertFalse(queue.add(root(1, 5)));
    assertTrue(started.isEmpty());

    queue.resume();
    assertEquals(List.of(id(1)), started);
  }

  @Test
  void neverMoreThanTheLimitRun() {
    TaskQueue queue = open(2, 10);
    assertTrue(queue.add(root(1, 5)));
    assertTrue(queue.add(root(2, 5)));
    assertFalse(queue.add(root(3, 9)));
    assertEquals(2, queue.running());
    assertEquals(Optional.of(1), queue.position(id(3)));

    assertEquals(Optional.of(id(3)), ended(queue, 1));
    assertEquals(List.of(id(1), id(2)), started, "the thread that has ended a task goes on");
    assertEquals(2, queue.running());
    assertEquals(Optional.empty(), ended(queue, 2));
  }

  @Test
  void higherPriorityGoesFirstThenChildrenThenTheOldest() {
    TaskQueue queue = open(1, 10);
    queue.add(root(1, 5));
    queue.add(root(2, 5));
    queue.add(root(3, 5));
    queue.add(new TaskQueue.Entry(id(4), 5, true));
    queue.add(root(5, 9));
    for (int i : new int[] {1, 5, 4, 2}) {
      ended(queue, i).ifPresent(started::add);
    }
    assertEquals(List.of(id(1), id(5), id(4), id(2), id(3)), started);
  }

  @Test
  void aFullQueueRefusesRootsButNeverChildren() {
    TaskQueue queue = open(1, 2);
    queue.add(root(1, 5));
    queue.add(root(2, 5));
    queue.add(root(3, 5));
    TaskException refused = assertThrows(TaskException.class, queue::reserve);
    assertEquals(TaskException.Reason.QUEUE_FULL, refused.reason());

    assertFalse(queue.add(new TaskQueue.Entry(id(4), 5, true)));
    assertEquals(Optional.of(1), queue.position(id(4)));
  }

  @Test
  void aReservationCountsUntilItIsGivenBack() {
    TaskQueue queue = open(1, 1);
    TaskQueue.Reservation first = queue.reserve();
    TaskQueue.Reservation second = queue.reserve();
    assertThrows(TaskException.class, queue::reserve);
    first.close();
    first.close();
    queue.reserve().close();
    second.close();
  }

  @Test
  void openPipelineRunsCountAgainstTheCapacity() {
    TaskQueue queue = open(1, 1);
    queue.parentOpened();
    queue.parentOpened();
    assertThrows(TaskException.class, queue::reserve);
    queue.parentEnded();
    queue.reserve().close();
  }

  @Test
  void aTaskTakenOutNeverStarts() {
    TaskQueue queue = open(1, 10);
    queue.add(root(1, 5));
    queue.add(root(2, 5));
    assertTrue(queue.remove(id(2)));
    assertFalse(queue.remove(id(2)));
    assertFalse(queue.remove(id(1)), "a running task does not wait");
    assertEquals(Optional.empty(), ended(queue, 1));
    assertEquals(List.of(id(1)), started);
  }

  @Test
  void addingATaskTwiceStartsItOnce() {
    TaskQueue queue = open(5, 10);
    assertTrue(queue.add(root(1, 5)));
    assertFalse(queue.add(root(1, 5)));
    assertEquals(List.of(id(1)), started);
  }

  @Test
  void theLimitHoldsUnderABurstFromManyThreads() throws Exception {
    int limit = 4;
    int tasks = 2_000;
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    CountDownLatch done = new CountDownLatch(tasks);
    ExecutorService workers = Executors.newFixedThreadPool(16);
    ExecutorService clients = Executors.newFixedThreadPool(8);
    TaskQueue[] holder = new TaskQueue[1];
    TaskQueue queue =
        new TaskQueue(
            limit,
            tasks,
            entry ->
                workers.execute(
                    () -> {
                      Optional<TaskQueue.Entry> next = Optional.of(entry);
                      while (next.isPresent()) {
                        most.accumulateAndGet(running.incrementAndGet(), Math::max);
                        Thread.onSpinWait();
                        running.decrementAndGet();
                        next = holder[0].ended(next.get().id());
                        done.countDown();
                      }
                    }));
    holder[0] = queue;
    queue.resume();
    try {
      for (int i = 1; i <= tasks; i++) {
        int number = i;
        clients.execute(() -> queue.add(root(number, number % 10)));
      }
      assertTrue(done.await(30, TimeUnit.SECONDS), "not all tasks ran");
    } finally {
      clients.shutdownNow();
      workers.shutdownNow();
    }
    assertTrue(most.get() <= limit, "ran " + most.get() + " at once");
    assertEquals(0, queue.running());
    assertEquals(0, queue.waiting());
  }

  /** The task that the thread which has ended one runs next. */
  private static Optional<TaskId> ended(TaskQueue queue, int number) {
    return queue.ended(id(number)).map(TaskQueue.Entry::id);
  }

  private TaskQueue queue(int limit, int capacity) {
    return new TaskQueue(limit, capacity, entry -> started.add(entry.id()));
  }

  private TaskQueue open(int limit, int capacity) {
    TaskQueue queue = queue(limit, capacity);
    queue.resume();
    return queue;
  }

  private static TaskQueue.Entry root(int number, int priority) {
    return new TaskQueue.Entry(id(number), priority, false);
  }

  private static TaskId id(int number) {
    return new TaskId(new UUID(0, number));
  }
}
