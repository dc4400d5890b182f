package io.etlapi.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.json.Json;
import io.etlapi.task.Fault;
import io.etlapi.task.TaskException;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PipelineDocumentTest {

  @Test
  void aDocumentBecomesAGraphInAnOrderThatCanRun() {
    Pipeline pipeline =
        read(
            """
            {"name": "orders", "display_name": "Orders", "nodes": [
              {"id": "joined", "step": "join", "inputs": {"left": "a", "right": "b"}},
              {"id": "a", "step": "read"},
              {"id": "b", "step": "read", "parameters": {"x": "${parameters.day}"}, "retries": 2}]}
            """);
    assertEquals(
        List.of("a", "b", "joined"), pipeline.nodes().stream().map(PipelineNode::id).toList());
    assertEquals(List.of("a", "b"), pipeline.node("joined").orElseThrow().after());
    assertEquals("joined", pipeline.outputNode());
    assertEquals(Set.of("a", "b"), pipeline.upstream("joined"));
  }

  @Test
  void everyFaultIsListedAtOnce() {
    List<Fault> faults =
        faults(
            """
            {"name": "No Good", "nodes": [
              {"id": "a", "step": "raed", "on_failure": "explode", "retries": -1},
              {"id": "a", "step": "read", "after": ["nowhere"]},
              7]}
            """);
    String all = faults.stream().map(Fault::toString).collect(Collectors.joining("\n"));
    for (String expected :
        List.of("No Good", "raed", "explode", "retries", "two nodes", "nowhere", "number")) {
      assertTrue(all.contains(expected), expected + " is not named in\n" + all);
    }
  }

  @Test
  void aCircleIsRefusedAndNamed() {
    String detail =
        faults(
                """
                {"name": "c", "nodes": [
                  {"id": "a", "step": "read", "after": ["b"]},
                  {"id": "b", "step": "read", "after": ["a"]}]}
                """)
            .get(0)
            .detail();
    assertTrue(detail.contains("a, b"), detail);
  }

  @Test
  void aReferenceToANodeThatIsNotWaitedForIsRefused() {
    List<Fault> faults =
        faults(
            """
            {"name": "c", "nodes": [
              {"id": "a", "step": "read"},
              {"id": "b", "step": "read",
               "parameters": {"p": "${steps.a.output.file_info.file_path}", "q": "${env.HOME}"}}]}
            """);
    assertEquals(2, faults.size());
  }

  @Test
  void aDocumentOfTenThousandStepsIsRefusedQuickly() {
    String nodes =
        IntStream.range(0, 10_000)
            .mapToObj(i -> "{\"id\": \"n" + i + "\", \"step\": \"read\"}")
            .collect(Collectors.joining(","));
    assertTrue(
        faults("{\"name\": \"huge\", \"nodes\": [" + nodes + "]}")
            .get(0)
            .detail()
            .contains("10000"));
  }

  private static List<Fault> faults(String json) {
    return assertThrows(TaskException.class, () -> read(json)).faults();
  }

  private static Pipeline read(String json) {
    return PipelineDocument.read(Json.parseObject(json), Set.of("read", "join")::contains);
  }
}
