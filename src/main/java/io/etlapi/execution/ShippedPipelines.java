package io.etlapi.execution;

import io.etlapi.json.Json;
import io.etlapi.pipeline.Pipeline;
import io.etlapi.pipeline.PipelineDocument;
import io.etlapi.step.StepCatalog;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The pipelines that come with the server: documents like any user's. */
final class ShippedPipelines {

  private static final List<String> NAMES = List.of("completeness_control", "sample_workflow");

  private ShippedPipelines() {}

  /** Reads them all; a fault in one is a fault of the build. */
  static List<Pipeline> read(StepCatalog steps) {
    List<Pipeline> pipelines = new ArrayList<>();
    for (String name : NAMES) {
      String resource = "/pipelines/" + name + ".json";
      try (InputStream in = ShippedPipelines.class.getResourceAsStream(resource)) {
        if (in == null) {
          throw new IllegalStateException(resource + " is missing");
        }
        String json = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        pipelines.add(
            PipelineDocument.read(Json.parseObject(json), step -> steps.find(step).isPresent()));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return pipelines;
  }
}
