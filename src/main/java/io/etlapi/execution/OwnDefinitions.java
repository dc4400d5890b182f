package io.etlapi.execution;

import io.etlapi.pipeline.Pipeline;
import io.etlapi.pipeline.PipelineCatalog;
import io.etlapi.pipeline.PipelineDocument;
import io.etlapi.pipeline.PipelineNode;
import io.etlapi.step.Step;
import io.etlapi.step.StepCatalog;
import io.etlapi.step.definition.DefinitionFault;
import io.etlapi.step.definition.StepFolder;
import io.etlapi.step.parameters.ParameterRules;
import io.etlapi.task.Fault;
import io.etlapi.task.TaskException;
import io.etlapi.task.TaskException.Reason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the catalogues in step with what the operator brings: the folder of own steps and the
 * stored pipelines. One change at a time; runs under way keep what they began with.
 */
final class OwnDefinitions {

  private static final System.Logger LOG = System.getLogger("io.etlapi.tasks");

  private final StepCatalog steps;
  private final PipelineCatalog pipelines;
  private final Optional<StepFolder> folder;
  private final StoredPipelines stored;
  private final Set<String> shippedPipelines = new LinkedHashSet<>();
  private final Map<String, PipelineSource> sources = new HashMap<>();

  /**
   * Nothing is read yet.
   *
   * @param pipelines holds the shipped ones and no other
   */
  OwnDefinitions(
      StepCatalog steps,
      PipelineCatalog pipelines,
      Optional<StepFolder> folder,
      StoredPipelines stored) {
    this.steps = steps;
    this.pipelines = pipelines;
    this.folder = folder;
    this.stored = stored;
    pipelines.all().forEach(pipeline -> shippedPipelines.add(pipeline.name()));
    shippedPipelines.forEach(name -> sources.put(name, PipelineSource.SHIPPED));
  }

  /** Reads everything again and puts it in the place of what was read before. */
  synchronized ReloadReport reload() {
    List<DefinitionFault> faults = new ArrayList<>();
    Map<String, Map<String, @Nullable Object>> kept = stored.read(faults);
    StepFolder.Contents own =
        folder
            .map(
                found ->
                    found.read(
                        name ->
                            steps.isShipped(name)
                                || shippedPipelines.contains(name)
                                || kept.containsKey(StoredPipelines.fileName(name))))
            .orElse(new StepFolder.Contents(List.of(), Map.of(), List.of()));
    faults.addAll(own.faults());
    steps.replaceOwn(own.steps());

    Map<String, Pipeline> found = new LinkedHashMap<>();
    Map<String, PipelineSource> from = new HashMap<>();
    shippedPipelines.forEach(name -> from.put(name, PipelineSource.SHIPPED));
    collect(own.pipelines(), PipelineSource.FOLDER, found, from, faults);
    collect(kept, PipelineSource.STORED, found, from, faults);
    for (String name : List.copyOf(sources.keySet())) {
      if (!from.containsKey(name)) {
        pipelines.remove(name);
      }
    }
    found.values().forEach(pipelines::put);
    sources.clear();
    sources.putAll(from);
    ReloadReport report =
        new ReloadReport(
            own.steps().stream().map(step -> step.describe().name()).toList(),
            pipelines.all().stream().map(Pipeline::name).toList(),
            faults);
    report(report);
    return report;
  }

  private void collect(
      Map<String, Map<String, @Nullable Object>> documents,
      PipelineSource source,
      Map<String, Pipeline> found,
      Map<String, PipelineSource> from,
      List<DefinitionFault> faults) {
    documents.forEach(
        (file, document) -> {
          try {
            Pipeline pipeline = read(document);
            String name = pipeline.name();
            if (steps.find(name).isPresent() || from.containsKey(name)) {
              faults.add(
                  DefinitionFault.of(
                      file, "The name '" + name + "' is taken: choose another one."));
            } else {
              from.put(name, source);
              found.put(name, pipeline);
            }
          } catch (TaskException e) {
            faults.add(
                e.faults().isEmpty()
                    ? DefinitionFault.of(file, String.valueOf(e.getMessage()))
                    : new DefinitionFault(file, e.faults()));
          }
        });
  }

