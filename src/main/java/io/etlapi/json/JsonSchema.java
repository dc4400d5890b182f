package io.etlapi.json;

import dev.harrel.jsonschema.Error;
import dev.harrel.jsonschema.Validator;
import dev.harrel.jsonschema.ValidatorFactory;
import dev.harrel.jsonschema.providers.JakartaJsonNode;
import io.etlapi.task.Fault;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A JSON Schema (draft 2020-12) that says what is wrong in sentences for people: what was found and
 * what is allowed. A subschema's {@code description} is what such a sentence names as allowed.
 * Thread-safe.
 */
public final class JsonSchema {

  private static final int MAX_QUOTED = 80;

  private final Map<String, @Nullable Object> schema;
  private final Validator validator;
  private final URI id;

  /**
   * Compiles a schema of this server's own.
   *
   * @throws RuntimeException if it is not a valid schema
   */
  public JsonSchema(Map<String, @Nullable Object> schema) {
    this.schema = schema;
    this.validator =
        new ValidatorFactory().withJsonNodeFactory(new JakartaJsonNode.Factory()).createValidator();
    this.id = validator.registerSchema(Json.write(schema));
  }

  /** Everything that is wrong with a document, each with a pointer; empty if it is valid. */
  public List<Fault> faults(@Nullable Object document) {
    List<Error> errors;
    synchronized (validator) {
      errors = validator.validate(id, Json.write(document)).getErrors();
    }
    List<Fault> faults = new ArrayList<>();
    for (Error error : errors) {
      describe(error, document, faults);
    }
    return faults.stream().distinct().toList();
  }

  private void describe(Error error, @Nullable Object document, List<Fault> faults) {
    String pointer = error.getInstanceLocation();
    Object found = at(document, pointer);
    Map<?, ?> rule = rule(error);
    String keyword = String.valueOf(error.getKeyword());
    switch (keyword) {
      case "required" -> {
        for (Object name : list(rule.get("required"))) {
          if (found instanceof Map<?, ?> object && !object.containsKey(name)) {
            faults.add(new Fault(pointer, "the member '" + name + "' is missing"));
          }
        }
      }
      case "null" -> faults.add(unknownMember(error));
      case "type" ->
          faults.add(
              new Fault(
                  pointer, "found " + quoted(found) + "; allowed: " + allowed(rule, types(rule))));
      case "enum" ->
          faults.add(
              new Fault(
                  pointer,
                  "found "
                      + quoted(found)
                      + "; allowed: "
                      + list(rule.get("enum")).stream()
                          .map(String::valueOf)
                          .collect(Collectors.joining(", "))));
      default ->
          faults.add(
              new Fault(
                  pointer,
                  "found "
                      + (error.getEvaluationPath().contains("/propertyNames/")
                          ? "the name " + names(found)
                          : quoted(found))
                      + "; allowed: "
                      + allowed(rule, keyword + " " + Json.write(rule.get(keyword)))));
    }
  }

  /** {@code additionalProperties: false} reports the member itself, with the keyword missing. */
  private Fault unknownMember(Error error) {
    String pointer = error.getInstanceLocation();
    String name = pointer.substring(pointer.lastIndexOf('/') + 1);
    String owner = fragment(error.getSchemaLocation()).replaceFirst("/additionalProperties$", "");
    Object properties = at(schema, owner + "/properties");
    return new Fault(
        pointer,
        "unknown member '"
            + unescape(name)
            + "'; known: "
            + (properties instanceof Map<?, ?> known
                ? known.keySet().stream().map(String::valueOf).collect(Collectors.joining(", "))
                : "none"));
  }

  private Map<?, ?> rule(Error error) {
    return at(schema, fragment(error.getSchemaLocation())) instanceof Map<?, ?> rule
        ? rule
        : Map.of();
  }

  private static String fragment(String location) {
    int hash = location.indexOf('#');
    return hash < 0 ? "" : location.substring(hash + 1);
  }

  private static String types(Map<?, ?> rule) {
    Object type = rule.get("type");
    return list(type).stream().map(String::valueOf).collect(Collectors.joining(" or "));
  }

  private static String allowed(Map<?, ?> rule, String otherwise) {
    StringBuilder sentence = new StringBuilder();
    sentence.append(rule.get("description") instanceof String words ? words : otherwise);
    if (rule.get("minimum") != null) {
      sentence.append(", from ").append(rule.get("minimum"));
    }
    if (rule.get("maximum") != null) {
      sentence.append(" to ").append(rule.get("maximum"));
    }
    return sentence.toString();
  }

  private static Collection<?> list(@Nullable Object value) {
    return value instanceof Collection<?> items
        ? items
        : value == null ? List.of() : List.of(value);
  }

  private static String names(@Nullable Object found) {
    return found instanceof Map<?, ?> object
        ? object.keySet().stream().map(name -> "'" + name + "'").collect(Collectors.joining(" or "))
        : quoted(found);
  }

  /** A value as a message quotes it: short, and containers by their kind. */
  private static String quoted(@Nullable Object value) {
    if (value instanceof Map<?, ?> object) {
      return "an object with " + object.size() + " members";
    }
    if (value instanceof Collection<?> items) {
      return "an array of " + items.size();
    }
    String text = value instanceof String words ? "'" + words + "'" : Json.write(value);
    return text.length() <= MAX_QUOTED ? text : text.substring(0, MAX_QUOTED) + "…";
  }

  private static @Nullable Object at(@Nullable Object root, String pointer) {
    Object value = root;
    if (pointer.isEmpty()) {
      return value;
    }
    for (String token : pointer.substring(1).split("/", -1)) {
      if (value instanceof Map<?, ?> object) {
        value = object.get(unescape(token));
      } else if (value instanceof List<?> items
          && token.matches("\\d{1,9}")
          && Integer.parseInt(token) < items.size()) {
        value = items.get(Integer.parseInt(token));
      } else {
        return null;
      }
    }
    return value;
  }

  private static String unescape(String token) {
    return token.replace("~1", "/").replace("~0", "~");
  }
}
