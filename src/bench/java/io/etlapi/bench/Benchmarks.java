package io.etlapi.bench;

import io.etlapi.it.server.TestBuild;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** {@code mvn -Pbench}: measures and prints, each figure beside its limit. */
public final class Benchmarks {

  private Benchmarks() {}

  /** Takes what {@link Options#parse} does. */
  public static void main(String... args) throws Exception {
    List<String> arguments = List.of(args);
    Options options = Options.parse(arguments);
    TestBuild.delete(options.folder());
    Files.createDirectories(options.folder());
    Results results = new Results(arguments, Path.of("target", "bench"));
    System.out.printf(
        Locale.ROOT,
        "%d cores, load %.2f: other work on the machine shows in every figure%n",
        Machine.cores(),
        Machine.load());
    try (Servers servers = new Servers(options)) {
      for (String section : Options.SECTIONS) {
        if (options.sections().contains(section)) {
          attempt(section, options, results, servers);
        }
      }
    } finally {
      TestBuild.delete(options.folder());
    }
    System.out.println();
    System.out.println(results.table());
    System.out.println("written to " + results.write());
    if (!results.faults().isEmpty()) {
      throw new IllegalStateException("not measured to their end: " + results.faults());
    }
  }

  /** A section that fails ends the servers, so that the next one inherits nothing broken. */
  private static void attempt(String section, Options options, Results results, Servers servers)
      throws IOException {
    long began = System.nanoTime();
    try {
      measure(section, options, results, servers);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      results.fault(section, e);
    } catch (Exception e) {
      e.printStackTrace();
      results.fault(section, e);
      servers.close();
    }
    TestBuild.delete(options.folder().resolve(section));
    System.out.printf(
        Locale.ROOT, "%-8s | took %.0f s%n", section, (System.nanoTime() - began) / 1e9);
    results.write();
  }

  private static void measure(String section, Options options, Results results, Servers servers)
      throws Exception {
    switch (section) {
      case "start" -> new StartSection(options, results, servers).measure();
      case "status" -> new StatusSection(options, results, servers).measure();
      case "submit" -> new SubmitSection(options, results, servers).measure();
      case "engine" -> new EngineSection(options, results, servers).measure();
      case "control" -> new ControlSection(options, results, servers).measure();
      case "stored" -> new StoredSection(options, results, servers).measure();
      default -> throw new IllegalArgumentException(section);
    }
  }
}
