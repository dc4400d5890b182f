package io.etlapi.step.completeness.control;

import io.etlapi.json.Json;
import io.etlapi.json.JsonException;
import io.etlapi.json.JsonLimits;
import io.etlapi.json.JsonSchema;
import io.etlapi.task.Fault;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads configuration documents. A document is valid by the JSON Schema that ships with the server
 * and by the rules that a schema cannot say; what depends on data files and SQL expressions is
 * checked where they are at hand. Members that are null count as absent.
 */
public final class ControlDocument {

  /** Where the schema lies on the class path. */
  public static final String SCHEMA = "/schemas/completeness-control.schema.json";

  /** A control of a thousand columns takes a tenth of this. */
  private static final JsonLimits LIMITS = new JsonLimits(32, 100_000, 8L << 20);

  private static final JsonSchema RULES = new JsonSchema(schema());

  private ControlDocument() {}

  /**
   * A valid document.
   *
   * @param warnings what is allowed but probably not meant
   */
  public record Parsed(ControlDefinition definition, List<Fault> warnings) {
    public Parsed {
      warnings = List.copyOf(warnings);
    }
  }

  /**
   * Reads the JSON text of a document.
   *
   * @throws ControlDocumentException if it is not JSON or breaks a rule, with every fault
   */
  public static Parsed parse(byte[] utf8) throws ControlDocumentException {
    Map<String, @Nullable Object> document;
    try {
      document = Json.parseObject(utf8, LIMITS);
    } catch (JsonException e) {
      throw new ControlDocumentException(List.of(new Fault("", String.valueOf(e.getMessage()))));
    }
    return parse(document);
  }

  /**
   * Reads a document.
   *
   * @throws ControlDocumentException if it breaks a rule, with every fault
   */
  public static Parsed parse(Map<String, @Nullable Object> document)
      throws ControlDocumentException {
    Object present = withoutNulls(document);
    List<Fault> faults = new ArrayList<>(RULES.faults(present));
    ControlDefinition definition = DefinitionReader.read(new DocumentNode(present, ""));
    Findings findings = DefinitionChecks.check(definition, new DocumentNode(present, ""));
    Set<String> refused = faults.stream().map(Fault::pointer).collect(Collectors.toSet());
    findings.faults().stream()
        .filter(fault -> !refused.contains(fault.pointer()) || fault.pointer().isEmpty())
        .distinct()
        .forEach(faults::add);
    if (!faults.isEmpty()) {
      throw new ControlDocumentException(faults);
    }
    return new Parsed(definition, findings.warnings());
  }

  /** A null member is an absent one; a null item of a list stays, for the schema to refuse. */
  private static @Nullable Object withoutNulls(@Nullable Object value) {
    if (value instanceof Map<?, ?> object) {
      Map<Object, @Nullable Object> present = new LinkedHashMap<>();
      object.forEach(
          (name, member) -> {
            if (member != null) {
              present.put(name, withoutNulls(member));
            }
          });
      return present;
    }
    if (value instanceof List<?> items) {
      List<@Nullable Object> present = new ArrayList<>();
      items.forEach(item -> present.add(withoutNulls(item)));
      return present;
    }
    return value;
  }

  private static Map<String, @Nullable Object> schema() {
    try (InputStream in = ControlDocument.class.getResourceAsStream(SCHEMA)) {
      if (in == null) {
        throw new IllegalStateException("the WAR lacks " + SCHEMA);
      }
      return Json.parseObject(in.readAllBytes(), JsonLimits.OWN);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
