package io.etlapi.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.it.server.Answer;
import io.etlapi.it.server.Await;
import io.etlapi.it.server.EtlClient;
import io.etlapi.it.server.ServerProcess;
import io.etlapi.it.server.SharedServer;
import io.etlapi.it.server.SlowJoin;
import io.etlapi.it.server.TestFiles;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Many clients at once. */
@ExtendWith(SharedServer.class)
class ConcurrencyIT {

  /** Tasks that run and wait when nothing more is accepted. */
  private static final int HELD = SharedServer.MAX_CONCURRENT + SharedServer.QUEUE_CAPACITY;

  /** As many clients as slots, so that a race is with the work and not with the queue. */
  private static final int RACERS = SharedServer.MAX_CONCURRENT;

  private static final Duration DRAIN_LIMIT = Duration.ofSeconds(90);

  private final EtlClient client;
  private final ServerProcess server;
  private final TestFiles files;

  ConcurrencyIT(EtlClient client, ServerProcess server, TestFiles files) {
    this.client = client;
    this.server = server;
    this.files = files;
  }

  @Test
  void aBurstOfTwoHundredNeverExceedsTheLimit() throws Exception {
    Map<String, Object> body = TestFiles.reading(files.numbered("burst.csv", "x", 200));
    AtomicBoolean done = new AtomicBoolean();
    AtomicLong most = new AtomicLong();
    AtomicLong samples = new AtomicLong();
    Thread sampler =
        new Thread(
            () -> {
              EtlClient watcher = server.client();
              while (!done.get()) {
                // Both views: the server's own count, and the records that say running.
                most.accumulateAndGet(watcher.get("/stats").number("running_tasks"), Math::max);
                most.accumulateAndGet(
                    watcher.get("/tasks?status=running&limit=1000").array().size(), Math::max);
                samples.incrementAndGet();
              }
            });
    sampler.start();
    List<String> ids = new ArrayList<>();
    try {
      ids.addAll(inParallel(25, 200, i -> client.run("read_csv", body)));
      for (String id : ids) {
        assertEquals("completed", client.awaitEnd(id, DRAIN_LIMIT).string("status"));
      }
    } finally {
      done.set(true);
      sampler.join();
    }
    assertEquals(200, Set.copyOf(ids).size());
    assertTrue(samples.get() >= 20, "only " + samples + " samples");
    assertTrue(most.get() > 1, "never more than one task at a time");
    assertTrue(most.get() <= SharedServer.MAX_CONCURRENT, "ran at once: " + most);
  }

  @Test
  void aFullQueueRefusesAndSaysWhenToComeBack() {
    SlowJoin slow = SlowJoin.on(client, files);
    Map<String, Object> quick = TestFiles.reading(files.numbered("full.csv", "x", 1));
    List<String> ids = new ArrayList<>();
    try {
      for (int i = 0; i < SharedServer.MAX_CONCURRENT; i++) {
        ids.add(slow.run(client));
      }
      Answer refused = client.post("/run/read_csv", quick);
      while (refused.status() == 200 && ids.size() <= HELD) {
        ids.add(refused.string("task_id"));
        refused = client.post("/run/read_csv", quick);
      }
      assertEquals(429, refused.status(), refused::toString);
      assertTrue(refused.header("Retry-After").orElse("").matches("\\d+"), refused::toString);
      assertEquals(HELD, ids.size());
      // What waits is told where it stands, and a waiting task that is stopped never starts.
      String last = ids.get(ids.size() - 1);
      assertEquals(SharedServer.QUEUE_CAPACITY, client.status(last).number("queue_position"));
      assertEquals("cancelled", client.post("/stop/" + last).string("status"));
      assertTrue(client.status(last).at("started_at") == null);
    } finally {
      stopAll(ids);
    }
  }

  @Test
  void aRunningQueryIsStoppedWithinTwoSeconds() {
    SlowJoin slow = SlowJoin.on(client, files);
    String id = slow.run(client);
    try {
      Await.until(
          "the join runs",
          Duration.ofSeconds(20),
          () -> "running".equals(client.statusWord(id)),
          () -> client.status(id).toString());

      long asked = System.nanoTime();
      Answer stop = client.post("/stop/" + id);
      assertTrue(Set.of("cancelled", "stopping").contains(stop.string("status")), stop::toString);
      Answer end = client.awaitEnd(id, Duration.ofSeconds(10));
      Duration took = Duration.ofNanos(System.nanoTime() - asked);

      assertEquals("cancelled", end.string("status"));
      assertTrue(took.compareTo(Duration.ofSeconds(2)) <= 0, () -> "took " + took);
      assertEquals("Task status: cancelled", client.get("/output/" + id).string("output"));
      assertEquals("not_running", client.post("/stop/" + id).string("status"));
    } finally {
      stopAll(List.of(id));
    }
  }

