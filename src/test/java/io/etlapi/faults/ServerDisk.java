package io.etlapi.faults;

import io.etlapi.faults.Tally.Breach;
import io.etlapi.it.server.Answer;
import io.etlapi.it.server.Await;
import io.etlapi.it.server.EtlClient;
import io.etlapi.it.server.ServerProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Faults of the disk under the real server: a file system that turns read-only, which passes, and
 * an fsync that fails, which does not. Health turns red with the reason, runs are refused, reads go
 * on.
 */
final class ServerDisk implements Section {

  private static final Duration LIMIT = Duration.ofMinutes(5);

  @Override
  public String name() {
    return "server-disk";
  }

  @Override
  public String title() {
    return "server: read-only file system (recovers by itself) and failed fsync (asks for a"
        + " restart)";
  }

  @Override
  public String unit() {
    return "faults";
  }

  @Override
  public int parts(Scale scale) {
    return scale.of(0, 1);
  }

  @Override
  public void run(Scale scale, int part, long seed, Tally tally) throws Exception {
    Tools.require("strace");
    try (SmallDisk disk = new SmallDisk(name())) {
      ServerProcess server = disk.server();
      Map<String, Object> body = disk.body();
      EtlClient client = server.start().client();
      List<String> accepted = new ArrayList<>();
      accepted.add(client.complete("read_csv", body).string("task_id"));

      // Not by mounting it anew: a file system with files open for writing does not turn.
      Process readOnly = inject(server, "rename", "EROFS");
      try {
        mustTurnRed(client, body, accepted);
      } finally {
        end(readOnly);
      }
      accepted.add(recovered(client, body));
      tally.count("faults", 1);

      Process failing = inject(server, "fsync", "EIO");
      try {
        mustTurnRed(client, body, accepted);
      } finally {
        end(failing);
      }
      // The fault has gone, and nothing is accepted all the same: what the disk holds is unknown.
      mustBeRed(client, body, accepted, "restarted", tally);
      tally.count("faults", 1);
      server.kill9();
      server.start();
      for (String id : accepted) {
        Answer end = client.awaitEnd(id, LIMIT);
        tally.count("acknowledged tasks", 1);
        if (end.status() != 200) {
          tally.broken(Breach.LOST, end.toString());
        }
      }
      accepted.add(recovered(client, body));
    }
  }

  /** From now on every such call of the server fails. */
  private static Process inject(ServerProcess server, String call, String error)
      throws IOException {
    return new ProcessBuilder(
            "strace",
            "-f",
            "-qq",
            "-o",
            "/dev/null",
            "-p",
            Long.toString(server.pid()),
            "-e",
            "trace=" + call,
            "-e",
            "inject=" + call + ":error=" + error)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  private static void end(Process strace) throws InterruptedException {
    strace.destroy();
    strace.waitFor();
  }

  /** A run is refused, and right after it the health is red. */
  private static void mustTurnRed(
      EtlClient client, Map<String, Object> body, List<String> accepted) {
    Await.until(
        "runs are refused and health is red",
        LIMIT,
        () -> {
          Answer answer = client.post("/run/read_csv", body);
          if (answer.status() == 200) {
            accepted.add(answer.string("task_id"));
          }
          return answer.status() == 503 && client.get("/health").status() == 503;
        });
  }

  private static void mustBeRed(
      EtlClient client, Map<String, Object> body, List<String> accepted, String why, Tally tally) {
    Answer refused = client.post("/run/read_csv", body);
    if (refused.status() != 503 || !refused.text().contains(why)) {
      tally.broken(Breach.OTHER, "a run is answered " + refused);
    }
    Answer health = client.get("/health");
    if (health.status() != 503 || !"unhealthy".equals(health.string("status"))) {
      tally.broken(Breach.OTHER, "health is " + health);
    }
    for (String id : accepted) {
      if (client.status(id).status() != 200) {
        tally.broken(Breach.LOST, id + " cannot be read");
      }
    }
  }

  private static String recovered(EtlClient client, Map<String, Object> body) {
    String[] id = new String[1];
    Await.until(
        "it accepts work again",
        LIMIT,
        () -> {
          Answer answer = client.post("/run/read_csv", body);
          id[0] = answer.status() == 200 ? answer.string("task_id") : null;
          return answer.status() == 200 && client.get("/health").status() == 200;
        });
    return id[0];
  }
}
