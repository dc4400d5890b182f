package io.etlapi.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.it.server.Answer;
import io.etlapi.it.server.EtlClient;
import io.etlapi.it.server.SharedServer;
import io.etlapi.it.server.TestFiles;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The classic steps one after the other, and a DataSource of the server itself. */
@ExtendWith(SharedServer.class)
class ClassicStepsIT {

  private final EtlClient client;
  private final TestFiles files;

  ClassicStepsIT(EtlClient client, TestFiles files) {
    this.client = client;
    this.files = files;
  }

  @Test
  void rowsAreExtractedEnrichedTransformedValidatedAndLoaded() {
    String trades =
        step(
            "extract",
            Map.of(),
            Map.of(
                "file_path",
                files.write("classic/trades.csv", "id,book,amount\n1,B1,10.00\n2,B2,-5.00\n")));
    String books =
        step(
            "extract",
            Map.of(),
            Map.of("file_path", files.write("classic/books.csv", "book,desk\nB1,Rates\nB2,FX\n")));
    String enriched =
        step(
            "enrich",
            Map.of("rows", trades, "lookup", books),
            Map.of("on", Map.of("book", "book"), "add", Map.of("desk", "desk")));
    String transformed =
        step(
            "transform",
            Map.of("enrich", enriched),
            Map.of("derive", List.of(Map.of("to", "size", "sql", "abs(amount)")), "drop", "book"));
    String valid =
        step(
            "validate",
            Map.of("transform", transformed),
            Map.of("rules", List.of(Map.of("rule", "range", "column", "amount", "min", 0))));
    Answer loaded =
        client.awaitEnd(
            client.run("load", body(Map.of("validate", valid), Map.of("output_path", "out.csv"))),
            Duration.ofSeconds(60));

    assertEquals("completed", loaded.string("status"), loaded::toString);
    assertEquals(
        "[[1, 10.00, Rates, 10.00]]",
        String.valueOf(loaded.at("output", "calculation_results", "table")));
    assertEquals("INVALID", client.status(valid).string("output", "verdict"));
  }

  @Test
  void aListedDataSourceIsReadAndAnotherIsNot() {
    Answer read =
        client.complete(
            "extract",
            body(
                Map.of(),
                Map.of(
                    "source_type", "jdbc",
                    "datasource", SharedServer.DATASOURCE,
                    "table", "INFORMATION_SCHEMA.SETTINGS")));
    assertTrue(read.number("output", "extract_details", "rows") > 0);

    Answer refused =
        client.awaitEnd(
            client.run(
                "extract",
                body(
                    Map.of(),
                    Map.of("source_type", "jdbc", "datasource", "jdbc/other", "table", "t"))),
            Duration.ofSeconds(60));
    assertEquals("failed", refused.string("status"));
    assertTrue(refused.string("error").contains("ETL_DATASOURCES"), refused::toString);
  }

  private String step(String name, Map<String, String> inputs, Map<String, Object> parameters) {
    return client.complete(name, body(inputs, parameters)).string("task_id");
  }

  private static Map<String, Object> body(
      Map<String, String> inputs, Map<String, Object> parameters) {
    return Map.of("inputs", inputs, "custom_params", parameters);
  }
}
