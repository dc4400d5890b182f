package io.etlapi.http;

import io.etlapi.execution.PipelineSource;
import io.etlapi.pipeline.Pipeline;
import io.etlapi.pipeline.PipelineNode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One pipeline.
 *
 * @param source {@code shipped}, {@code folder} or {@code stored}
 * @param parameters JSON Schema of the run's parameters
 * @param output the node whose output is the run's
 * @param nodes in an order in which they may run
 * @param document as it was stored; what {@code PUT} takes
 */
public record PipelineView(
    String name,
    String displayName,
    String description,
    String source,
    Map<String, @Nullable Object> parameters,
    String output,
    List<Node> nodes,
    Map<String, @Nullable Object> document)
    implements View {

  /**
   * One step of it.
   *
   * @param after ids of the nodes it waits for
   * @param inputs names under which it takes their outputs; empty: under their ids
   * @param onFailure the word of the document: stop or continue
   */
  public record Node(
      String id,
      String step,
      List<String> after,
      Map<String, String> inputs,
      Map<String, @Nullable Object> parameters,
      String onFailure,
      int retries) {}

  static PipelineView of(Pipeline pipeline, PipelineSource source) {
    return new PipelineView(
        pipeline.name(),
        pipeline.displayName(),
        pipeline.description(),
        source.word(),
        pipeline.parameterSchema(),
        pipeline.outputNode(),
        pipeline.nodes().stream().map(PipelineView::node).toList(),
        pipeline.document());
  }

  private static Node node(PipelineNode node) {
    return new Node(
        node.id(),
        node.step(),
        node.after(),
        node.inputs(),
        node.parameters(),
        node.onFailure().name().toLowerCase(Locale.ROOT),
        node.retries());
  }
}
