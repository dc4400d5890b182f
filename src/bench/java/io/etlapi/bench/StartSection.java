package io.etlapi.bench;

import io.etlapi.it.server.TestBuild;

/**
 * From the start of the process to the first answer, and what is resident then, with a new storage:
 * beside the same server with a bare servlet, in turn; and how much of it are the containers that
 * any application of this kind starts.
 */
final class StartSection {

  private static final String SECTION = "start";

  /** What a WAR may keep in memory while nothing happens. */
  private static final double MOST_MIB = 80;

  private final Options options;
  private final Results results;
  private final Servers servers;

  StartSection(Options options, Results results, Servers servers) {
    this.options = options;
    this.results = results;
    this.servers = servers;
  }

  private static final class Mean {
    private double seconds;
    private double resident;
    private int starts;

    void add(BenchServer started) throws Exception {
      seconds += started.startSeconds();
      resident += started.residentMiB();
      starts++;
    }
  }

  void measure() throws Exception {
    Mean bare = new Mean();
    Mean etl = new Mean();
    Mean containers = new Mean();
    if (!options.smoke()) {
      // The first start reads the server from the disk, and would flatter whoever comes second.
      once(servers.newBare("warm"), "/bare/1", new Mean());
      for (int i = 1; i < options.starts(); i++) {
        once(servers.newBare("first-bare"), "/bare/1", bare);
        once(servers.newEtl("first-etl"), "/health", etl);
        once(servers.newBareApplication("containers"), "/bare/1", containers);
      }
    }
    bare.add(servers.bare());
    etl.add(servers.etl());
    once(servers.newBareApplication("containers"), "/bare/1", containers);
    results.add(
        Figure.of(SECTION, "first answer, new storage", etl.seconds / etl.starts, "s")
            .beside("bare servlet", bare.seconds / bare.starts)
            .aim(Aim.ratioAtMost(1.25)));
    results.add(
        Figure.of(SECTION, "resident then, -Xmx512m", etl.resident / etl.starts, "MiB")
            .beside("bare servlet", bare.resident / bare.starts)
            .aim(Aim.aboveAtMost(MOST_MIB)));
    String what = "of one JAX-RS resource and one EJB";
    results.add(
        Figure.of(
                SECTION, "first answer " + what, containers.seconds / containers.starts, "s")
            .beside("bare servlet", bare.seconds / bare.starts));
    results.add(
        Figure.of(
                SECTION, "resident then, " + what, containers.resident / containers.starts, "MiB")
            .beside("bare servlet", bare.resident / bare.starts));
  }

  private static void once(BenchServer server, String path, Mean mean) throws Exception {
    try (server) {
      server.start(path);
      mean.add(server);
      server.stop();
    } finally {
      TestBuild.delete(server.folder());
    }
  }
}
