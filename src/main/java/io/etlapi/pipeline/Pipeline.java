package io.etlapi.pipeline;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A graph of steps, as data. Valid when made by {@link PipelineDocument}: no cycle, no dangling
 * name.
 *
 * @param name the name clients run it by; shares the steps' name space
 * @param parameterSchema JSON Schema of the run's parameters
 * @param outputNode the node whose output is the run's output
 * @param nodes in document order
 * @param document the JSON it was read from; stored with every run, so that a later change of the
 *     pipeline does not touch a run under way
 */
public record Pipeline(
    String name,
    String displayName,
    String description,
    Map<String, @Nullable Object> parameterSchema,
    String outputNode,
    List<PipelineNode> nodes,
    Map<String, @Nullable Object> document) {

  public Pipeline {
    nodes = List.copyOf(nodes);
  }

  public Optional<PipelineNode> node(String id) {
    return nodes.stream().filter(node -> node.id().equals(id)).findFirst();
  }

  /** What {@code id} waits for, directly or not. */
  public Set<String> upstream(String id) {
    Map<String, PipelineNode> byId = new LinkedHashMap<>();
    nodes.forEach(node -> byId.put(node.id(), node));
    Set<String> found = new LinkedHashSet<>();
    collect(id, byId, found);
    return found;
  }

  private static void collect(String id, Map<String, PipelineNode> byId, Set<String> found) {
    PipelineNode node = byId.get(id);
    if (node != null) {
      for (String before : node.after()) {
        if (found.add(before)) {
          collect(before, byId, found);
        }
      }
    }
  }
}
