package io.etlapi.bench;

import io.etlapi.json.Json;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Durable submits beside the disk's own rate for files of that size and the same protocol. All
 * slots are taken by tasks that do nothing, so nothing but submits happens; then the slots are
 * given back, and tasks go through from end to end.
 */
final class SubmitSection {

  private static final String SECTION = "submit";
  private static final int[] CONNECTIONS = {1, 25, 100};
  private static final int SLOTS = 25;

  /** A submit, from waiting to running, from running to failed. */
  private static final int CHANGES_OF_A_TASK = 3;

  private final Options options;
  private final Results results;
  private final Servers servers;

  SubmitSection(Options options, Results results, Servers servers) {
    this.options = options;
    this.results = results;
    this.servers = servers;
  }

  void measure() throws Exception {
    BenchServer etl = servers.etl();
    Requests submit = Requests.post(etl, "/run/read_csv", Json.write(servers.noOp()));
    String first = servers.runNoOp(etl);
    int bytes = (int) Files.size(etl.storage().resolve(first + ".json"));
    submit.warmUp(SLOTS, options.window());
    Servers.awaitDrained(servers.etl());
    for (int connections : CONNECTIONS) {
      submits(submit, bytes, connections);
    }
    endToEnd(submit, bytes);
  }

  private void submits(Requests submit, int bytes, int connections) throws Exception {
    var sleepers = Servers.sleepers(servers.etl(), SLOTS);
    DiskLimit disk = disk("submit-" + connections, bytes);
    Load.Rate before = disk.measure(connections, options.window());
    Requests.Measured submits = submit.closedLoop(connections, options.window());
    Load.Rate limit = before.and(disk.measure(connections, options.window()));
    String figure = "POST /run, durable, " + connections + " connections";
    results.add(
        Figure.of(SECTION, figure, submits.rate().perSecond(), "/s")
            .beside("disk", limit.perSecond())
            .aim(Aim.ratioAtLeast(0.7)));
    results.add(
        Figure.of(SECTION, figure + ", p99", submits.rate().p99Millis(), "ms")
            .beside("disk", limit.p99Millis())
            .asDetail());
    results.add(Figure.of(SECTION, figure + ", cpu", submits.cpuMillis(), "ms").asDetail());
    Servers.end(servers.etl(), sleepers);
    Servers.awaitDrained(servers.etl());
  }

  private void endToEnd(Requests submit, int bytes) throws Exception {
    DiskLimit disk = disk("end-to-end", bytes);
    Load.Rate before = disk.measure(SLOTS, options.window());
    Requests.Measured submits = submit.closedLoop(SLOTS, options.window());
    double seconds = submits.rate().seconds() + Servers.awaitDrained(servers.etl());
    Load.Rate limit = before.and(disk.measure(SLOTS, options.window()));
    double tasks = submits.rate().actions() / seconds;
    results.add(
        Figure.of(SECTION, "no-op tasks end to end, 25 connections", tasks, "/s")
            .beside("disk", limit.perSecond())
            .aim(Aim.ratioAtLeast(0.25)));
    results.add(
        Figure.of(SECTION, "their durable changes", CHANGES_OF_A_TASK * tasks, "/s")
            .beside("disk", limit.perSecond())
            .aim(Aim.atLeast(500 * CHANGES_OF_A_TASK)));
  }

  private DiskLimit disk(String name, int bytes) throws Exception {
    Path folder = options.folder().resolve("disk").resolve(name);
    return new DiskLimit(folder, bytes);
  }
}
