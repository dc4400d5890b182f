package io.etlapi.it.server;

import java.util.Map;

/**
 * Work that takes minutes on two small files, done by a real step: a join in which every row of one
 * side meets every row of the other. Tests stop it; none waits for its end.
 */
public final class SlowJoin {

  private static final int ROWS = 40_000;

  private final String left;
  private final String right;

  private SlowJoin(String left, String right) {
    this.left = left;
    this.right = right;
  }

  /** Reads the two files; afterwards the join can be run any number of times. */
  public static SlowJoin on(EtlClient client, TestFiles files) {
    String left = files.numbered("slow-left.csv", "left", ROWS);
    String right = files.numbered("slow-right.csv", "right", ROWS);
    return new SlowJoin(
        client.complete("read_csv", TestFiles.reading(left)).string("task_id"),
        client.complete("read_csv", TestFiles.reading(right)).string("task_id"));
  }

  public Map<String, Object> body() {
    return Map.of(
        "inputs",
        Map.of("left", left, "right", right),
        "custom_params",
        Map.of("join_type", "inner", "left_key", "k", "right_key", "k"));
  }

  public String run(EtlClient client) {
    return client.run("join", body());
  }
}
