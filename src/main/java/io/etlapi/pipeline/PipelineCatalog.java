package io.etlapi.pipeline;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/** The pipelines by name. Thread-safe; a run keeps the document it began with. */
public final class PipelineCatalog {

  private final Map<String, Pipeline> pipelines = new ConcurrentSkipListMap<>();

  public void put(Pipeline pipeline) {
    pipelines.put(pipeline.name(), pipeline);
  }

  /** Whether there was one. */
  public boolean remove(String name) {
    return pipelines.remove(name) != null;
  }

  public Optional<Pipeline> find(String name) {
    return Optional.ofNullable(pipelines.get(name));
  }

  /** In order of their names. */
  public Collection<Pipeline> all() {
    return pipelines.values();
  }
}
