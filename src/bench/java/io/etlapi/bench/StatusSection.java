package io.etlapi.bench;

import java.util.List;

/** {@code GET /status} beside a bare servlet of the same server that sends as many bytes. */
final class StatusSection {

  private static final String SECTION = "status";
  private static final int[] CONNECTIONS = {25, 100};

  private final Options options;
  private final Results results;
  private final Servers servers;

  StatusSection(Options options, Results results, Servers servers) {
    this.options = options;
    this.results = results;
    this.servers = servers;
  }

  void measure() throws Exception {
    BenchServer etl = servers.etl();
    Requests finished = Requests.get(etl, "/status/" + servers.finished());
    List<String> sleeper = Servers.sleepers(etl, 1);
    Requests running = Requests.get(etl, "/status/" + sleeper.get(0));
    for (int connections : CONNECTIONS) {
      compare("of a finished task", finished, connections, 0.7);
      compare("of a running task", running, connections, 0.7);
      compare("that has not changed", finished.unchanged(), connections, 0.85);
    }
    Servers.end(etl, sleeper);
  }

  /** The limit before and after: what else runs changes from one window to the next. */
  private void compare(String what, Requests ours, int connections, double share) throws Exception {
    int bytes = ours.bytes();
    Requests bare = Requests.get(servers.bare(), "/bare/" + bytes);
    Requests.warmUp(List.of(bare, ours), connections, options.window());
    Requests.Measured before = bare.closedLoop(connections, options.window());
    Requests.Measured status =
        ours.closedLoop(connections, options.window())
            .and(ours.closedLoop(connections, options.window()));
    Requests.Measured limit = before.and(bare.closedLoop(connections, options.window()));
    String figure =
        "GET /status " + what + ", " + bytes + " bytes, " + connections + " connections";
    results.add(
        Figure.of(SECTION, figure, status.rate().perSecond(), "/s")
            .beside("bare servlet", limit.rate().perSecond())
            .aim(Aim.ratioAtLeast(share)));
    results.add(
        Figure.of(SECTION, figure + ", p99", status.rate().p99Millis(), "ms")
            .beside("bare servlet", limit.rate().p99Millis())
            .aim(Aim.ratioAtMost(2)));
    results.add(
        Figure.of(SECTION, figure + ", cpu", status.cpuMillis(), "ms")
            .beside("bare servlet", limit.cpuMillis())
            .asDetail());
  }
}
