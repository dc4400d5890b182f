package io.etlapi.bench;

import io.etlapi.it.server.TestBuild;
import io.etlapi.json.Json;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What many stored tasks cost: each kind of request beside a server of the same age that has next
 * to none, the start after a kill and after a clean stop, memory, a thousand clients that poll, and
 * the clean-up of all of them.
 */
final class StoredSection {

  private static final String SECTION = "stored";
  private static final int CONNECTIONS = 25;
  private static final int RUNNING = 25;

  /** A page of tasks is as long, and of the same tasks, on either server. */
  private static final int PAGE = 100;

  private static final int MILLION = 1_000_000;
  private static final Duration STATUS_PERIOD = Duration.ofSeconds(2);
  private static final Duration HEALTH_PERIOD = Duration.ofSeconds(10);

  private final Options options;
  private final Results results;
  private final Servers servers;

  StoredSection(Options options, Results results, Servers servers) {
    this.options = options;
    this.results = results;
    this.servers = servers;
  }

  void measure() throws Exception {
    // A smoke run has no time for further servers: it holds the one it has against itself.
    BenchServer etl = options.smoke() ? servers.etl() : servers.newEtl(SECTION);
    try {
      if (!options.smoke()) {
        etl.start("/health");
      }
      measure(etl);
    } finally {
      etl.close();
    }
  }

  private void measure(BenchServer etl) throws Exception {
    double fresh = etl.startSeconds();
    String finished = servers.finishedIn(etl);
    String model = fillPage(etl);
    int stored = 0;
    for (int count : options.stored()) {
      etl.killNow();
      StoredTasks.fill(etl.storage(), model, stored, count);
      stored = count;
      double killed = etl.start("/health");
      results.add(
          Figure.of(SECTION, "first answer after a kill, " + count + " stored", killed, "s")
              .beside("new storage", fresh)
              .aim(count < MILLION ? Aim.aboveAtMost(10) : Aim.atMost(60)));
      if (!options.smoke()) {
        etl.stop();
        double stopped = etl.start("/health");
        results.add(
            Figure.of(SECTION, "first answer after a stop, " + count + " stored", stopped, "s")
                .beside("new storage", fresh)
                .aim(count < MILLION ? Aim.aboveAtMost(2) : Aim.atMost(60)));
      }
      costs(etl, finished, count);
      results.add(
          Figure.of(SECTION, "resident, " + count + " stored, -Xmx512m", etl.residentMiB(), "MiB"));
    }
    frontend(etl, stored);
    cleanUp(etl, stored);
  }

  /** Enough finished tasks for a page; the id of one. */
  private String fillPage(BenchServer etl) throws Exception {
    for (int i = 1; i < PAGE; i++) {
      etl.run("read_csv", servers.noOp());
    }
    String last = servers.runNoOp(etl);
    Servers.awaitDrained(etl);
    return last;
  }

  private void costs(BenchServer etl, String finished, int stored) throws Exception {
    if (options.smoke()) {
      compare(etl, finished, etl, finished, stored);
      return;
    }
    BenchServer empty = servers.newEtl("empty");
    try (empty) {
      empty.start("/health");
      String other = servers.finishedIn(empty);
      fillPage(empty);
      compare(etl, finished, empty, other, stored);
    } finally {
      TestBuild.delete(empty.folder());
    }
  }

  /** Each kind of request on both servers. */
  private void compare(
      BenchServer etl, String finished, BenchServer empty, String other, int stored)
      throws Exception {
    for (Map.Entry<String, Requests> kind : kinds(etl, finished).entrySet()) {
      Requests ours = kind.getValue();
      Requests theirs =
          Objects.requireNonNull(kinds(empty, other).get(kind.getKey()), "the same kinds");
      Requests.warmUp(List.of(theirs, ours), CONNECTIONS, options.window());
      // Both are as long under way in the mean: what still gets cheaper favours neither.
      Requests.Measured before = measure(theirs);
      Requests.Measured cost = measure(ours).and(measure(ours));
      Requests.Measured limit = before.and(measure(theirs));
      String figure = kind.getKey() + ", " + stored + " stored, 25 connections";
      results.add(
          Figure.of(SECTION, figure, cost.rate().perSecond(), "/s")
              .beside("nothing stored", limit.rate().perSecond()));
      results.add(
          Figure.of(SECTION, figure + ", cpu", cost.cpuMillis(), "ms")
              .beside("nothing stored", limit.cpuMillis())
              .aim(Aim.ratioAtMost(1.2)));
    }
  }

