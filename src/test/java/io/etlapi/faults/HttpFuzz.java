package io.etlapi.faults;

import io.etlapi.faults.Tally.Breach;
import io.etlapi.it.server.RawHttp;
import io.etlapi.it.server.ServerKind;
import io.etlapi.it.server.ServerProcess;
import io.etlapi.json.Json;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Requests that are nearly right: bodies, ids and paths with random faults. No answer is a 5xx,
 * shows a stack trace or a path of the server, and the server serves on.
 */
final class HttpFuzz implements Section {

  private static final List<String> KINDS = List.of("body", "path", "id");

  private static final String ID = "0195c1f0-0000-7000-8000-000000000001";

  private static final List<String> PATHS =
      List.of(
          "/status/" + ID,
          "/output/" + ID,
          "/stop/" + ID,
          "/logs/" + ID + "?lines=5",
          "/output/" + ID + "/rows?offset=0&limit=5&sort=a:desc&filter=a%20=%201",
          "/tasks/" + ID + "/request",
          "/tasks?limit=10&status=failed&since=2026-01-01T00:00:00Z",
          "/controls/payments/breaks?run_date=2024-01-15&age_min=3",
          "/pipelines/some_name",
          "/run/read_csv",
          "/cleanup/schedule",
          "/console/../WEB-INF/web.xml");

  private static final List<String> METHODS = List.of("GET", "POST", "PUT", "DELETE", "OPTIONS");

  private static final byte[] BODY =
      Json.write(
              Map.of(
                  "parameters",
                  Map.of("rootFileDir", "samples", "expectedRunDate", "2024-01-15"),
                  "custom_params",
                  Map.of("file_path", "samples/orders.csv", "delimiter", ",", "skip_rows", 1),
                  "inputs",
                  Map.of("left", ID),
                  "priority",
                  5,
                  "timeout_seconds",
                  60,
                  "retries",
                  0))
          .getBytes(StandardCharsets.UTF_8);

  private static final List<String> STEPS =
      List.of("read_csv", "filter", "join", "aggregate", "validate", "reading_config_comp");

  @Override
  public String name() {
    return "http-fuzz";
  }

  @Override
  public String title() {
    return "server: requests with random faults in body, id and path";
  }

  @Override
  public String unit() {
    return "requests";
  }

  @Override
  public int parts(Scale scale) {
    return scale.of(0, KINDS.size());
  }

  @Override
  public void run(Scale scale, int part, long seed, Tally tally) throws Exception {
    Random random = new Random(seed);
    try (ServerProcess server =
        ServerProcess.of(
            ServerKind.PAYARA_MICRO, "faults-fuzz", Map.of("ETL_ENGINE_MEMORY", "256M"))) {
      server.start();
      Duration time = scale == Scale.SHORT ? Duration.ofSeconds(10) : Duration.ofMinutes(5);
      long until = System.nanoTime() + time.toNanos();
      while (System.nanoTime() < until) {
        // The short run has all kinds in its one part.
        String kind = KINDS.get(scale == Scale.SHORT ? random.nextInt(KINDS.size()) : part);
        String answer =
            switch (kind) {
              case "body" -> askBody(server, random);
              case "path" -> ask(server, random, anyPath(random));
              default -> ask(server, random, anyId(random));
            };
        tally.count("requests with faults in the " + kind, 1);
        int status = RawHttp.status(answer);
        tally.count("requests", 1);
        tally.count("answers " + status, 1);
        boolean byDesign = status == 503 && answer.contains("application/problem+json");
        if ((status >= 500 && !byDesign) || leaks(answer, server)) {
          tally.broken(Breach.FAULTY_ANSWER, answer.substring(0, Math.min(1500, answer.length())));
        }
      }
      if (server.client().get("/health").status() != 200) {
        tally.broken(Breach.OTHER, "not healthy after it");
      }
    }
  }

  private static String anyPath(Random random) {
    return mutated(PATHS.get(random.nextInt(PATHS.size())), random);
  }

  /** The path stays as it is, but for the id in it. */
  private static String anyId(Random random) {
    String path = PATHS.get(random.nextInt(PATHS.size()));
    return path.contains(ID)
        ? path.replace(ID, mutated(ID, random))
        : "/status/" + mutated(ID, random);
  }

  private static String mutated(String text, Random random) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    return new String(RecordFuzz.mutated(bytes, random), StandardCharsets.ISO_8859_1);
  }

  private static String ask(ServerProcess server, Random random, String path) {
    // A path may hold anything but what ends the line of the request.
    String line = "/" + path.substring(Math.min(1, path.length())).replaceAll("[\\s\\x00]", "%0A");
    return RawHttp.send(
        server.port(),
        METHODS.get(random.nextInt(METHODS.size())) + " " + line + " HTTP/1.1",
        "Host: 127.0.0.1:" + server.port(),
        "Content-Length: 0");
  }

  private static String askBody(ServerProcess server, Random random) {
    byte[] body = BODY;
    for (int times = 1 + random.nextInt(3); times > 0; times--) {
      body = RecordFuzz.mutated(body, random);
    }
    byte[] sent = body;
    return RawHttp.send(
        server.port(),
        out -> out.write(sent),
        "POST /run/" + STEPS.get(random.nextInt(STEPS.size())) + " HTTP/1.1",
        "Host: 127.0.0.1:" + server.port(),
        "Content-Type: application/json",
        "Content-Length: " + sent.length);
  }

  private static boolean leaks(String answer, ServerProcess server) {
    return answer.contains("\tat ")
        || answer.contains("at io.etlapi")
        || answer.contains("java.lang.")
        || answer.contains(server.storage().toString());
  }
}
