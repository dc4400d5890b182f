package io.etlapi.pipeline;

import io.etlapi.task.TaskStatus;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Decides what a pipeline run does next, from the states of its nodes alone; asking again with the
 * same states gives the same answer, so it may be asked after every event and after every restart.
 */
public final class PipelineProgress {

  private PipelineProgress() {}

  /**
   * What comes next.
   *
   * @param start nodes whose tasks are to be made now, in document order
   * @param outcome how the run ends; empty while it goes on
   * @param failed nodes that failed or were cancelled, in document order
   * @param skipped nodes that will never start because one they wait for did not complete
   */
  public record Decision(
      List<PipelineNode> start,
      Optional<TaskStatus> outcome,
      List<PipelineNode> failed,
      Set<String> skipped) {}

  /**
   * Decides.
   *
   * @param states the state of every node that has a task
   * @param stopping whether the run was asked to stop
   */
  public static Decision decide(
      Pipeline pipeline, Map<String, TaskStatus> states, boolean stopping) {
    boolean halted = stopping;
    boolean active = false;
    boolean mustFail = false;
    List<PipelineNode> failed = new ArrayList<>();
    for (PipelineNode node : pipeline.nodes()) {
      TaskStatus state = states.get(node.id());
      if (state == TaskStatus.FAILED || state == TaskStatus.CANCELLED) {
        failed.add(node);
        if (node.onFailure() == PipelineNode.OnFailure.STOP || state == TaskStatus.CANCELLED) {
          halted = true;
          mustFail = true;
        }
      }
      active |= state != null && !state.isTerminal();
    }

    Set<String> skipped = skipped(pipeline, states);
    List<PipelineNode> start = new ArrayList<>();
    boolean waiting = false;
    for (PipelineNode node : pipeline.nodes()) {
      if (states.containsKey(node.id()) || skipped.contains(node.id())) {
        continue;
      }
      if (halted) {
        skipped.add(node.id());
      } else if (allCompleted(node, states)) {
        start.add(node);
      } else {
        waiting = true;
      }
    }

    if (active || waiting || !start.isEmpty()) {
      return new Decision(start, Optional.empty(), failed, skipped);
    }
    TaskStatus outcome =
        stopping
            ? TaskStatus.CANCELLED
            // A run without its output has nothing to give, whatever else went well.
            : mustFail || states.get(pipeline.outputNode()) != TaskStatus.COMPLETED
                ? TaskStatus.FAILED
                : TaskStatus.COMPLETED;
    return new Decision(start, Optional.of(outcome), failed, skipped);
  }

  private static boolean allCompleted(PipelineNode node, Map<String, TaskStatus> states) {
    return node.after().stream().allMatch(id -> states.get(id) == TaskStatus.COMPLETED);
  }

  private static Set<String> skipped(Pipeline pipeline, Map<String, TaskStatus> states) {
    Map<String, Boolean> blocked = new HashMap<>();
    Set<String> skipped = new LinkedHashSet<>();
    // Nodes are in topological order (PipelineDocument sees to it), so one pass is enough.
    for (PipelineNode node : pipeline.nodes()) {
      TaskStatus state = states.get(node.id());
      boolean isBlocked =
          state == TaskStatus.FAILED
              || state == TaskStatus.CANCELLED
              || (state == null
                  && node.after().stream().anyMatch(id -> blocked.getOrDefault(id, false)));
      blocked.put(node.id(), isBlocked);
      if (isBlocked && state == null) {
        skipped.add(node.id());
      }
    }
    return skipped;
  }
}
