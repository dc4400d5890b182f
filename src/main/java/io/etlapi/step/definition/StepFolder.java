package io.etlapi.step.definition;

import io.etlapi.json.Json;
import io.etlapi.json.JsonException;
import io.etlapi.json.JsonLimits;
import io.etlapi.step.Step;
import io.etlapi.step.jar.StepJars;
import io.etlapi.step.process.ProcessStep;
import io.etlapi.task.TaskException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The folder of the operator's own steps. Files named {@code *.step.json} define a step each, files
 * named {@code *.jar} bring Java steps, and files named {@code *.pipeline.json} are pipelines;
 * others are none of our business.
 */
public final class StepFolder {

  /** How the name of a pipeline's document ends. */
  public static final String PIPELINE_SUFFIX = ".pipeline.json";

  private static final String STEP_SUFFIX = ".step.json";
  private static final String JAR_SUFFIX = ".jar";
  private static final int MAX_DOCUMENT_BYTES = 4 << 20;
  private static final JsonLimits LIMITS = new JsonLimits(100, 100_000, MAX_DOCUMENT_BYTES);

  private final Path folder;
  private final boolean processes;
  private final Optional<Path> secrets;
  private final StepJars jars;

  /**
   * What a folder holds.
   *
   * @param pipelines documents of pipelines by file name, not checked yet
   * @param faults what was not taken
   */
  public record Contents(
      List<Step> steps,
      Map<String, Map<String, @Nullable Object>> pipelines,
      List<DefinitionFault> faults) {}

  /**
   * A folder that is not read yet.
   *
   * @param processes whether process steps are enabled
   * @param secrets a folder with a file for each secret
   * @param jars loads the jars
   */
  public StepFolder(Path folder, boolean processes, Optional<Path> secrets, StepJars jars) {
    this.folder = folder;
    this.processes = processes;
    this.secrets = secrets;
    this.jars = jars;
  }

  /**
   * Reads all of it, in the order of the file names. Of two steps with one name the first is taken.
   *
   * @param taken whether a name belongs to something else
   */
  public Contents read(Predicate<String> taken) {
    Reading reading = new Reading(taken);
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      entries.forEach(files::add);
    } catch (IOException e) {
      reading.faults.add(
          DefinitionFault.of("", "The folder that ETL_STEPS_DIR names cannot be read."));
    }
    files.stream().sorted().forEach(reading::file);
    return new Contents(reading.steps, reading.pipelines, reading.faults);
  }

  /** One pass over the folder. */
  private final class Reading {
    private final Predicate<String> taken;
    private final List<Step> steps = new ArrayList<>();
    private final Map<String, String> fileOf = new HashMap<>();
    private final Map<String, Map<String, @Nullable Object>> pipelines =
        new java.util.LinkedHashMap<>();
    private final List<DefinitionFault> faults = new ArrayList<>();

    private Reading(Predicate<String> taken) {
      this.taken = taken;
    }

    private void file(Path file) {
      String name = String.valueOf(file.getFileName());
      try {
        if (name.endsWith(STEP_SUFFIX)) {
          StepDefinition definition = StepDefinition.read(document(file), folder);
          add(name, step(definition));
        } else if (name.endsWith(PIPELINE_SUFFIX)) {
          pipelines.put(name, document(file));
        } else if (name.endsWith(JAR_SUFFIX)) {
          StepJars.Contents jar = jars.load(file);
          jar.steps().forEach(step -> add(name, step));
          jar.faults().forEach(fault -> faults.add(DefinitionFault.of(name, fault)));
        }
      } catch (TaskException e) {
        faults.add(
            e.faults().isEmpty()
                ? DefinitionFault.of(name, String.valueOf(e.getMessage()))
                : new DefinitionFault(name, e.faults()));
      } catch (JsonException e) {
        faults.add(DefinitionFault.of(name, "It is not a JSON object: " + e.getMessage() + "."));
      } catch (IOException e) {
        faults.add(DefinitionFault.of(name, "It cannot be read."));
      }
    }

    private void add(String file, Step step) {
      String name = step.describe().name();
      String other = fileOf.get(name);
      if (taken.test(name)) {
        faults.add(
            DefinitionFault.of(file, "The name '" + name + "' is taken: choose another one."));
      } else if (other != null) {
        faults.add(DefinitionFault.of(file, "'" + name + "' is defined in " + other + " already."));
      } else {
        fileOf.put(name, file);
        steps.add(step);
      }
    }

    private Step step(StepDefinition definition) {
      if (definition.isProcess()) {
        Optional<String> missing =
            processes
                ? ProcessStep.missing()
                : Optional.of("process steps are off; ETL_PROCESS_STEPS=true enables them");
        missing.ifPresent(
            why -> {
              throw new TaskException(
                  TaskException.Reason.INVALID, "It is not loaded: " + why + ".");
            });
      }
      return definition.step(secrets);
    }
  }

  private static Map<String, @Nullable Object> document(Path file) throws IOException {
    if (Files.size(file) > MAX_DOCUMENT_BYTES) {
      throw new JsonException("it is larger than 4 MB");
    }
    return Json.parseObject(Files.readAllBytes(file), LIMITS);
  }
}
