package io.etlapi.step.parameters;

import io.etlapi.json.JsonSchema;
import io.etlapi.step.FileAccess;
import io.etlapi.step.NearestName;
import io.etlapi.step.PathRefusedException;
import io.etlapi.step.StepDescription;
import io.etlapi.step.StepException;
import io.etlapi.step.StepParameters;
import io.etlapi.task.Fault;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The rules for one step's parameters, compiled once. Finds everything that is wrong at once:
 * shape, types and ranges by the step's schema, and paths outside the roots. What is merely unknown
 * is a warning: clients of today send members that no step reads. Thread-safe.
 */
public final class ParameterRules {

  /** The schema keyword that marks a path. */
  public static final String PATH = "x-etl-path";

  /**
   * The schema keyword that marks a secret: its value must be a reference, which is resolved when
   * an attempt starts.
   */
  public static final String SECRET = "x-etl-secret";

  /** How a secret is referred to; the name is that of a file, hence the narrow alphabet. */
  public static final Pattern SECRET_REFERENCE =
      Pattern.compile("\\$\\{secret:([A-Za-z0-9_][A-Za-z0-9_.-]{0,63})}");

  static final String READ = "read";
  static final String WRITE = "write";

  /** Stands for the folder that a task will have; relative paths are checked against leaving it. */
  private static final Path ANY_TASK_FOLDER =
      Path.of("").toAbsolutePath().getRoot().resolve("task-" + ParameterRules.class.getName());

  private static final int MAX_WARNINGS = 20;

  private final String step;
  private final Map<String, Map<?, ?>> properties = new LinkedHashMap<>();
  private final Set<String> secrets = new LinkedHashSet<>();
  private final JsonSchema schema;

  /** What was found. */
  public record Findings(List<Fault> faults, List<String> warnings) {
    public Findings {
      faults = List.copyOf(faults);
      warnings = List.copyOf(warnings);
    }
  }

  /**
   * Compiles the rules of a step.
   *
   * @throws RuntimeException if its schema is not one
   */
  public ParameterRules(StepDescription description) {
    this.step = description.name();
    Map<String, @Nullable Object> merged = new LinkedHashMap<>(description.parameterSchema());
    Map<String, @Nullable Object> all = new LinkedHashMap<>(ParameterSchema.COMMON);
    if (merged.get("properties") instanceof Map<?, ?> own) {
      own.forEach((name, property) -> all.put(String.valueOf(name), property));
    }
    all.forEach(
        (name, property) -> properties.put(name, property instanceof Map<?, ?> p ? p : Map.of()));
    properties.forEach(
        (name, property) -> {
          if (Boolean.TRUE.equals(property.get(SECRET))) {
            secrets.add(name);
            // Checked here and not by the schema, whose faults quote what was found.
            all.put(name, Map.of());
          }
        });
    merged.put("properties", all);
    this.schema = new JsonSchema(merged);
  }

  /**
   * Checks the parameters of a request.
   *
   * @param parameters the common ones
   * @param customParams override them
   */
  public Findings check(
      Map<String, @Nullable Object> parameters,
      Map<String, @Nullable Object> customParams,
      FileAccess files) {
    Map<String, Object> merged = StepParameters.merge(parameters, customParams).asMap();
    List<Fault> faults = new ArrayList<>();
    Set<String> faulty = new LinkedHashSet<>();
    for (Fault fault : schema.faults(merged)) {
      String name = firstToken(fault.pointer());
      faulty.add(name);
      faults.add(
          name.isEmpty()
              ? new Fault("/custom_params", "Step " + step + ": " + fault.detail() + ".")
              : new Fault(
                  source(name, customParams) + fault.pointer(),
                  "Parameter '" + name + "': " + fault.detail() + "."));
    }
    for (String name : secrets) {
      Object value = merged.get(name);
      if (value != null
          && !(value instanceof String text && SECRET_REFERENCE.matcher(text).matches())) {
        faulty.add(name);
        faults.add(
            new Fault(source(name, customParams) + "/" + Fault.token(name), literalSecret(name)));
      }
    }
    properties.forEach(
        (name, property) -> {
          if (!faulty.contains(name)) {
            checkPath(name, property.get(PATH), merged.get(name), customParams, files, faults);
          }
        });
    return new Findings(faults, warnings(parameters, customParams));
  }

