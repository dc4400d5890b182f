package io.etlapi.pipeline;

import io.etlapi.json.Json;
import io.etlapi.task.Fault;
import io.etlapi.task.TaskException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import org.jspecify.annotations.Nullable;

/** Reads a pipeline from its JSON document and refuses it with every fault at once. */
public final class PipelineDocument {

  /** More nodes than a person could mean; keeps a hostile document cheap. */
  public static final int MAX_NODES = 1000;

  private static final String NAME = "[a-z][a-z0-9_]{0,63}";

  private final Map<String, @Nullable Object> document;
  private final List<Fault> faults = new ArrayList<>();

  private PipelineDocument(Map<String, @Nullable Object> document) {
    this.document = document;
  }

  /**
   * Reads and checks a document.
   *
   * @param isStep whether a name is that of a step that nodes may run
   * @throws TaskException (INVALID) that lists every fault with its pointer
   */
  public static Pipeline read(Map<String, @Nullable Object> document, Predicate<String> isStep) {
    return new PipelineDocument(document).read(isStep);
  }

  private Pipeline read(Predicate<String> isStep) {
    String name = text(document, "", "name", "").orElse("");
    if (!name.matches(NAME)) {
      fault("/name", "must be lower case letters, digits and underscores, found '" + name + "'");
    }
    List<PipelineNode> nodes = new ArrayList<>();
    if (document.get("nodes") instanceof List<?> list && !list.isEmpty()) {
      if (list.size() > MAX_NODES) {
        fault("/nodes", "has " + list.size() + " nodes, at most " + MAX_NODES + " are allowed");
        throw TaskException.invalid(faults);
      }
      for (int i = 0; i < list.size(); i++) {
        node("/nodes/" + i, list.get(i), isStep).ifPresent(nodes::add);
      }
    } else {
      fault("/nodes", "must be an array with at least one node");
    }
    checkNames(nodes);
    List<PipelineNode> ordered = faults.isEmpty() ? topological(nodes) : nodes;
    String output = outputNode(ordered);
    if (!faults.isEmpty()) {
      throw TaskException.invalid(faults);
    }
    Pipeline pipeline =
        new Pipeline(
            name,
            text(document, "", "display_name", name).orElse(name),
            text(document, "", "description", "").orElse(""),
            object(document, "", "parameters"),
            output,
            ordered,
            document);
    checkReferences(pipeline);
    if (!faults.isEmpty()) {
      throw TaskException.invalid(faults);
    }
    return pipeline;
  }

  private Optional<PipelineNode> node(
      String pointer, @Nullable Object value, Predicate<String> isStep) {
    if (!(value instanceof Map)) {
      fault(pointer, "must be an object, found " + Json.typeName(value));
      return Optional.empty();
    }
    @SuppressWarnings("unchecked") // JSON objects have text keys
    Map<String, @Nullable Object> node = (Map<String, @Nullable Object>) value;
    String step = text(node, pointer, "step", "").orElse("");
    String id = text(node, pointer, "id", step).orElse(step);
    if (!id.matches(NAME)) {
      fault(pointer + "/id", "must be lower case letters, digits and underscores: '" + id + "'");
    }
    if (!isStep.test(step)) {
      fault(pointer + "/step", "there is no step named '" + step + "'");
    }
    Map<String, String> inputs = new LinkedHashMap<>();
    object(node, pointer, "inputs")
        .forEach(
            (name, from) -> {
              if (from instanceof String text) {
                inputs.put(name, text);
              } else {
                fault(pointer + "/inputs/" + Fault.token(name), "must name a node");
              }
            });
    List<String> after = new ArrayList<>(new LinkedHashSet<>(texts(node, pointer, "after")));
    inputs.values().stream().filter(from -> !after.contains(from)).forEach(after::add);
    int retries = 0;
    if (node.get("retries") instanceof Long number && number >= 0 && number <= 100) {
      retries = number.intValue();
    } else if (node.get("retries") != null) {
      fault(pointer + "/retries", "must be a whole number from 0 to 100");
    }
    return Optional.of(
        new PipelineNode(
            id,
            step,
            after,
            inputs,
            object(node, pointer, "parameters"),
            onFailure(node, pointer),
            retries));
  }

  private PipelineNode.OnFailure onFailure(Map<String, @Nullable Object> node, String pointer) {
    String word = text(node, pointer, "on_failure", "stop").orElse("stop");
    return switch (word) {
      case "stop" -> PipelineNode.OnFailure.STOP;
      case "continue" -> PipelineNode.OnFailure.CONTINUE;
      default -> {
        fault(pointer + "/on_failure", "must be stop or continue, found '" + word + "'");
        yield PipelineNode.OnFailure.STOP;
      }
    };
  }

