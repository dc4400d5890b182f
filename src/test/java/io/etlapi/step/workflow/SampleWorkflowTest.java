package io.etlapi.step.workflow;

import static io.etlapi.step.Outputs.at;
import static io.etlapi.step.Outputs.table;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.etlapi.json.Json;
import io.etlapi.pipeline.Pipeline;
import io.etlapi.pipeline.PipelineDocument;
import io.etlapi.pipeline.PipelineNode;
import io.etlapi.step.Step;
import io.etlapi.step.StepBench;
import io.etlapi.step.StepCatalog;
import io.etlapi.step.StepInput;
import io.etlapi.step.access.Samples;
import io.etlapi.step.parameters.ParameterRules;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shipped sample, node by node, as a client would run it. */
class SampleWorkflowTest {

  private static final StepCatalog STEPS =
      new StepCatalog(
          List.of(new ReadCsvStep(), new FilterStep(), new JoinStep(), new AggregateStep()));

  private static Pipeline shipped() throws Exception {
    try (InputStream in =
        Objects.requireNonNull(
            SampleWorkflowTest.class.getResourceAsStream("/pipelines/sample_workflow.json"))) {
      String json = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return PipelineDocument.read(Json.parseObject(json), name -> STEPS.find(name).isPresent());
    }
  }

  @Test
  void theShippedSampleTellsWhatTheShopWasPaidByRegion(@TempDir Path folder) throws Exception {
    StepBench bench = new StepBench(folder);
    Samples.unpack(bench.storage());
    Pipeline pipeline = shipped();
    Map<String, Map<String, @Nullable Object>> outputs = new LinkedHashMap<>();
    for (PipelineNode node : pipeline.nodes()) {
      Step step = STEPS.find(node.step()).orElseThrow();
      Map<String, Object> parameters = new LinkedHashMap<>();
      node.parameters()
          .forEach((name, value) -> parameters.put(name, Objects.requireNonNull(value)));
      assertEquals(
          List.of(),
          new ParameterRules(step.describe())
              .check(Map.of(), node.parameters(), bench.files())
              .faults(),
          node.id());
      List<StepInput> inputs = new ArrayList<>();
      if (node.inputs().isEmpty()) {
        node.after().forEach(from -> inputs.add(input(from, from, outputs)));
      } else {
        node.inputs().forEach((name, from) -> inputs.add(input(name, from, outputs)));
      }
      outputs.put(node.id(), bench.run(step, parameters, inputs.toArray(new StepInput[0])));
    }
    Map<String, @Nullable Object> output = outputs.get(pipeline.outputNode());
    assertEquals(
        List.of("region", "count_order_id", "sum_amount"),
        at(output, "calculation_results", "headers"));
    assertEquals(
        "[[\"South\",5,1194.45],[\"North\",5,952.40],[\"East\",4,648.71],[\"West\",3,101.80]]",
        Json.write(table(output)));
  }

  private static StepInput input(
      String name, String from, Map<String, Map<String, @Nullable Object>> outputs) {
    return new StepInput(name, Objects.requireNonNull(outputs.get(from)));
  }
}