  /**
   * Checks merged parameters once more: those of a pipeline's node are made when the run gets
   * there.
   *
   * @throws StepException naming the first fault
   */
  public void require(StepParameters parameters, FileAccess files) throws StepException {
    List<Fault> faults = check(new LinkedHashMap<>(parameters.asMap()), Map.of(), files).faults();
    if (!faults.isEmpty()) {
      throw new StepException(faults.get(0).detail());
    }
  }

  /**
   * The parameters with each path to read as the absolute path of this machine.
   *
   * @throws PathRefusedException if one lies outside the roots
   */
  public Map<String, @Nullable Object> located(StepParameters parameters, FileAccess files)
      throws PathRefusedException {
    Map<String, @Nullable Object> located = new LinkedHashMap<>(parameters.asMap());
    for (Map.Entry<String, @Nullable Object> entry : located.entrySet()) {
      Map<?, ?> property = properties.getOrDefault(entry.getKey(), Map.of());
      if (READ.equals(property.get(PATH)) && entry.getValue() instanceof String path) {
        entry.setValue(files.readable(path).toString());
      }
    }
    return located;
  }

  /** Names of the parameters that are known by name. */
  public Set<String> names() {
    return Collections.unmodifiableSet(properties.keySet());
  }

  /** Names of the parameters that are secrets. */
  public Set<String> secrets() {
    return Collections.unmodifiableSet(secrets);
  }

  /** Why a literal is refused; does not quote it. */
  public static String literalSecret(String name) {
    return "Parameter '"
        + name
        + "': a secret is never sent as it is; send ${secret:NAME}, where NAME is a file in"
        + " ETL_SECRETS_DIR.";
  }

  private static void checkPath(
      String name,
      @Nullable Object use,
      @Nullable Object value,
      Map<String, @Nullable Object> customParams,
      FileAccess files,
      List<Fault> faults) {
    if (use == null || !(value instanceof String path)) {
      return;
    }
    try {
      if (WRITE.equals(use)) {
        files.writable(path, ANY_TASK_FOLDER);
      } else {
        files.readable(path);
      }
    } catch (PathRefusedException e) {
      faults.add(
          new Fault(
              source(name, customParams) + "/" + Fault.token(name),
              "Parameter '" + name + "': " + e.getMessage()));
    }
  }

  /** Where the value came from that counts. */
  private static String source(String name, Map<String, @Nullable Object> customParams) {
    return customParams.get(name) != null ? "/custom_params" : "/parameters";
  }

  private List<String> warnings(
      Map<String, @Nullable Object> parameters, Map<String, @Nullable Object> customParams) {
    List<String> warnings = new ArrayList<>();
    Set<String> unknown = new LinkedHashSet<>(customParams.keySet());
    unknown.addAll(parameters.keySet());
    unknown.removeAll(properties.keySet());
    for (String name : unknown) {
      if (warnings.size() == MAX_WARNINGS) {
        warnings.add("and more unknown parameters");
        break;
      }
      warnings.add(
          "Parameter '"
              + shown(name)
              + "' is not known to "
              + step
              + " and has no effect"
              + NearestName.of(name, properties.keySet())
                  .map(near -> "; did you mean '" + near + "'?")
                  .orElse("."));
    }
    if (parameters.get("tempFilePath") != null || customParams.get("tempFilePath") != null) {
      warnings.add("Parameter 'tempFilePath' is ignored: every task works in a folder of its own.");
    }
    return warnings;
  }

  private static String shown(String name) {
    String plain = name.replaceAll("\\p{Cntrl}", "?");
    return plain.length() <= 80 ? plain : plain.substring(0, 80) + "…";
  }

  private static String firstToken(String pointer) {
    if (pointer.isEmpty()) {
      return "";
    }
    int end = pointer.indexOf('/', 1);
    String token = end < 0 ? pointer.substring(1) : pointer.substring(1, end);
    return token.replace("~1", "/").replace("~0", "~");
  }
}
