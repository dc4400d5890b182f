package io.etlapi.step.process;

import io.etlapi.step.Step;
import io.etlapi.step.StepContext;
import io.etlapi.step.StepDefaults;
import io.etlapi.step.StepDescription;
import io.etlapi.step.StepException;
import io.etlapi.step.StepInput;
import io.etlapi.step.StepResult;
import io.etlapi.step.parameters.ParameterRules;
import io.etlapi.step.parameters.Secrets;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A step that is a program of this machine. */
public final class ProcessStep implements Step {

  private final StepDescription description;
  private final StepDefaults defaults;
  private final ProcessSpec spec;
  private final Places places;
  private final ParameterRules rules;

  /**
   * Where things lie on this machine.
   *
   * @param steps the folder of the definitions
   * @param secrets a folder with a file for each secret; empty for none
   */
  public record Places(Path steps, Optional<Path> secrets) {}

  /**
   * A step.
   *
   * @throws RuntimeException if the description's parameter schema is not one
   */
  public ProcessStep(
      StepDescription description, StepDefaults defaults, ProcessSpec spec, Places places) {
    this.description = description;
    this.defaults = defaults;
    this.spec = spec;
    this.places = places;
    this.rules = new ParameterRules(description);
  }

  /** What this machine lacks to run such steps, as a sentence; empty if nothing. */
  public static Optional<String> missing() {
    return Optional.ofNullable(ProcessAttempt.missing());
  }

  @Override
  public StepDescription describe() {
    return description;
  }

  @Override
  public StepDefaults defaults() {
    return defaults;
  }

  @Override
  public StepResult run(StepContext context)
      throws StepException, IOException, InterruptedException {
    rules.require(context.parameters(), context.files());
    Secrets secrets = new Secrets(places.secrets());
    Map<String, @Nullable Object> parameters =
        secrets.resolve(rules.located(context.parameters(), context.files()), rules);
    Map<String, @Nullable Object> input = new LinkedHashMap<>(parameters);
    if (!context.inputs().isEmpty()) {
      Map<String, @Nullable Object> outputs = new LinkedHashMap<>();
      for (StepInput earlier : context.inputs()) {
        outputs.put(earlier.name(), earlier.output());
      }
      input.put("previous_outputs", outputs);
    }
    ProcessOutput output =
        new ProcessOutput(context, description.name(), spec.limits().outputBytes());
    Path work = Files.createTempDirectory(context.folder(), ".process-");
    Map<String, @Nullable Object> result;
    try {
      PrintedResult printed =
          new ProcessAttempt(context, spec, secrets, work)
              .run(new References(places.steps(), context.folder(), parameters), input);
      result =
          spec.resultFile().isPresent()
              ? output.file(spec.resultFile().get())
              : output.printed(printed);
    } catch (StepException e) {
      // A message may quote what the program said.
      throw new StepException(secrets.blot(String.valueOf(e.getMessage())));
    } finally {
      remove(work);
    }
    return new StepResult(output.complete(secrets.blotMembers(result)));
  }

  private static void remove(Path work) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(work)) {
      for (Path file : files) {
        Files.deleteIfExists(file);
      }
    }
    Files.deleteIfExists(work);
  }
}
