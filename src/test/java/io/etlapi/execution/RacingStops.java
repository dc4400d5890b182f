package io.etlapi.execution;

import io.etlapi.task.TaskId;
import io.etlapi.task.TaskStatus;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Clients that submit short tasks and stop some of them, at any moment of their lives, on a whole
 * runtime with its store.
 */
public final class RacingStops {

  /** Tasks that may run at the same time. */
  public static final int LIMIT = 4;

  private static final int CLIENTS = 8;
  private static final int LONGEST_STEP_MICROS = 2_000;

  private record Stop(TaskId id, boolean waited, StopOutcome outcome) {}

  private final long seed;
  private final int tasks;
  private final AtomicInteger running = new AtomicInteger();
  private final AtomicInteger mostRunning = new AtomicInteger();
  private final Map<TaskId, Integer> runs = new ConcurrentHashMap<>();
  private final ConcurrentLinkedQueue<TaskId> submitted = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<Stop> stops = new ConcurrentLinkedQueue<>();
  private final Map<String, Long> counts = new TreeMap<>();
  private final List<String> twice = new ArrayList<>();
  private final List<String> wrongEnds = new ArrayList<>();

  /** So many tasks in all. */
  public RacingStops(long seed, int tasks) {
    this.seed = seed;
    this.tasks = tasks;
  }

  /** Runs them all and looks at what came of each. */
  public void run(Path folder) throws InterruptedException {
    RuntimeHarness.Builder builder =
        new RuntimeHarness.Builder(folder)
            .set("MAX_CONCURRENT_TASKS", Integer.toString(LIMIT))
            .set("ETL_QUEUE_CAPACITY", Integer.toString(tasks));
    try (RuntimeHarness server =
        builder
            .step(
                "short",
                false,
                context -> {
                  mostRunning.accumulateAndGet(running.incrementAndGet(), Math::max);
                  runs.merge(context.taskId(), 1, Integer::sum);
                  try {
                    int micros = context.taskId().hashCode() & Integer.MAX_VALUE;
                    LockSupport.parkNanos(1_000L * (micros % LONGEST_STEP_MICROS));
                    return Map.of("status", "success");
                  } finally {
                    running.decrementAndGet();
                  }
                })
            .start()) {
      List<Thread> clients = new ArrayList<>();
      for (int number = 0; number < CLIENTS; number++) {
        Random random = new Random(seed + number);
        Thread client = new Thread(() -> drive(server, random));
        clients.add(client);
        client.start();
      }
      for (Thread client : clients) {
        client.join();
      }
      submitted.forEach(server::awaitEnd);
      judge(server);
    }
  }

  private void drive(RuntimeHarness server, Random random) {
    List<TaskId> mine = new ArrayList<>();
    for (int number = 0; number < tasks / CLIENTS; number++) {
      TaskId id = server.submit("short");
      submitted.add(id);
      mine.add(id);
      if (random.nextInt(3) > 0) {
        LockSupport.parkNanos(random.nextInt(LONGEST_STEP_MICROS) * 1_000L);
        // The newest waits or begins, older ones run or end.
        TaskId victim = mine.get(mine.size() - 1 - random.nextInt(Math.min(10, mine.size())));
        boolean neverRan = !runs.containsKey(victim);
        StopOutcome outcome = server.runtime().stop(victim);
        stops.add(new Stop(victim, neverRan && !runs.containsKey(victim), outcome));
      }
    }
  }

  private void judge(RuntimeHarness server) {
    counts.put("tasks", (long) submitted.size());
    for (TaskId id : submitted) {
      counts.merge("ended " + server.status(id).word(), 1L, Long::sum);
      int times = runs.getOrDefault(id, 0);
      if (times > 1) {
        twice.add(id + " ran " + times + " times");
      }
      if (times == 0 && server.status(id) == TaskStatus.COMPLETED) {
        wrongEnds.add(id + " completed without having run");
      }
    }
    for (Stop stop : stops) {
      counts.merge("stops answered " + stop.outcome(), 1L, Long::sum);
      TaskStatus end = server.status(stop.id());
      if (stop.outcome() != StopOutcome.NOT_RUNNING && end != TaskStatus.CANCELLED) {
        wrongEnds.add(stop + " and is now " + end);
      }
      // Once a stop has been answered CANCELLED nothing of the task may begin.
      if (stop.outcome() == StopOutcome.CANCELLED && stop.waited() && runs.containsKey(stop.id())) {
        twice.add(stop + " and ran afterwards");
      }
    }
    int left = server.runtime().monitor().running() + server.runtime().monitor().queued();
    if (left != 0) {
      wrongEnds.add(left + " tasks are still counted as waiting or running");
    }
  }

  public Map<String, Long> counts() {
    return counts;
  }

  public int mostRunning() {
    return mostRunning.get();
  }

  /** Tasks that ran more often than they may. */
  public List<String> twice() {
    return twice;
  }

  /** Tasks whose end is not the one that was answered. */
  public List<String> wrongEnds() {
    return wrongEnds;
  }
}
