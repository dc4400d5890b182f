package io.etlapi.pipeline;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One step of a pipeline.
 *
 * @param id unique in its pipeline; often the step's name
 * @param step the step it runs
 * @param after ids of the nodes it waits for; their outputs are its inputs, in this order
 * @param inputs names under which it takes the outputs of nodes it waits for, such as {@code left};
 *     empty: every node of {@code after} under its own id
 * @param parameters override the run's; texts may hold references such as {@code
 *     ${parameters.expectedRunDate}} and {@code ${steps.read.output.file_info.file_path}}
 * @param onFailure what becomes of the rest when this node fails
 * @param retries extra attempts of this node
 */
public record PipelineNode(
    String id,
    String step,
    List<String> after,
    Map<String, String> inputs,
    Map<String, @Nullable Object> parameters,
    OnFailure onFailure,
    int retries) {

  /** What a failed node does to its pipeline. */
  public enum OnFailure {
    /** Nothing further starts, and the run fails with this node's message. */
    STOP,
    /** What waits for this node is skipped; the rest goes on, and the run may still complete. */
    CONTINUE
  }

  public PipelineNode {
    after = List.copyOf(after);
  }
}
