package io.etlapi.faults;

import io.etlapi.faults.Tally.Breach;
import io.etlapi.it.server.Answer;
import io.etlapi.it.server.EtlClient;
import io.etlapi.it.server.ServerKind;
import io.etlapi.it.server.ServerProcess;
import io.etlapi.it.server.TestBuild;
import io.etlapi.step.jar.JarBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Steps that use up the memory: the process must end at once and start again clean. */
final class ServerMemory implements Section {

  /** The JVM's own option sees the first; the second is thrown by a library, and it does not. */
  private static final Map<String, String> WAYS =
      Map.of(
          "allocate",
          "var all = new java.util.ArrayList<byte[]>();"
              + " while (true) { all.add(new byte[8 << 20]); }",
          "library",
          "throw new IllegalStateException(new OutOfMemoryError(\"direct buffers\"));");

  private static final int EXIT_CODE = 3;

  @Override
  public String name() {
    return "out-of-memory";
  }

  @Override
  public String title() {
    return "server: OutOfMemoryError in a step ends the process, which starts again clean";
  }

  @Override
  public String unit() {
    return "processes";
  }

  @Override
  public int parts(Scale scale) {
    return scale.of(0, 1);
  }

  @Override
  public void run(Scale scale, int part, long seed, Tally tally) throws Exception {
    Path folder = TestBuild.emptyFolder("faults-memory-data");
    Path steps = Files.createDirectories(folder.resolve("steps"));
    for (Map.Entry<String, String> way : WAYS.entrySet()) {
      String type = "hungry." + way.getKey().substring(0, 1).toUpperCase(java.util.Locale.ROOT);
      new JarBuilder()
          .source(type, source(type, way.getKey(), way.getValue()))
          .provider(type)
          .build(folder.resolve("work-" + way.getKey()), steps.resolve(way.getKey() + ".jar"));
    }
    try (ServerProcess server =
        ServerProcess.of(
            ServerKind.PAYARA_MICRO,
            "faults-memory",
            Map.of("ETL_STEPS_DIR", steps.toString(), "ETL_ENGINE_MEMORY", "256M"))) {
      server.start();
      // The short suite leaves out what only the JVM does.
      for (String way :
          scale == Scale.SHORT ? List.of("library") : List.of("library", "allocate")) {
        String id = server.client().run(way, Map.of());
        int code = server.awaitExit();
        tally.count("processes", 1);
        if (code != EXIT_CODE) {
          tally.broken(Breach.OTHER, way + ": it ended with code " + code);
        }
        server.start();
        EtlClient client = server.client();
        Answer end = client.awaitEnd(id, Duration.ofSeconds(30));
        if (!"failed".equals(end.string("status"))
            || !"interrupted by a server stop".equals(end.string("error"))) {
          tally.broken(Breach.OTHER, way + ": " + end);
        }
      }
    }
  }

  private static String source(String type, String name, String body) {
    String simple = type.substring(type.indexOf('.') + 1);
    return "package hungry; import io.etlapi.step.*; import java.util.Map; public class "
        + simple
        + " implements Step { public StepDescription describe() { return new StepDescription(\""
        + name
        + "\", \""
        + name
        + "\", \"java\", \"\", Map.of(\"type\", \"object\"), false); }"
        + " public StepResult run(StepContext context) throws Exception { "
        // The answer to the client comes first: it is the acknowledgement.
        + "Thread.sleep(3000); "
        + body
        + " } }";
  }
}
