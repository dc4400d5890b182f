package io.etlapi.step.completeness.matching;

import io.etlapi.step.completeness.ExpectedTotal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the steps before the combination counted on one side.
 *
 * @param read rows of the files, with those that were rejected
 * @param rejected rows that could not be read, cast or looked up
 * @param excluded rows outside the scope
 * @param carriedIn rows of open breaks that a delta feed carried in
 * @param superseded carried rows that a new row replaced
 * @param expected what the sending system announced
 */
public record SideFigures(
    long read,
    long rejected,
    long excluded,
    long carriedIn,
    long superseded,
    List<ExpectedTotal> expected) {

  public SideFigures {
    expected = List.copyOf(expected);
  }

  /** A side of which nothing was rejected, excluded, carried or announced. */
  public static SideFigures allOf(long read) {
    return new SideFigures(read, 0, 0, 0, 0, List.of());
  }

  /** As JSON values. */
  public Map<String, @Nullable Object> toJson() {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("read", read);
    json.put("rejected", rejected);
    json.put("excluded", excluded);
    json.put("carried_in", carriedIn);
    json.put("superseded", superseded);
    json.put("expected", expected.stream().map(ExpectedTotal::toJson).toList());
    return json;
  }

  static SideFigures parse(Map<?, ?> json) {
    List<ExpectedTotal> expected = new ArrayList<>();
    if (json.get("expected") instanceof List<?> totals) {
      totals.forEach(total -> expected.add(ExpectedTotal.parse((Map<?, ?>) total)));
    }
    return new SideFigures(
        count(json, "read"),
        count(json, "rejected"),
        count(json, "excluded"),
        count(json, "carried_in"),
        count(json, "superseded"),
        expected);
  }

  private static long count(Map<?, ?> json, String name) {
    return json.get(name) instanceof Number number ? number.longValue() : 0;
  }
}
