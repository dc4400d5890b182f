package io.etlapi.step.parameters;

import io.etlapi.step.dataset.LogicalType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes the JSON Schema of a step's parameters. Descriptions are phrased as what is allowed: they
 * end the sentence "found …; allowed: …".
 *
 * <pre>{@code
 * ParameterSchema.of()
 *     .required("file_path", ParameterSchema.readPath("the path of a CSV file"))
 *     .optional("header", ParameterSchema.flag("whether the first row holds the names", true))
 *     .build();
 * }</pre>
 */
public final class ParameterSchema {

  /** Names that today's clients send to every step, whether the step reads them or not. */
  static final Map<String, Map<String, @Nullable Object>> COMMON =
      common(
          "expectedRunDate", "the run date as text, such as 2024-01-15",
          "inputConfigFilePath", "the path of a control's document",
          "inputConfigFilePattern", "a file name pattern, such as *.json",
          "rootFileDir", "the path of a folder in a data root",
          "runEnv", "the name of the environment as text",
          "tempFilePath", "a path as text; it is ignored");

  private final Map<String, @Nullable Object> properties = new LinkedHashMap<>();
  private final List<Object> required = new ArrayList<>();

  private ParameterSchema() {}

  /** A schema without parameters of its own. */
  public static ParameterSchema of() {
    return new ParameterSchema();
  }

  /** Adds a parameter that must be there. */
  public ParameterSchema required(String name, Map<String, @Nullable Object> property) {
    required.add(name);
    return optional(name, property);
  }

  /** Adds a parameter that may be left out. */
  public ParameterSchema optional(String name, Map<String, @Nullable Object> property) {
    properties.put(name, property);
    return this;
  }

  /** The schema (draft 2020-12); unknown members are allowed, a warning names them. */
  public Map<String, @Nullable Object> build() {
    Map<String, @Nullable Object> schema = new LinkedHashMap<>();
    schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
    schema.put("type", "object");
    schema.put("properties", new LinkedHashMap<>(properties));
    if (!required.isEmpty()) {
      schema.put("required", List.copyOf(required));
    }
    return Collections.unmodifiableMap(schema);
  }

  /** A text. */
  public static Map<String, @Nullable Object> text(String allowed) {
    return property("string", allowed);
  }

  /** A text of a length. */
  public static Map<String, @Nullable Object> text(String allowed, int minLength, int maxLength) {
    return with(with(text(allowed), "minLength", (long) minLength), "maxLength", (long) maxLength);
  }

  /** One of some words. */
  public static Map<String, @Nullable Object> oneOf(String description, String... words) {
    return with(text(description), "enum", List.copyOf(Arrays.asList(words)));
  }

  /** A whole number between two bounds, both included. */
  public static Map<String, @Nullable Object> integer(String allowed, long minimum, long maximum) {
    return with(with(property("integer", allowed), "minimum", minimum), "maximum", maximum);
  }

  /** True or false. */
  public static Map<String, @Nullable Object> flag(String description, boolean fallback) {
    return with(property("boolean", "true or false: " + description), "default", fallback);
  }

  /** Names as an array of texts, or as one text with commas; see {@link NameList}. */
  public static Map<String, @Nullable Object> names(String allowed) {
    Map<String, @Nullable Object> property = new LinkedHashMap<>();
    property.put("description", allowed);
    property.put("type", List.of("string", "array"));
    property.put("items", Map.of("type", "string"));
    return property;
  }

  /** An array of anything; the step says more. */
  public static Map<String, @Nullable Object> array(String allowed) {
    return property("array", allowed);
  }

  /** Types by column name; see {@link LogicalType}. */
  public static Map<String, @Nullable Object> columnTypes() {
    Map<String, @Nullable Object> property =
        property("object", "an object of column name and type: " + LogicalType.ALLOWED);
    Map<String, @Nullable Object> type = text("one of " + LogicalType.ALLOWED);
    // Precision and scale that exceed each other are found when the step runs.
    type.put(
        "pattern",
        "^\\s*(?:text|integer|double|boolean|date|timestamp"
            + "|decimal\\s*\\(\\s*[0-9]{1,2}\\s*,\\s*[0-9]{1,2}\\s*\\))\\s*$");
    property.put("additionalProperties", type);
    return property;
  }

  /** A path to read; checked against the roots when the task is submitted. */
  public static Map<String, @Nullable Object> readPath(String allowed) {
    return with(text(allowed), ParameterRules.PATH, ParameterRules.READ);
  }

  /** A path to write; checked against the roots when the task is submitted. */
  public static Map<String, @Nullable Object> writePath(String allowed) {
    return with(text(allowed), ParameterRules.PATH, ParameterRules.WRITE);
  }

  /** A property with one more keyword, such as {@code default}. */
  public static Map<String, @Nullable Object> with(
      Map<String, @Nullable Object> property, String keyword, Object value) {
    Map<String, @Nullable Object> extended = new LinkedHashMap<>(property);
    extended.put(keyword, value);
    return extended;
  }

  private static Map<String, @Nullable Object> property(String type, String allowed) {
    Map<String, @Nullable Object> property = new LinkedHashMap<>();
    property.put("type", type);
    property.put("description", allowed);
    return property;
  }

  private static Map<String, Map<String, @Nullable Object>> common(String... nameAndAllowed) {
    Map<String, Map<String, @Nullable Object>> common = new LinkedHashMap<>();
    for (int i = 0; i < nameAndAllowed.length; i += 2) {
      common.put(nameAndAllowed[i], text(nameAndAllowed[i + 1]));
    }
    return Collections.unmodifiableMap(common);
  }
}
