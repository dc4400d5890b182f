package io.etlapi.step.definition;

import io.etlapi.step.parameters.ParameterRules;
import io.etlapi.step.process.ProcessLimits;
import io.etlapi.step.process.ProcessSpec;
import io.etlapi.step.process.References;
import io.etlapi.task.Fault;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import org.jspecify.annotations.Nullable;

/** Reads the {@code process} member of a definition whose shape the schema has checked. */
final class ProcessReader {

  /** Where a program without a folder in its name is looked for: no search path of anyone's. */
  private static final List<Path> PROGRAM_FOLDERS =
      List.of(Path.of("/usr/local/bin"), Path.of("/usr/bin"), Path.of("/bin"));

  private static final String RESULT_FILE = "etl-result.json";
  private static final String RESERVED = "ETL_";

  private final Map<String, @Nullable Object> body;
  private final ParameterRules rules;
  private final Path folder;
  private final List<Fault> faults;

  ProcessReader(
      Map<String, @Nullable Object> body, ParameterRules rules, Path folder, List<Fault> faults) {
    this.body = body;
    this.rules = rules;
    this.folder = folder;
    this.faults = faults;
  }

  ProcessSpec read() {
    List<String> command =
        body.get("command") instanceof List<?> items
            ? items.stream().map(String::valueOf).toList()
            : List.of();
    for (int i = 0; i < command.size(); i++) {
      checkReferences("/process/command/" + i, command.get(i), false);
    }
    Map<String, String> environment = new LinkedHashMap<>();
    StepDefinition.object(body.get("environment"))
        .forEach((name, value) -> environment.put(name, String.valueOf(value)));
    environment.forEach(
        (name, value) -> {
          String pointer = "/process/environment/" + name;
          checkReferences(pointer, value, true);
          if (name.startsWith(RESERVED)) {
            faults.add(new Fault(pointer, "Names that begin with ETL_ are the server's own."));
          }
        });
    boolean inFile = "file".equals(body.get("input"));
    if (inFile && !rules.secrets().isEmpty()) {
      faults.add(
          new Fault(
              "/process/input",
              "A step with secret parameters takes them on stdin: a file would store them."));
    }
    return new ProcessSpec(
        program(command.isEmpty() ? "" : command.get(0)),
        command.subList(Math.min(1, command.size()), command.size()),
        workingFolder(),
        environment,
        inFile ? ProcessSpec.Input.FILE : ProcessSpec.Input.STDIN,
        "file".equals(body.get("result")) ? Optional.of(RESULT_FILE) : Optional.empty(),
        limits());
  }

  private Path program(String name) {
    String resolved = name.replace("${steps}", folder.toString());
    List<Path> candidates =
        resolved.contains("/")
            ? List.of(folder.resolve(resolved).normalize())
            : PROGRAM_FOLDERS.stream().map(place -> place.resolve(resolved)).toList();
    Optional<Path> found =
        candidates.stream()
            .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
            .findFirst();
    if (found.isEmpty()) {
      faults.add(
          new Fault(
              "/process/command/0",
              "There is no program '"
                  + name
                  + "' that may be executed; a name with a slash lies relative to the folder of the"
                  + " definitions, one without is looked for in /usr/local/bin, /usr/bin and /bin."));
    }
    return found.orElse(folder);
  }

  private Optional<Path> workingFolder() {
    if (!(body.get("folder") instanceof String name)) {
      return Optional.empty();
    }
    Path working = folder.resolve(name).normalize();
    if (!Files.isDirectory(working)) {
      faults.add(new Fault("/process/folder", "There is no folder '" + name + "'."));
    }
    return Optional.of(working);
  }

  private ProcessLimits limits() {
    Map<String, @Nullable Object> limits = StepDefinition.object(body.get("limits"));
    ProcessLimits fallback = ProcessLimits.DEFAULT;
    return new ProcessLimits(
        megabytes(limits, "memory_mb", fallback.memoryBytes()),
        StepDefinition.integer(limits, "cpu_seconds")
            .map(Integer::longValue)
            .orElse(fallback.cpuSeconds()),
        megabytes(limits, "output_mb", fallback.outputBytes()),
        megabytes(limits, "file_mb", fallback.fileBytes()),
        StepDefinition.integer(limits, "processes").orElse(fallback.processes()));
  }

  private static long megabytes(Map<String, @Nullable Object> limits, String name, long otherwise) {
    return StepDefinition.integer(limits, name)
        .map(number -> (long) number << 20)
        .orElse(otherwise);
  }

  private void checkReferences(String pointer, String text, boolean secretsAllowed) {
    if (text.indexOf('\0') >= 0) {
      faults.add(new Fault(pointer, "It holds the character NUL, which no program can be given."));
    }
    Matcher matcher = References.PATTERN.matcher(text);
    while (matcher.find()) {
      String parameter = References.parameter(matcher.group(1));
      boolean secret =
          ParameterRules.SECRET_REFERENCE.matcher(matcher.group()).matches()
              || (parameter != null && rules.secrets().contains(parameter));
      if (secret && !secretsAllowed) {
        faults.add(
            new Fault(
                pointer,
                "Arguments of a program are seen by everyone on the machine: give a secret on"
                    + " standard input or in the environment."));
      } else if (!secret && parameter != null && !rules.names().contains(parameter)) {
        faults.add(new Fault(pointer, "The parameter '" + parameter + "' is not declared."));
      } else if (!secret && parameter == null && !References.isPlace(matcher.group(1))) {
        faults.add(
            new Fault(
                pointer,
                matcher.group()
                    + " refers to nothing; known: ${steps}, ${task}, ${parameters.NAME}"
                    + (secretsAllowed ? ", ${secret:NAME}." : ".")));
      }
    }
  }
}
