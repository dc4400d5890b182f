package io.etlapi.bench;

import io.etlapi.it.server.TestBuild;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * A completeness control through all seventeen steps, beside one hand-written SQL script that makes
 * the same tables, profiles and hashes. Both must find exactly the breaks that were put in.
 */
final class ControlSection {

  private static final String SECTION = "control";
  private static final int WARM_UP_RECORDS = 1_000;
  private static final Duration LIMIT = Duration.ofHours(1);
  private static final String COUNTS =
      "SELECT pass, count(DISTINCT match_id) FROM matches GROUP BY pass"
          + " UNION ALL SELECT category, count(*) FROM breaks GROUP BY category";

  private final Options options;
  private final Results results;
  private final Servers servers;
  private final Path folder;

  ControlSection(Options options, Results results, Servers servers) {
    this.options = options;
    this.results = results;
    this.servers = servers;
    this.folder = options.folder().resolve(SECTION);
  }

  void measure() throws Exception {
    BenchServer server = servers.etl();
    // A server that has run a control before: the first one loads the classes of all steps.
    ControlFiles first = ControlFiles.generate(folder.resolve("first"), "first", WARM_UP_RECORDS);
    server.awaitEnd(server.run("completeness_control", first.request()), LIMIT);
    ControlFiles files = ControlFiles.generate(folder.resolve("data"), "bench", options.records());
    ReferenceScript.Outcome before = options.full() ? null : script(files);
    double idle = server.residentMiB();
    server.resetPeak();
    double cpuBefore = server.cpuSeconds();
    long began = System.nanoTime();
    String id = server.run("completeness_control", files.request());
    Map<?, ?> end = server.awaitEnd(id, LIMIT);
    double seconds = (System.nanoTime() - began) / 1e9;
    double cpu = server.cpuSeconds() - cpuBefore;
    double peak = server.peakMiB() - idle;
    if (!"completed".equals(end.get("status"))) {
      throw new IllegalStateException("the control did not complete: " + end.get("error"));
    }
    ReferenceScript.Outcome limit = script(files);
    if (before != null) {
      limit = limit.and(before);
    }
    String rows = options.records() + " x " + options.records() + " rows";
    results.add(
        Figure.of(SECTION, rows + ", seventeen steps", seconds, "s")
            .beside("script", limit.seconds())
            .aim(Aim.ratioAtMost(2)));
    results.add(
        Figure.of(SECTION, rows + ", processor time", cpu, "s")
            .beside("script", limit.cpuSeconds()));
    results.add(
        Figure.of(SECTION, rows + ", peak resident above idle", peak, "MiB")
            .aim(Aim.atMost(options.full() ? 3_072 : 1_024)));
    steps(server, end)
        .forEach(
            (step, took) -> results.add(Figure.of(SECTION, "step " + step, took, "s").asDetail()));
    limit
        .steps()
        .forEach(
            (step, took) ->
                results.add(Figure.of(SECTION, "script " + step, took, "s").asDetail()));
    check("the server", files.expected(), counts(server, end));
  }

  private ReferenceScript.Outcome script(ControlFiles files) throws Exception {
    Path out = folder.resolve("reference");
    try {
      ReferenceScript.Outcome outcome =
          ReferenceScript.run(
              "reference.sql", COUNTS, files.root(), out, Servers.ENGINE_MEMORY, Machine.cores());
      check("the script", files.expected(), outcome.counts());
      return outcome;
    } finally {
      TestBuild.delete(out);
    }
  }

  private static void check(String who, Map<String, Long> expected, Map<String, Long> found) {
    if (!expected.equals(found)) {
      throw new IllegalStateException(
          who + " found " + found + " where " + expected + " was put in");
    }
  }

  /** Seconds from the start to the end of each child, in the order in which they started. */
  private static Map<String, Double> steps(BenchServer server, Map<?, ?> parent) throws Exception {
    Map<Instant, String> order = new TreeMap<>();
    Map<String, Double> seconds = new LinkedHashMap<>();
    for (Object child : children(parent)) {
      Map<?, ?> status = server.get("/status/" + id(child));
      Instant started = Instant.parse(String.valueOf(status.get("started_at")));
      Instant completed = Instant.parse(String.valueOf(status.get("completed_at")));
      String name =
          String.format(
              Locale.ROOT,
              "%s|%s",
              status.get("step_name"),
              Duration.between(started, completed).toMillis() / 1000.0);
      order.put(started, name);
    }
    order
        .values()
        .forEach(
            name -> {
              String[] parts = name.split("\\|", 2);
              seconds.put(parts[0], Double.parseDouble(parts[1]));
            });
    return seconds;
  }

  private static Map<String, Long> counts(BenchServer server, Map<?, ?> parent) throws Exception {
    for (Object child : children(parent)) {
      Map<?, ?> status = server.get("/status/" + id(child));
      if ("output_rules_comp".equals(status.get("step_name"))
          && status.get("output") instanceof Map<?, ?> output
          && output.get("output_rules_comp_details") instanceof Map<?, ?> details) {
        Map<String, Long> counts = new TreeMap<>();
        for (String member : List.of("matches_by_pass", "breaks_by_category")) {
          if (details.get(member) instanceof Map<?, ?> figures) {
            figures.forEach(
                (name, count) -> counts.put(String.valueOf(name), ((Number) count).longValue()));
          }
        }
        return counts;
      }
    }
    throw new IllegalStateException("the control has no output_rules_comp");
  }

  private static List<?> children(Map<?, ?> parent) {
    if (parent.get("children") instanceof List<?> children) {
      return children;
    }
    throw new IllegalStateException("the control has no children");
  }

  private static Object id(Object child) {
    return child instanceof Map<?, ?> map ? String.valueOf(map.get("task_id")) : child;
  }
}
