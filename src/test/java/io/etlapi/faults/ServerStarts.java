package io.etlapi.faults;

import io.etlapi.faults.Tally.Breach;
import io.etlapi.it.server.Answer;
import io.etlapi.it.server.Await;
import io.etlapi.it.server.EtlClient;
import io.etlapi.it.server.ServerProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Starts that fail because the storage cannot be used: the server says why and accepts nothing, and
 * once that is repaired the next start has every task.
 */
final class ServerStarts implements Section {

  private static final Duration LIMIT = Duration.ofMinutes(3);

  /** A way to make the storage unusable while no server runs, and to take that back. */
  private record Injury(String name, Change make, Change repair) {}

  private interface Change {
    void apply(Path disk) throws Exception;
  }

  private static final List<Injury> INJURIES =
      List.of(
          new Injury(
              "a file in its place",
              disk -> {
                Files.move(disk.resolve("storage"), disk.resolve("aside"));
                Files.writeString(disk.resolve("storage"), "not a folder");
              },
              disk -> {
                Files.delete(disk.resolve("storage"));
                Files.move(disk.resolve("aside"), disk.resolve("storage"));
              }),
          new Injury(
              "a file system that is read-only",
              disk -> Tools.run("mount", "-o", "remount,ro", disk.toString()),
              disk -> Tools.run("mount", "-o", "remount,rw", disk.toString())),
          new Injury(
              "a record of a later format",
              disk ->
                  Files.writeString(
                      disk.resolve("storage/0195c1f0-0000-7000-8000-000000000001.json"),
                      "{\"format\": \"99.0\"}"),
              disk ->
                  Files.delete(disk.resolve("storage/0195c1f0-0000-7000-8000-000000000001.json"))));

  @Override
  public String name() {
    return "server-starts";
  }

  @Override
  public String title() {
    return "server: starts on a storage that cannot be used, which is then repaired";
  }

  @Override
  public String unit() {
    return "failed starts";
  }

  @Override
  public int parts(Scale scale) {
    return scale.of(0, 1);
  }

  @Override
  public void run(Scale scale, int part, long seed, Tally tally) throws Exception {
    try (SmallDisk disk = new SmallDisk(name())) {
      ServerProcess server = disk.server();
      Map<String, Object> body = disk.body();
      EtlClient client = server.start().client();
      String id = client.complete("read_csv", body).string("task_id");
      server.terminate();
      for (Injury injury : INJURIES) {
        injury.make().apply(disk.mount());
        mustNotBecomeReady(server, injury.name(), body, tally);
        server.terminate();
        injury.repair().apply(disk.mount());
        server.start();
        if (!"completed".equals(client.statusWord(id))) {
          tally.broken(Breach.LOST, injury.name() + ": " + client.status(id));
        }
        client.complete("read_csv", body);
        server.terminate();
        tally.count("failed starts", 1);
      }
    }
  }

  private static void mustNotBecomeReady(
      ServerProcess server, String injury, Map<String, Object> body, Tally tally) {
    int before = server.log().length();
    server.launch();
    EtlClient client = server.client();
    // Before it is deployed, the container answers by itself.
    Await.until(
        "the server says why it does not begin: " + injury,
        LIMIT,
        () -> server.log().substring(before).contains("not ready: ") && saysWhy(client),
        server::logTail);
    for (Answer refused : List.of(client.post("/run/read_csv", body), client.get("/tasks"))) {
      if (refused.status() != 503
          || !refused.contentType().startsWith("application/problem+json")) {
        tally.broken(Breach.FAULTY_ANSWER, injury + ": " + refused);
      }
    }
  }

  private static boolean saysWhy(EtlClient client) {
    return client
        .tryGet("/health")
        .filter(health -> health.status() == 503 && health.text().contains("restart"))
        .isPresent();
  }
}
