package io.etlapi.step;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What clients see of a step before they run it.
 *
 * @param name lower case letters, digits and underscores; unique in the catalogue
 * @param displayName for people
 * @param kind group in the catalogue: {@code workflow}, {@code completeness}, {@code classic},
 *     {@code process}, {@code java}, {@code sql} or {@code pipeline}
 * @param description one or two sentences for people
 * @param parameterSchema JSON Schema (draft 2020-12) of the merged parameters; a property with
 *     {@code "x-etl-path": "read"} or {@code "write"} is a path and checked against the roots
 * @param retryable whether running it again after a failure or a crash does no harm
 */
public record StepDescription(
    String name,
    String displayName,
    String kind,
    String description,
    Map<String, @Nullable Object> parameterSchema,
    boolean retryable) {

  public StepDescription {
    if (!name.matches("[a-z][a-z0-9_]{0,63}")) {
      throw new IllegalArgumentException(
          "a step's name is lower case letters, digits and underscores, at most 64: " + name);
    }
  }
}
