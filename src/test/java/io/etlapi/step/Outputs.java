package io.etlapi.step;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.function.Executable;

/** Reads outputs in tests. */
public final class Outputs {

  private Outputs() {}

  /**
   * A value inside a JSON value.
   *
   * @param path member names and array indices
   */
  public static @Nullable Object find(@Nullable Object json, Object... path) {
    Object value = json;
    for (Object token : path) {
      if (token instanceof Integer index) {
        value = value instanceof List<?> items ? items.get(index) : null;
      } else {
        value = value instanceof Map<?, ?> object ? object.get(token) : null;
      }
    }
    return value;
  }

  /** A value that must be there; see {@link #find}. */
  public static Object at(@Nullable Object json, Object... path) {
    return Objects.requireNonNull(find(json, path), () -> List.of(path) + " is missing");
  }

  /** The rows that an output shows. */
  public static List<?> table(@Nullable Object output) {
    return (List<?>) at(output, "calculation_results", "table");
  }

  /** The path of the file that an output names. */
  public static String filePath(@Nullable Object output) {
    return (String) at(output, "file_info", "file_path");
  }

  /** The sentence with which work is refused; it must hold each of the parts. */
  public static String assertRefused(Executable work, String... parts) {
    String sentence =
        String.valueOf(Assertions.assertThrows(StepException.class, work).getMessage());
    for (String part : parts) {
      assertTrue(sentence.contains(part), () -> "'" + part + "' is not in: " + sentence);
    }
    return sentence;
  }
}
