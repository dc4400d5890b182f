package io.etlapi.step.definition;

import io.etlapi.json.Json;
import io.etlapi.json.JsonSchema;
import io.etlapi.step.Step;
import io.etlapi.step.StepDefaults;
import io.etlapi.step.StepDescription;
import io.etlapi.step.parameters.ParameterRules;
import io.etlapi.step.process.ProcessSpec;
import io.etlapi.step.process.ProcessStep;
import io.etlapi.step.sql.SqlSpec;
import io.etlapi.step.sql.SqlStep;
import io.etlapi.task.Fault;
import io.etlapi.task.TaskException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A step as a document defines it, checked.
 *
 * @param process how its program is started; null for an SQL step
 * @param sql what the engine runs; null for a process step
 * @param folder of the definitions
 */
public record StepDefinition(
    StepDescription description,
    StepDefaults defaults,
    @Nullable ProcessSpec process,
    @Nullable SqlSpec sql,
    Path folder) {

  private static final String RESOURCE = "/schemas/step-definition.schema.json";
  private static final JsonSchema SCHEMA = new JsonSchema(shipped());

  /**
   * Reads a document.
   *
   * @param folder where the definitions lie, absolute
   * @throws TaskException (INVALID) that lists every fault with its pointer
   */
  public static StepDefinition read(Map<String, @Nullable Object> document, Path folder) {
    List<Fault> faults = new ArrayList<>(SCHEMA.faults(document));
    if (!faults.isEmpty()) {
      throw TaskException.invalid(faults);
    }
    String kind = String.valueOf(document.get("kind"));
    Map<String, @Nullable Object> body = object(document.get(kind));
    if (!document.containsKey(kind)) {
      faults.add(new Fault("", "A step of kind '" + kind + "' needs the member '" + kind + "'."));
    }
    String other = kind.equals("sql") ? "process" : "sql";
    if (document.containsKey(other)) {
      faults.add(new Fault("/" + other, "A step of kind '" + kind + "' has no such member."));
    }
    int retries = integer(document, "retries").orElse(0);
    boolean retryable =
        document.get("retryable") instanceof Boolean declared
            ? declared
            // An SQL step reads its inputs and writes its own folder: nothing else can change.
            : retries > 0 || kind.equals("sql");
    if (retries > 0 && !retryable) {
      faults.add(new Fault("/retries", "A step that is not retryable has no retries."));
    }
    String name = String.valueOf(document.get("name"));
    StepDescription description =
        new StepDescription(
            name,
            document.get("display_name") instanceof String shown ? shown : name,
            kind,
            document.get("description") instanceof String text ? text : "",
            object(document.get("parameters")),
            retryable);
    ParameterRules rules = rules(description, faults);
    ProcessSpec process = null;
    SqlSpec sql = null;
    if (rules != null && faults.isEmpty()) {
      if (kind.equals("process")) {
        process = new ProcessReader(body, rules, folder, faults).read();
      } else {
        sql = SqlSpec.read(body, rules, faults);
      }
    }
    if (!faults.isEmpty()) {
      throw TaskException.invalid(faults);
    }
    StepDefaults defaults =
        new StepDefaults(
            integer(document, "timeout_seconds").map(Duration::ofSeconds),
            retries,
            integer(document, "priority"));
    return new StepDefinition(description, defaults, process, sql, folder);
  }

  /** Whether running it starts a program. */
  public boolean isProcess() {
    return process != null;
  }

  Step step(Optional<Path> secrets) {
    if (process != null) {
      return new ProcessStep(
          description, defaults, process, new ProcessStep.Places(folder, secrets));
    }
    if (sql != null) {
      return new SqlStep(description, defaults, sql);
    }
    throw new IllegalStateException("neither process nor SQL: " + description.name());
  }

  private static @Nullable ParameterRules rules(StepDescription description, List<Fault> faults) {
    try {
      return new ParameterRules(description);
    } catch (RuntimeException e) {
      faults.add(new Fault("/parameters", "It is not a JSON Schema: " + e.getMessage()));
      return null;
    }
  }

  static Optional<Integer> integer(Map<String, @Nullable Object> object, String name) {
    // The schema has seen to the range; 5.0 is a whole number to it.
    return object.get(name) instanceof Number number
        ? Optional.of(number.intValue())
        : Optional.empty();
  }

  @SuppressWarnings("unchecked") // JSON objects have text keys
  static Map<String, @Nullable Object> object(@Nullable Object value) {
    return value instanceof Map ? (Map<String, @Nullable Object>) value : Map.of();
  }

  private static Map<String, @Nullable Object> shipped() {
    try (InputStream in = StepDefinition.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException(RESOURCE + " is missing");
      }
      return Json.parseObject(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
