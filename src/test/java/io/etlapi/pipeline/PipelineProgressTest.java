package io.etlapi.pipeline;

import static io.etlapi.task.TaskStatus.CANCELLED;
import static io.etlapi.task.TaskStatus.COMPLETED;
import static io.etlapi.task.TaskStatus.FAILED;
import static io.etlapi.task.TaskStatus.PENDING;
import static io.etlapi.task.TaskStatus.RUNNING;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.etlapi.json.Json;
import io.etlapi.task.TaskStatus;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PipelineProgressTest {

  private final Pipeline pipeline =
      PipelineDocument.read(
          Json.parseObject(
              """
              {"name": "p", "output": "end", "nodes": [
                {"id": "src", "step": "s"},
                {"id": "tgt", "step": "s"},
                {"id": "note", "step": "s", "after": ["src"], "on_failure": "continue"},
                {"id": "mail", "step": "s", "after": ["note"]},
                {"id": "end", "step": "s", "after": ["src", "tgt"]}]}
              """),
          step -> true);

  @Test
  void whatWaitsForNothingStartsSideBySide() {
    assertEquals(List.of("src", "tgt"), starts(Map.of()));
  }

  @Test
  void aNodeStartsWhenAllItWaitsForHaveCompleted() {
    assertEquals(List.of("note"), starts(Map.of("src", COMPLETED, "tgt", RUNNING)));
    assertEquals(
        List.of("end"), starts(Map.of("src", COMPLETED, "tgt", COMPLETED, "note", RUNNING)));
  }

  @Test
  void aFailureStopsTheRunOnceWhatRunsHasEnded() {
    Map<String, TaskStatus> one = Map.of("src", FAILED, "tgt", RUNNING);
    assertEquals(List.of(), starts(one));
    assertEquals(Optional.empty(), decide(one, false).outcome());
    assertEquals(
        Optional.of(FAILED), decide(Map.of("src", FAILED, "tgt", COMPLETED), false).outcome());
  }

  @Test
  void aNodeThatMayFailOnlySkipsWhatWaitsForIt() {
    Map<String, TaskStatus> states =
        Map.of("src", COMPLETED, "tgt", COMPLETED, "note", FAILED, "end", COMPLETED);
    PipelineProgress.Decision decision = decide(states, false);
    assertEquals(Optional.of(COMPLETED), decision.outcome());
    assertEquals(Set.of("mail"), decision.skipped());
  }

  @Test
  void aStoppedRunStartsNothingAndEndsCancelledWhenItsChildrenHaveEnded() {
    assertEquals(List.of(), decide(Map.of("src", COMPLETED, "tgt", PENDING), true).start());
    assertEquals(
        Optional.empty(), decide(Map.of("src", COMPLETED, "tgt", PENDING), true).outcome());
    assertEquals(
        Optional.of(CANCELLED), decide(Map.of("src", COMPLETED, "tgt", CANCELLED), true).outcome());
  }

  @Test
  void aChildThatWasStoppedAloneFailsTheRun() {
    assertEquals(
        Optional.of(FAILED), decide(Map.of("src", CANCELLED, "tgt", COMPLETED), false).outcome());
  }

  private List<String> starts(Map<String, TaskStatus> states) {
    return decide(states, false).start().stream().map(PipelineNode::id).toList();
  }

  private PipelineProgress.Decision decide(Map<String, TaskStatus> states, boolean stopping) {
    return PipelineProgress.decide(pipeline, states, stopping);
  }
}
