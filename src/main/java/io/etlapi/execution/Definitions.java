package io.etlapi.execution;

import io.etlapi.pipeline.Pipeline;
import io.etlapi.pipeline.PipelineCatalog;
import io.etlapi.step.NearestName;
import io.etlapi.step.Step;
import io.etlapi.step.StepCatalog;
import io.etlapi.step.StepDefaults;
import io.etlapi.step.StepDescription;
import io.etlapi.task.TaskException;
import io.etlapi.task.TaskException.Reason;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Everything that clients can run by name: steps and pipelines share one name space. */
public final class Definitions {

  private final StepCatalog steps;
  private final PipelineCatalog pipelines;

  Definitions(StepCatalog steps, PipelineCatalog pipelines) {
    this.steps = steps;
    this.pipelines = pipelines;
  }

  /** Steps in catalogue order, then pipelines by name. */
  public List<StepDescription> all() {
    List<StepDescription> all = new ArrayList<>();
    steps.all().forEach(step -> all.add(step.describe()));
    pipelines.all().forEach(pipeline -> all.add(describe(pipeline)));
    return all;
  }

  Optional<Step> step(String name) {
    return steps.find(name);
  }

  Optional<Pipeline> pipeline(String name) {
    return steps.find(name).isPresent() ? Optional.empty() : pipelines.find(name);
  }

  /** All pipelines by name. */
  Collection<Pipeline> pipelines() {
    return pipelines.all();
  }

  /**
   * What a name stands for.
   *
   * @throws TaskException (UNKNOWN_STEP) with the nearest known name
   */
  StepDescription require(String name) {
    return steps
        .find(name)
        .map(Step::describe)
        .or(() -> pipelines.find(name).map(Definitions::describe))
        .orElseThrow(() -> unknown(name));
  }

  /** What holds for a task of this name where its request says nothing. */
  StepDefaults defaults(String name) {
    return steps.find(name).map(Step::defaults).orElse(StepDefaults.NONE);
  }

  private TaskException unknown(String name) {
    List<String> known = all().stream().map(StepDescription::name).toList();
    return new TaskException(
        Reason.UNKNOWN_STEP,
        "Invalid step name: "
            + LogText.oneLine(name)
            + NearestName.of(name, known)
                .map(near -> ". Did you mean '" + near + "'?")
                .orElse(". GET /steps lists the names."));
  }

  static StepDescription describe(Pipeline pipeline) {
    return new StepDescription(
        pipeline.name(),
        pipeline.displayName(),
        "pipeline",
        pipeline.description(),
        pipeline.parameterSchema(),
        false);
  }
}