  private static void report(ReloadReport report) {
    for (DefinitionFault fault : report.faults()) {
      for (Fault single : fault.faults()) {
        LOG.log(
            System.Logger.Level.WARNING,
            LogText.oneLine(
                "not loaded: " + fault.file() + " " + single.pointer() + ": " + single.detail()));
      }
    }
    if (!report.steps().isEmpty()) {
      LOG.log(
          System.Logger.Level.INFO,
          "own steps: " + LogText.oneLine(String.join(", ", report.steps())));
    }
  }

  /** Where a pipeline comes from. */
  synchronized PipelineSource source(String name) {
    return sources.getOrDefault(name, PipelineSource.SHIPPED);
  }

  /**
   * Stores a pipeline, or another version of one.
   *
   * @return whether there was none of that name
   * @throws TaskException if the document is faulty or the name belongs to something else
   */
  synchronized boolean put(String name, Map<String, @Nullable Object> document) {
    Map<String, @Nullable Object> named = new LinkedHashMap<>();
    named.put("name", name);
    named.putAll(document);
    Pipeline pipeline = read(named);
    if (!pipeline.name().equals(name)) {
      throw TaskException.invalid(
          List.of(
              new Fault(
                  "/name",
                  "The document is named '"
                      + pipeline.name()
                      + "' and was sent to '"
                      + name
                      + "': make them equal, or leave the name out.")));
    }
    if (steps.find(name).isPresent()) {
      throw new TaskException(
          Reason.WRONG_STATE, "There is a step named '" + name + "': choose another name.");
    }
    requireStored(name);
    stored.write(name, pipeline.document());
    pipelines.put(pipeline);
    return sources.put(name, PipelineSource.STORED) == null;
  }

  /**
   * Removes a stored pipeline.
   *
   * @throws TaskException if there is none, or it was not stored over the interface
   */
  synchronized void delete(String name) {
    if (!sources.containsKey(name)) {
      throw unknown(name);
    }
    requireStored(name);
    stored.remove(name);
    pipelines.remove(name);
    sources.remove(name);
  }

  static TaskException unknown(String name) {
    return new TaskException(
        Reason.NOT_FOUND,
        "There is no pipeline named '" + LogText.oneLine(name) + "'. GET /pipelines lists them.");
  }

  private void requireStored(String name) {
    PipelineSource source = sources.getOrDefault(name, PipelineSource.STORED);
    if (source != PipelineSource.STORED) {
      throw new TaskException(
          Reason.WRONG_STATE,
          source == PipelineSource.SHIPPED
              ? "The server comes with '" + name + "': store a copy under another name."
              : "'" + name + "' lies in the folder of ETL_STEPS_DIR: change it there.");
    }
  }

  private Pipeline read(Map<String, @Nullable Object> document) {
    Pipeline pipeline = PipelineDocument.read(document, step -> steps.find(step).isPresent());
    List<Fault> faults = new ArrayList<>();
    try {
      ParameterRules unused = new ParameterRules(Definitions.describe(pipeline));
    } catch (RuntimeException e) {
      faults.add(new Fault("/parameters", "It is not a JSON Schema: " + e.getMessage()));
    }
    for (PipelineNode node : pipeline.nodes()) {
      steps.find(node.step()).ifPresent(step -> checkSecrets(node, step, faults));
    }
    if (!faults.isEmpty()) {
      throw TaskException.invalid(faults);
    }
    return pipeline;
  }

  /** A pipeline is stored and shown to everyone who may read: no place for a secret. */
  private static void checkSecrets(PipelineNode node, Step step, List<Fault> faults) {
    if (node.parameters().isEmpty()) {
      return;
    }
    for (String name : new ParameterRules(step.describe()).secrets()) {
      Object value = node.parameters().get(name);
      if (value != null && !String.valueOf(value).startsWith("${")) {
        faults.add(
            new Fault("/nodes", "node '" + node.id() + "': " + ParameterRules.literalSecret(name)));
      }
    }
  }
}