  private void checkNames(List<PipelineNode> nodes) {
    Set<String> ids = new HashSet<>();
    nodes.forEach(
        node -> {
          if (!ids.add(node.id())) {
            fault("/nodes", "two nodes have the id '" + node.id() + "'");
          }
        });
    for (PipelineNode node : nodes) {
      for (String before : node.after()) {
        if (!ids.contains(before)) {
          fault("/nodes", "node '" + node.id() + "' waits for '" + before + "', which is no node");
        }
      }
    }
  }

  /** Kahn's algorithm, stable in document order; what is left over lies on a cycle. */
  private List<PipelineNode> topological(List<PipelineNode> nodes) {
    List<PipelineNode> ordered = new ArrayList<>();
    Set<String> placed = new HashSet<>();
    List<PipelineNode> left = new ArrayList<>(nodes);
    boolean moved = true;
    while (moved && !left.isEmpty()) {
      moved = false;
      List<PipelineNode> next = new ArrayList<>();
      for (PipelineNode node : left) {
        if (placed.containsAll(node.after())) {
          ordered.add(node);
          placed.add(node.id());
          moved = true;
        } else {
          next.add(node);
        }
      }
      left = next;
    }
    if (!left.isEmpty()) {
      fault(
          "/nodes",
          "these nodes wait for each other in a circle: "
              + String.join(", ", left.stream().map(PipelineNode::id).toList()));
    }
    return ordered;
  }

  private String outputNode(List<PipelineNode> nodes) {
    Optional<String> named = text(document, "", "output", null);
    if (named.isPresent()) {
      if (nodes.stream().noneMatch(node -> node.id().equals(named.get()))) {
        fault("/output", "names '" + named.get() + "', which is no node");
      }
      return named.get();
    }
    return nodes.isEmpty() ? "" : nodes.get(nodes.size() - 1).id();
  }

  private void checkReferences(Pipeline pipeline) {
    for (PipelineNode node : pipeline.nodes()) {
      Set<String> upstream = pipeline.upstream(node.id());
      PipelineReferences.visit(
          node.parameters(),
          text -> {
            Matcher matcher = PipelineReferences.PATTERN.matcher(text);
            while (matcher.find()) {
              String reference = matcher.group(1);
              if (reference.startsWith("secret:") || reference.startsWith("parameters.")) {
                continue;
              }
              String[] parts = reference.split("\\.", -1);
              if (parts.length < 3 || !parts[0].equals("steps") || !parts[2].equals("output")) {
                fault(
                    "/nodes",
                    "node '"
                        + node.id()
                        + "': ${"
                        + reference
                        + "} is neither ${parameters.…} nor ${steps.NODE.output.…}");
              } else if (!upstream.contains(parts[1])) {
                fault(
                    "/nodes",
                    "node '"
                        + node.id()
                        + "' refers to the output of '"
                        + parts[1]
                        + "', which it does not wait for");
              }
            }
          });
    }
  }

  private Optional<String> text(
      Map<String, @Nullable Object> object, String pointer, String key, @Nullable String fallback) {
    Object value = object.get(key);
    if (value == null) {
      return Optional.ofNullable(fallback);
    }
    if (value instanceof String text) {
      return Optional.of(text);
    }
    fault(pointer + "/" + key, "must be a text, found " + Json.typeName(value));
    return Optional.ofNullable(fallback);
  }

  private List<String> texts(Map<String, @Nullable Object> object, String pointer, String key) {
    Object value = object.get(key);
    if (value == null) {
      return List.of();
    }
    List<String> texts = new ArrayList<>();
    if (value instanceof List<?> list) {
      for (Object item : list) {
        if (item instanceof String text) {
          texts.add(text);
        } else {
          fault(pointer + "/" + key, "must hold texts only, found " + Json.typeName(item));
        }
      }
    } else {
      fault(pointer + "/" + key, "must be an array of node ids, found " + Json.typeName(value));
    }
    return texts;
  }

  @SuppressWarnings("unchecked") // JSON objects have text keys
  private Map<String, @Nullable Object> object(
      Map<String, @Nullable Object> object, String pointer, String key) {
    Object value = object.get(key);
    if (value instanceof Map) {
      return (Map<String, @Nullable Object>) value;
    }
    if (value != null) {
      fault(pointer + "/" + key, "must be an object, found " + Json.typeName(value));
    }
    return Map.of();
  }

  private void fault(String pointer, String detail) {
    faults.add(new Fault(pointer, detail));
  }
}
