package io.etlapi.step.classic;

import static io.etlapi.step.parameters.ParameterSchema.with;

import io.etlapi.step.StepDescription;
import io.etlapi.step.csv.TextEncoding;
import io.etlapi.step.parameters.ParameterSchema;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What clients see of the classic steps, and the properties that more than one of them has. */
final class ClassicSchemas {

  static final String DATASOURCE = "datasource";
  static final String TABLE = "table";

  private ClassicSchemas() {}

  static StepDescription step(
      String name,
      String displayName,
      String description,
      ParameterSchema parameters,
      boolean retryable) {
    return new StepDescription(
        name, displayName, "classic", description, parameters.build(), retryable);
  }

  static Map<String, @Nullable Object> dataSource() {
    return ParameterSchema.text(
        "the JNDI name of a DataSource that ETL_DATASOURCES lists, such as jdbc/warehouse", 1, 200);
  }

  static Map<String, @Nullable Object> table() {
    return ParameterSchema.text("the name of a table or view, with or without its schema", 1, 400);
  }

  static Map<String, @Nullable Object> delimiter() {
    return with(
        with(
            ParameterSchema.text(
                "one character that is no quote and no line break, or \\t for a tab"),
            "pattern",
            "^(?:[^\"\r\n]|\\\\t|[tT][aA][bB])$"),
        "default",
        ",");
  }

  static Map<String, @Nullable Object> encoding() {
    return with(
        with(
            ParameterSchema.text("one of " + TextEncoding.ALLOWED),
            "pattern",
            TextEncoding.pattern()),
        "default",
        "utf-8");
  }

  static Map<String, @Nullable Object> oneOf(String allowed, String fallback, String... others) {
    String[] words = new String[others.length + 1];
    words[0] = fallback;
    System.arraycopy(others, 0, words, 1, others.length);
    return with(ParameterSchema.oneOf(allowed, words), "default", fallback);
  }

  /** An object of texts, such as new name by name. */
  static Map<String, @Nullable Object> texts(String allowed) {
    Map<String, @Nullable Object> property = new LinkedHashMap<>();
    property.put("type", "object");
    property.put("description", allowed);
    property.put("additionalProperties", text("a text"));
    return property;
  }

  /** An array of objects of one shape, none of whose members may be unknown. */
  static Map<String, @Nullable Object> objects(
      String allowed, List<String> required, Map<String, @Nullable Object> members) {
    Map<String, @Nullable Object> item = new LinkedHashMap<>();
    item.put("type", "object");
    item.put("description", allowed);
    item.put("properties", members);
    item.put("required", required);
    item.put("additionalProperties", false);
    Map<String, @Nullable Object> property = new LinkedHashMap<>();
    property.put("type", "array");
    property.put("description", "an array; each item " + allowed);
    property.put("items", item);
    property.put("maxItems", 1_000L);
    return property;
  }

  static Map<String, @Nullable Object> text(String allowed) {
    return ParameterSchema.text(allowed, 1, 10_000);
  }

  /** A value as text, or as a JSON number. */
  static Map<String, @Nullable Object> value(String allowed) {
    Map<String, @Nullable Object> property = new LinkedHashMap<>();
    property.put("type", List.of("string", "number"));
    property.put("description", allowed);
    return property;
  }
}
