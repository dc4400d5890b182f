package io.etlapi.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.it.server.Answer;
import io.etlapi.it.server.EtlClient;
import io.etlapi.it.server.SharedServer;
import io.etlapi.it.server.TestFiles;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** read, filter, join, aggregate, output on real files, wired in both ways that clients use. */
@ExtendWith(SharedServer.class)
class WorkflowIT {

  /** What today's front end keeps of an output when it passes it on. */
  private static final Set<String> FORWARDED =
      Set.of(
          "status",
          "calculation_results",
          "histogram_data",
          "count",
          "file_info",
          "input_file_info",
          "execution_logs",
          "step_type",
          "processed_at");

  private final EtlClient client;
  private final String orders;
  private final String customers;

  WorkflowIT(EtlClient client, TestFiles files) {
    this.client = client;
    this.orders =
        files.write(
            "workflow/orders.csv",
            """
            order_id,customer,amount
            0001,c1,100.10
            0002,c2,50.00
            0003,c1,0.20
            0004,c3,75.25
            0005,c9,999.99
            """);
    this.customers =
        files.write(
            "workflow/customers.csv",
            """
            customer,region
            c1,north
            c2,south
            c3,north
            """);
  }

  @Test
  void tasksAreWiredByTheirIds() {
    String read = id(client.complete("read_csv", TestFiles.reading(orders)));
    String filtered =
        id(
            client.complete(
                "filter",
                Map.of(
                    "inputs",
                    Map.of("read_csv", read),
                    "custom_params",
                    Map.of("condition", "amount > 0.5"))));
    String reference = id(client.complete("read_csv", TestFiles.reading(customers)));
    String joined =
        id(
            client.complete(
                "join",
                Map.of(
                    "inputs",
                    Map.of("left", filtered, "right", reference),
                    "custom_params",
                    Map.of(
                        "join_type", "inner", "left_key", "customer", "right_key", "customer"))));
    Answer aggregated =
        client.complete(
            "aggregate",
            Map.of(
                "inputs",
                Map.of("join", joined),
                "custom_params",
                Map.of(
                    "group_by",
                    "region",
                    "aggregations",
                    "sum:amount,count:order_id",
                    "sort_by",
                    "region ASC")));

    assertEquals(
        List.of("region", "sum_amount", "count_order_id"),
        aggregated.at("output", "calculation_results", "headers"));
    assertEquals(
        "[[north, 175.35, 2], [south, 50.00, 1]]",
        String.valueOf(aggregated.at("output", "calculation_results", "table")));

    Answer written =
        client.complete(
            "output",
            Map.of(
                "inputs",
                Map.of("aggregate", id(aggregated)),
                "custom_params",
                Map.of("output_type", "csv")));
    assertEquals("2", written.string("output", "count"));
  }

  @Test
  void aClientOfTodayPassesReducedOutputsAndNulls() {
    Map<String, @Nullable Object> read = reduced(client.complete("read_csv", reading(orders)));
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("parameters", Map.of("runEnv", "production", "tempFilePath", "/tmp/x"));
    body.put("custom_params", Map.of("condition", "customer = 'c1'", "step_type", "filter"));
    body.put("previous_outputs", Map.of("read_csv", read));
    body.put("unknown_field", List.of(1, 2));

    Answer run = client.post("/run/filter", body);

    assertEquals(200, run.status(), run::toString);
    assertInstanceOf(List.class, run.at("warnings"));
    Answer end = client.awaitEnd(run.string("task_id"), java.time.Duration.ofSeconds(30));
    assertEquals("completed", end.string("status"), end::toString);
    assertEquals("2", end.string("output", "count"));
  }

  @Test
  void aFailedDependencyIsRefusedByName() {
    Answer refused =
        client.post(
            "/run/filter",
            Map.of(
                "custom_params",
                Map.of("condition", "a > 1"),
                "previous_outputs",
                Map.of("read_csv", Map.of("status", "failed", "fail_message", "no such file"))));

    assertEquals(400, refused.status());
    assertTrue(
        refused
            .string("detail")
            .contains("Cannot run filter: dependency read_csv has failed - no such file"),
        refused::toString);
  }

  @Test
  void aNearMissOfAParameterNameIsAWarning() {
    Answer run =
        client.post(
            "/run/read_csv",
            Map.of("custom_params", Map.of("file_path", orders, "delimitter", ";")));

    assertEquals(200, run.status(), run::toString);
    assertTrue(String.valueOf(run.at("warnings")).contains("delimiter"), run::toString);
    client.awaitEnd(run.string("task_id"), java.time.Duration.ofSeconds(30));
  }

  private static Map<String, @Nullable Object> reading(String path) {
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("custom_params", Map.of("file_path", path));
    body.put("previous_outputs", null);
    body.put("parameters", null);
    return body;
  }

  @SuppressWarnings("unchecked")
  private static Map<String, @Nullable Object> reduced(Answer status) {
    Map<String, @Nullable Object> output =
        new LinkedHashMap<>((Map<String, @Nullable Object>) status.json().get("output"));
    output.keySet().retainAll(FORWARDED);
    return output;
  }

  private static String id(Answer status) {
    return status.string("task_id");
  }
}