  @Test
  void aTaskThatTakesTooLongFails() {
    Map<String, Object> body = new HashMap<>(SlowJoin.on(client, files).body());
    body.put("timeout_seconds", 1);

    Answer end = client.awaitEnd(client.run("join", body), Duration.ofSeconds(15));

    assertEquals("failed", end.string("status"));
    assertTrue(end.string("error").contains("1"), end::toString);
  }

  @Test
  void fiveHundredRacesOfStopAndCompletionHaveOneOutcomeEach() throws Exception {
    Map<String, Object> body = TestFiles.reading(files.numbered("race.csv", "x", 1000));
    // The stops are spread around the time that a task takes here and now, by its own record: a
    // client that polls learns of its end much later.
    List<Long> took = inParallel(RACERS, 5 * RACERS, i -> nanos(client.complete("read_csv", body)));
    long typicalNanos = took.stream().sorted().skip(took.size() / 2).findFirst().orElseThrow();
    Map<String, Integer> outcomes = new HashMap<>();
    List<Answer> wrong = new ArrayList<>();
    List<String> answers =
        inParallel(
            RACERS,
            500,
            i -> {
              String id = client.run("read_csv", body);
              // Random's first number is much the same for all small seeds.
              LockSupport.parkNanos(
                  (long) (new SplittableRandom(i).nextDouble() * 1.5 * typicalNanos));
              String said = client.post("/stop/" + id).string("status");
              Answer end = client.awaitEnd(id, DRAIN_LIMIT);
              boolean agrees =
                  said.equals("not_running")
                      ? end.string("status").equals("completed")
                      : end.string("status").equals("cancelled");
              boolean stays = client.statusWord(id).equals(end.string("status"));
              if (!agrees || !stays) {
                synchronized (wrong) {
                  wrong.add(end);
                }
              }
              return said;
            });
    answers.forEach(said -> outcomes.merge(said, 1, Integer::sum));

    assertEquals(List.of(), wrong, () -> "outcomes " + outcomes);
    assertTrue(outcomes.containsKey("not_running"), () -> "no race was lost: " + outcomes);
    assertTrue(outcomes.size() > 1, () -> "no race was won: " + outcomes);
  }

  private static long nanos(Answer ended) {
    return Duration.between(
            Instant.parse(ended.string("created_at")), Instant.parse(ended.string("completed_at")))
        .toNanos();
  }

  @Test
  void twoUsersOfOneStepNeverGetEachOthersRows() throws Exception {
    Map<String, String> paths =
        Map.of(
            "anna", files.numbered("users/anna.csv", "anna", 300),
            "bert", files.numbered("users/bert.csv", "bert", 300));
    List<String> mixed =
        inParallel(
            8,
            20,
            i -> {
              String owner = i % 2 == 0 ? "anna" : "bert";
              String path = paths.getOrDefault(owner, "");
              Answer read = client.complete("read_csv", TestFiles.reading(path));
              Answer kept =
                  client.complete(
                      "filter",
                      Map.of(
                          "inputs",
                          Map.of("read_csv", read.string("task_id")),
                          "custom_params",
                          Map.of("condition", "id > 250")));
              Answer summed =
                  client.complete(
                      "aggregate",
                      Map.of(
                          "inputs",
                          Map.of("filter", kept.string("task_id")),
                          "custom_params",
                          Map.of("group_by", "owner", "aggregations", "count:id")));
              return owner + " got " + summed.at("output", "calculation_results", "table");
            });
    for (String line : mixed) {
      assertTrue(line.matches("(anna|bert) got \\[\\[\\1, 50]]"), line);
    }
  }

  private void stopAll(List<String> ids) {
    // The last first: none of the waiting ones gets a slot that way.
    for (int i = ids.size() - 1; i >= 0; i--) {
      client.post("/stop/" + ids.get(i));
    }
    for (String id : ids) {
      client.awaitEnd(id, DRAIN_LIMIT);
    }
  }

  private interface Call<T> {
    T run(int index);
  }

  private static <T> List<T> inParallel(int threads, int calls, Call<T> call)
      throws InterruptedException, ExecutionException {
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try {
      List<Callable<T>> work = new ArrayList<>();
      for (int i = 0; i < calls; i++) {
        int index = i;
        work.add(() -> call.run(index));
      }
      List<T> results = new ArrayList<>();
      for (Future<T> future : executor.invokeAll(work)) {
        results.add(future.get());
      }
      return results;
    } finally {
      executor.shutdownNow();
    }
  }
}
