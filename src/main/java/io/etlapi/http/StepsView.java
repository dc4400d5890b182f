package io.etlapi.http;

import io.etlapi.step.StepDescription;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The steps that can be run.
 *
 * @param steps display name by name
 * @param catalogue all that is known of a step, by name
 */
public record StepsView(Map<String, String> steps, int totalSteps, Map<String, Entry> catalogue)
    implements View {

  /**
   * One step.
   *
   * @param parameters JSON Schema of the merged parameters
   * @param retryable whether running it again after a failure does no harm
   */
  public record Entry(
      String displayName,
      String kind,
      String description,
      boolean retryable,
      Map<String, @Nullable Object> parameters) {}

  static StepsView of(List<StepDescription> steps) {
    Map<String, String> names = new LinkedHashMap<>();
    Map<String, Entry> entries = new LinkedHashMap<>();
    for (StepDescription about : steps) {
      names.put(about.name(), about.displayName());
      entries.put(
          about.name(),
          new Entry(
              about.displayName(),
              about.kind(),
              about.description(),
              about.retryable(),
              about.parameterSchema()));
    }
    return new StepsView(names, names.size(), entries);
  }
}
