package io.etlapi.step.workflow;

import static io.etlapi.engine.SqlIdentifier.literal;
import static io.etlapi.engine.SqlIdentifier.quote;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.etlapi.engine.DuckDbSession;
import io.etlapi.engine.TableAppender;
import io.etlapi.step.Outputs;
import io.etlapi.step.Step;
import io.etlapi.step.StepBench;
import io.etlapi.step.StepDescription;
import io.etlapi.step.StepException;
import io.etlapi.step.StepInput;
import io.etlapi.step.StepResult;
import io.etlapi.step.publish.PublishedTable;
import io.etlapi.step.publish.StepResults;
import io.etlapi.step.publish.TablePublisher;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Tables for workflow steps: published as a reading step does it, and read back as texts. */
final class TableBench {

  final StepBench steps;

  TableBench(Path folder) {
    steps = new StepBench(folder);
  }

  /** A published table of texts, whose meaning is inferred. */
  StepInput texts(String name, List<String> headers, List<List<@Nullable String>> rows)
      throws Exception {
    List<String> definitions = headers.stream().map(header -> quote(header) + " VARCHAR").toList();
    return publish(
        name,
        session -> {
          session.execute("CREATE TABLE seed (" + String.join(", ", definitions) + ")");
          try (TableAppender appender = session.appender("seed")) {
            for (List<@Nullable String> row : rows) {
              appender.row(row.toArray(new String[0]));
            }
          }
          return "SELECT * FROM seed";
        });
  }

  /** A published table with the engine's own types. */
  StepInput typed(String name, String select) throws Exception {
    return publish(name, session -> select);
  }

  private interface Source {
    String select(DuckDbSession session);
  }

  private StepInput publish(String name, Source source) throws Exception {
    Step step =
        new Step() {
          @Override
          public StepDescription describe() {
            return new StepDescription("seed", "Seed", "workflow", "", Map.of(), true);
          }

          @Override
          public StepResult run(io.etlapi.step.StepContext context) throws Exception {
            StepResults results = StepResults.begin(context, "seed");
            DuckDbSession session = context.session(List.of());
            PublishedTable table =
                TablePublisher.of(context, session, "seed")
                    .inferTypes()
                    .write("data.parquet", source.select(session));
            return results.build(session, table);
          }
        };
    return StepBench.input(name, steps.run(step, Map.of()));
  }

  /** Rows as texts, in the order of the file. */
  List<List<@Nullable String>> rows(Map<String, @Nullable Object> output) throws Exception {
    String path = StepBench.input("x", output).filePath().orElseThrow();
    try (DuckDbSession session = steps.engine().open(List.of(Path.of(path)), steps.data())) {
      String relation = "read_parquet(" + literal(path) + ")";
      int columns = session.describe("SELECT * FROM " + relation).size();
      return session.query(
          "SELECT * FROM " + relation,
          row -> {
            List<@Nullable String> texts = new ArrayList<>();
            for (int i = 1; i <= columns; i++) {
              texts.add(row.text(i));
            }
            return texts;
          });
    }
  }

  /** The message with which a step fails. */
  String failure(Step step, Map<String, ?> parameters, StepInput... inputs) {
    return String.valueOf(
        assertThrows(StepException.class, () -> steps.run(step, parameters, inputs)).getMessage());
  }

  static List<@Nullable String> row(@Nullable String... cells) {
    return Arrays.asList(cells);
  }

  static List<?> headers(Map<String, @Nullable Object> output) {
    return (List<?>) Outputs.at(output, "calculation_results", "headers");
  }

  static Map<?, ?> details(Map<String, @Nullable Object> output, String step) {
    return (Map<?, ?>) Outputs.at(output, step + "_details");
  }
}
