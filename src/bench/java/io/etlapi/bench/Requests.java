package io.etlapi.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;

/** One kind of request, and what it costs a server. */
record Requests(BenchServer server, String method, String path, String header, String body) {

  private static final int MOST_WARM_UPS = 12;
  private static final int STEADY_WARM_UPS = 2;
  private static final double STEADY = 0.95;

  /** What was measured, and the processor time that the server used meanwhile. */
  record Measured(Load.Rate rate, double cpuSeconds) {

    /** Milliseconds of processor time a request. */
    double cpuMillis() {
      return cpuSeconds * 1000 / rate.actions();
    }

    Measured and(Measured other) {
      return new Measured(rate.and(other.rate), cpuSeconds + other.cpuSeconds);
    }
  }

  static Requests get(BenchServer server, String path) {
    return new Requests(server, "GET", path, "", "");
  }

  static Requests post(BenchServer server, String path, String body) {
    return new Requests(server, "POST", path, "", body);
  }

  /** The same for a client that has what the server would send. */
  Requests unchanged() throws IOException {
    return new Requests(server, method, path, "If-None-Match: " + first().lastTag(), body);
  }

  /** Bytes of the body of an answer. */
  int bytes() throws IOException {
    return first().lastLength();
  }

  private Connection first() throws IOException {
    try (Connection connection = new Connection(server.port())) {
      connection.send(method, path, header, body);
      return connection;
    }
  }

  Measured closedLoop(int connections, Duration window) throws Exception {
    double before = server.cpuSeconds();
    Load.Rate rate = Load.closedLoop(connections, window, worker());
    return new Measured(rate, server.cpuSeconds() - before);
  }

  /** Asks until a request has cost the same for some windows. */
  void warmUp(int connections, Duration window) throws Exception {
    warmUp(List.of(this), connections, window);
  }

  /**
   * Asks servers in turn until a request has cost each of them the same for some windows: the
   * compiler of the JVM goes on for half a minute, and makes a bare servlet six times cheaper
   * meanwhile. It pauses now and then, so one window that costs no less tells nothing. In turn and
   * for as long, because the one that was asked for longer would be the cheaper one.
   */
  static void warmUp(List<Requests> kinds, int connections, Duration window) throws Exception {
    double[] least = new double[kinds.size()];
    Arrays.fill(least, Double.MAX_VALUE);
    int steady = 0;
    for (int i = 0; i < MOST_WARM_UPS && steady < STEADY_WARM_UPS; i++) {
      boolean cheaper = false;
      for (int kind = 0; kind < least.length; kind++) {
        double cost = kinds.get(kind).closedLoop(connections, window).cpuMillis();
        cheaper |= cost <= least[kind] * STEADY;
        least[kind] = Math.min(least[kind], cost);
      }
      steady = cheaper ? 0 : steady + 1;
    }
  }

  Callable<Load.Action> worker() {
    return () -> new Client(this, new Connection(server.port()));
  }

  private record Client(Requests kind, Connection connection) implements Load.Action {
    @Override
    public void run() throws IOException {
      int status = connection.send(kind.method, kind.path, kind.header, kind.body);
      int expected = kind.header.startsWith("If-None-Match") ? 304 : 200;
      boolean hasBody = connection.lastLength() > 0 || kind.path.equals("/bare/0");
      if (status != expected || (expected == 200 && !hasBody)) {
        throw new IOException(
            kind.method
                + " "
                + kind.path
                + " was answered "
                + status
                + ", "
                + connection.lastLength()
                + " bytes");
      }
    }

    @Override
    public void close() throws IOException {
      connection.close();
    }
  }
}
