package io.etlapi.http;

import io.etlapi.json.Json;
import io.etlapi.task.Fault;
import io.etlapi.task.TaskException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Takes typed members out of a JSON object and collects every fault on the way, so that a caller
 * learns all of them at once. Null counts as absent; members that nobody asks for are ignored.
 */
final class ObjectReader {

  private static final int QUOTED_CHARACTERS = 64;

  private final Map<String, @Nullable Object> object;
  private final List<Fault> faults = new ArrayList<>();

  ObjectReader(Map<String, @Nullable Object> object) {
    this.object = object;
  }

  /** A member that is an object; empty if absent. */
  Map<String, @Nullable Object> object(String name) {
    Object value = object.get(name);
    if (value instanceof Map<?, ?> map) {
      return copy(map);
    }
    if (value != null) {
      wrongType(pointer(name), name, "an object", value);
    }
    return Map.of();
  }

  /** A member that is an object of objects; members of it that are null are left out. */
  Map<String, @Nullable Object> objects(String name) {
    Map<String, @Nullable Object> entries = new LinkedHashMap<>();
    object(name)
        .forEach(
            (key, value) -> {
              if (value instanceof Map) {
                entries.put(key, value);
              } else if (value != null) {
                wrongType(pointer(name, key), name + "." + clip(key), "an object", value);
              }
            });
    return Collections.unmodifiableMap(entries);
  }

  /** A member that is an object of texts; members of it that are null are left out. */
  Map<String, String> texts(String name) {
    Map<String, String> entries = new LinkedHashMap<>();
    object(name)
        .forEach(
            (key, value) -> {
              if (value instanceof String text) {
                entries.put(key, text);
              } else if (value != null) {
                wrongType(pointer(name, key), name + "." + clip(key), "a string", value);
              }
            });
    return Collections.unmodifiableMap(entries);
  }

  Optional<String> text(String name) {
    Object value = object.get(name);
    if (value == null) {
      return Optional.empty();
    }
    if (value instanceof String text) {
      return Optional.of(text);
    }
    wrongType(pointer(name), name, "a string", value);
    return Optional.empty();
  }

  /** A whole number; {@code 5.0} is one. */
  Optional<Integer> integer(String name, int min, int max) {
    Object value = object.get(name);
    if (value == null) {
      return Optional.empty();
    }
    String expected = "a whole number from " + min + " to " + max;
    if (!(value instanceof Number)) {
      wrongType(pointer(name), name, expected, value);
      return Optional.empty();
    }
    BigDecimal number =
        value instanceof BigDecimal exact ? exact : new BigDecimal(value.toString());
    // Compared before it is converted: 1e999999999 must not be written out digit by digit.
    if (number.compareTo(BigDecimal.valueOf(min)) < 0
        || number.compareTo(BigDecimal.valueOf(max)) > 0
        || number.compareTo(BigDecimal.valueOf(number.intValue())) != 0) {
      fault(
          pointer(name),
          name + " is " + clip(number.toString()) + ": it must be " + expected + ".");
      return Optional.empty();
    }
    return Optional.of(number.intValue());
  }

  void fault(String pointer, String detail) {
    faults.add(new Fault(pointer, detail));
  }

  /**
   * Ends the reading.
   *
   * @throws TaskException listing every fault found, if there is one
   */
  void throwIfFaulty() {
    if (!faults.isEmpty()) {
      throw TaskException.invalid(faults);
    }
  }

  /** At most so much of a stranger's text as helps to recognise it. */
  static String clip(String text) {
    return text.length() <= QUOTED_CHARACTERS ? text : text.substring(0, QUOTED_CHARACTERS) + "…";
  }

  private void wrongType(String pointer, String name, String expected, Object value) {
    fault(pointer, name + " is of type " + Json.typeName(value) + ": it must be " + expected + ".");
  }

  private static String pointer(String... names) {
    StringBuilder pointer = new StringBuilder();
    for (String name : names) {
      pointer.append('/').append(Fault.token(name));
    }
    return pointer.toString();
  }

  private static Map<String, @Nullable Object> copy(Map<?, ?> map) {
    Map<String, @Nullable Object> copy = new LinkedHashMap<>();
    map.forEach((key, value) -> copy.put(String.valueOf(key), value));
    return Collections.unmodifiableMap(copy);
  }
}
