package io.etlapi.step;

import java.math.BigDecimal;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The merged parameters of a task. Null counts as absent. Types have been checked by the step's
 * schema before the task was accepted, so a getter that meets another type is a fault of the step.
 */
public final class StepParameters {

  private final Map<String, Object> values;

  /** Merges; a value in {@code custom} overrides one in {@code common}. Nulls are dropped. */
  public static StepParameters merge(
      Map<String, @Nullable Object> common, Map<String, @Nullable Object> custom) {
    Map<String, Object> merged = new LinkedHashMap<>();
    common.forEach((name, value) -> put(merged, name, value));
    custom.forEach((name, value) -> put(merged, name, value));
    return new StepParameters(merged);
  }

  private static void put(Map<String, Object> target, String name, @Nullable Object value) {
    if (value != null) {
      target.put(name, value);
    }
  }

  private StepParameters(Map<String, Object> values) {
    this.values = Collections.unmodifiableMap(values);
  }

  /** All of them, in the order of the request. */
  public Map<String, Object> asMap() {
    return values;
  }

  public Optional<String> text(String name) {
    return get(name, String.class);
  }

  public String text(String name, String fallback) {
    return text(name).orElse(fallback);
  }

  public boolean flag(String name, boolean fallback) {
    return get(name, Boolean.class).orElse(fallback);
  }

  /** A whole number. */
  public int integer(String name, int fallback) {
    return get(name, Number.class).map(Number::intValue).orElse(fallback);
  }

  public Optional<BigDecimal> decimal(String name) {
    return get(name, Number.class)
        .map(
            number ->
                number instanceof BigDecimal exact ? exact : new BigDecimal(number.toString()));
  }

  /** A list of any JSON values; empty if absent. */
  public List<?> list(String name) {
    return get(name, List.class).map(list -> (List<?>) list).orElse(List.of());
  }

  /** An object; empty if absent. */
  @SuppressWarnings("unchecked") // JSON objects have text keys
  public Map<String, @Nullable Object> object(String name) {
    return get(name, Map.class).map(map -> (Map<String, @Nullable Object>) map).orElse(Map.of());
  }

  private <T> Optional<T> get(String name, Class<T> type) {
    Object value = values.get(name);
    if (value == null) {
      return Optional.empty();
    }
    if (!type.isInstance(value)) {
      throw new IllegalStateException(
          "parameter " + name + " is not a " + type.getSimpleName() + ": its schema let it pass");
    }
    return Optional.of(type.cast(value));
  }
}
