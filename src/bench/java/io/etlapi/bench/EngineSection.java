package io.etlapi.bench;

import io.etlapi.it.server.TestBuild;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Workflow steps beside a hand-written SQL script that makes the same files, profiles and hashes;
 * and many of them at once beside the same one after another.
 */
final class EngineSection {

  private static final String SECTION = "engine";
  private static final int WARM_UP_RECORDS = 1_000;
  private static final Duration LIMIT = Duration.ofMinutes(30);

  private final Options options;
  private final Results results;
  private final Servers servers;
  private final Path folder;

  EngineSection(Options options, Results results, Servers servers) {
    this.options = options;
    this.results = results;
    this.servers = servers;
    this.folder = options.folder().resolve(SECTION);
  }

  void measure() throws Exception {
    // A server that has run each step before: the first run of each loads its classes.
    steps(ControlFiles.generate(folder.resolve("first"), "first", WARM_UP_RECORDS));
    ControlFiles files = ControlFiles.generate(folder.resolve("data"), "bench", options.records());
    ReferenceScript.Outcome script = script(files, "before");
    Ran ran = steps(files);
    ReferenceScript.Outcome again = script(files, "after");
    for (Map.Entry<String, Double> step : ran.seconds().entrySet()) {
      double limit = (script.step(step.getKey()) + again.step(step.getKey())) / 2;
      results.add(
          Figure.of(
                  SECTION, step.getKey() + ", " + options.records() + " rows", step.getValue(), "s")
              .beside("script", limit)
              .aim(Aim.ratioAtMost(1.25)));
    }
    atOnce(ran.trades());
  }

  private ReferenceScript.Outcome script(ControlFiles files, String name) throws Exception {
    Path out = folder.resolve(name);
    try {
      return ReferenceScript.run(
          "workflow.sql", "", files.root(), out, Servers.ENGINE_MEMORY, Machine.cores());
    } finally {
      TestBuild.delete(out);
    }
  }

  /**
   * What the steps took.
   *
   * @param trades id of the task that read the file
   * @param seconds by step
   */
  private record Ran(String trades, Map<String, Double> seconds) {}

  private Ran steps(ControlFiles files) throws Exception {
    Map<String, Double> steps = new LinkedHashMap<>();
    String trades = run(steps, "read_csv", reading(files.root().resolve(ControlFiles.SRC)));
    String desks =
        run(new LinkedHashMap<>(), "read_csv", reading(files.root().resolve(ControlFiles.LOOKUP)));
    run(steps, "filter", on(Map.of("rows", trades), Map.of("condition", "amount > 100")));
    run(
        steps,
        "join",
        on(
            Map.of("left", trades, "right", desks),
            Map.of("join_type", "left", "left_key", "currency", "right_key", "currency")));
    run(
        steps,
        "aggregate",
        on(
            Map.of("rows", trades),
            Map.of(
                "group_by",
                "currency",
                "aggregations",
                "sum:amount,count:trade_ref",
                "sort_by",
                "currency")));
    run(steps, "convert_parquet", on(Map.of("rows", trades), Map.of("compression", "snappy")));
    return new Ran(trades, steps);
  }

  private void atOnce(String trades) throws Exception {
    BenchServer etl = servers.etl();
    Map<String, Object> body =
        on(
            Map.of("rows", trades),
            Map.of("group_by", "currency,party", "aggregations", "sum:amount,count:trade_ref"));
    etl.resetPeak();
    long began = System.nanoTime();
    for (int i = 0; i < options.atOnce(); i++) {
      completed(etl.run("aggregate", body));
    }
    double after = (System.nanoTime() - began) / 1e9;
    double peakAfter = etl.peakMiB();
    etl.resetPeak();
    began = System.nanoTime();
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < options.atOnce(); i++) {
      ids.add(etl.run("aggregate", body));
    }
    for (String id : ids) {
      completed(id);
    }
    double once = (System.nanoTime() - began) / 1e9;
    String what = options.atOnce() + " aggregates at once";
    results.add(
        Figure.of(SECTION, what, once, "s").beside("one by one", after).aim(Aim.ratioAtMost(1.1)));
    results.add(
        Figure.of(SECTION, what + ", peak resident", etl.peakMiB(), "MiB")
            .beside("one by one", peakAfter));
  }

  /** Runs a step and notes the seconds from its start to its end. */
  private String run(Map<String, Double> steps, String step, Map<String, Object> body)
      throws Exception {
    String id = servers.etl().run(step, body);
    Map<?, ?> end = completed(id);
    steps.put(
        step,
        Duration.between(
                    Instant.parse(String.valueOf(end.get("started_at"))),
                    Instant.parse(String.valueOf(end.get("completed_at"))))
                .toMillis()
            / 1000.0);
    return id;
  }

  private Map<?, ?> completed(String id) throws Exception {
    Map<?, ?> end = servers.etl().awaitEnd(id, LIMIT);
    if (!"completed".equals(end.get("status"))) {
      throw new IllegalStateException("a step did not complete: " + end.get("error"));
    }
    return end;
  }

  private static Map<String, Object> reading(Path file) {
    return Map.of("custom_params", Map.of("file_path", file.toString()));
  }

  private static Map<String, Object> on(Map<String, String> inputs, Map<String, String> params) {
    return Map.of("inputs", inputs, "custom_params", params);
  }
}