  private Requests.Measured measure(Requests kind) throws Exception {
    Requests.Measured measured = kind.closedLoop(CONNECTIONS, options.window());
    Servers.awaitDrained(kind.server());
    return measured;
  }

  private Map<String, Requests> kinds(BenchServer server, String finished) throws Exception {
    Map<String, Requests> kinds = new LinkedHashMap<>();
    kinds.put("GET /status", Requests.get(server, "/status/" + finished));
    kinds.put("GET /stats", Requests.get(server, "/stats"));
    kinds.put("GET /health", Requests.get(server, "/health"));
    kinds.put("GET /tasks?limit=100", Requests.get(server, "/tasks?limit=" + PAGE));
    kinds.put("POST /run", Requests.post(server, "/run/read_csv", Json.write(servers.noOp())));
    return kinds;
  }

  private void frontend(BenchServer etl, int stored) throws Exception {
    List<String> running = Servers.sleepers(etl, RUNNING);
    AtomicInteger next = new AtomicInteger();
    Callable<Load.Action> polls =
        () ->
            Requests.get(etl, "/status/" + running.get(next.getAndIncrement() % RUNNING))
                .worker()
                .call();
    Callable<Load.Action> health = Requests.get(etl, "/health").worker();
    Load.openLoop(options.clients(), STATUS_PERIOD, options.window(), polls);
    CompletableFuture<Load.Rate> asked =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return Load.openLoop(options.clients(), HEALTH_PERIOD, options.frontend(), health);
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
    Load.Rate polled = Load.openLoop(options.clients(), STATUS_PERIOD, options.frontend(), polls);
    String what =
        options.clients() + " clients poll, " + RUNNING + " tasks run, " + stored + " stored";
    results.add(Figure.of(SECTION, what + ": status", polled.perSecond(), "/s").asDetail());
    results.add(
        Figure.of(SECTION, what + ": status, p99", polled.p99Millis(), "ms").aim(Aim.atMost(50)));
    results.add(
        Figure.of(SECTION, what + ": health, p99", asked.get().p99Millis(), "ms")
            .aim(Aim.atMost(50)));
    Servers.end(etl, running);
  }

  private void cleanUp(BenchServer etl, int stored) throws Exception {
    etl.stop();
    StoredTasks.expire(etl.storage());
    etl.start("/health");
    String kept = servers.finishedIn(etl);
    Requests status = Requests.get(etl, "/status/" + kept);
    status.warmUp(CONNECTIONS, options.window());
    Load.Rate before = poll(status, options.window());
    long began = System.nanoTime();
    CompletableFuture<Map<?, ?>> cleaned =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return etl.post("/cleanup/now");
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
    CompletableFuture<Long> ended = cleaned.thenApply(answer -> System.nanoTime());
    Load.Rate meanwhile = poll(status, options.window());
    while (!cleaned.isDone()) {
      meanwhile = meanwhile.and(poll(status, Duration.ofMillis(500)));
    }
    double seconds = (ended.get() - began) / 1e9;
    Object details = cleaned.get().get("details");
    long removed = details instanceof Map<?, ?> map ? Servers.figure(map, "tasks_cleaned") : 0;
    if (removed < stored) {
      throw new IllegalStateException("the clean-up removed " + removed + " of " + stored);
    }
    results.add(
        Figure.of(SECTION, "clean-up of " + removed + " expired tasks", seconds, "s")
            .aim(Aim.atMost(30)));
    results.add(
        Figure.of(SECTION, "GET /status meanwhile, p99", meanwhile.p99Millis(), "ms")
            .beside("before it", before.p99Millis())
            .aim(Aim.ratioAtMost(1.2)));
  }

  private static Load.Rate poll(Requests status, Duration window) throws Exception {
    return Load.openLoop(CONNECTIONS, Duration.ofMillis(100), window, status.worker());
  }
}
