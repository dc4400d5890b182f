package io.etlapi.step.completeness;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A control total that the sender announced, beside what was found.
 *
 * @param what {@code rows}, or the column of a sum
 */
public record ExpectedTotal(String what, String expected, String found, boolean met) {

  /** What the total of rows is called. */
  public static final String ROWS = "rows";

  /** As JSON values. */
  public Map<String, @Nullable Object> toJson() {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("what", what);
    json.put("expected", expected);
    json.put("found", found);
    json.put("met", met);
    return json;
  }

  /** Reads what {@link #toJson} wrote. */
  public static ExpectedTotal parse(Map<?, ?> json) {
    return new ExpectedTotal(
        String.valueOf(json.get("what")),
        String.valueOf(json.get("expected")),
        String.valueOf(json.get("found")),
        Boolean.TRUE.equals(json.get("met")));
  }
}
