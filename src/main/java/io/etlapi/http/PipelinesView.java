package io.etlapi.http;

import io.etlapi.execution.PipelineSource;
import io.etlapi.pipeline.Pipeline;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/** The pipelines by name. */
public record PipelinesView(Map<String, Entry> pipelines, int totalPipelines) implements View {

  /**
   * One pipeline in short.
   *
   * @param source {@code shipped}, {@code folder} or {@code stored}
   * @param nodes how many steps it has
   */
  public record Entry(String displayName, String description, String source, int nodes) {}

  static PipelinesView of(
      Collection<Pipeline> pipelines, Function<Pipeline, PipelineSource> sourceOf) {
    Map<String, Entry> entries = new LinkedHashMap<>();
    for (Pipeline pipeline : pipelines) {
      entries.put(
          pipeline.name(),
          new Entry(
              pipeline.displayName(),
              pipeline.description(),
              sourceOf.apply(pipeline).word(),
              pipeline.nodes().size()));
    }
    return new PipelinesView(entries, entries.size());
  }
}
