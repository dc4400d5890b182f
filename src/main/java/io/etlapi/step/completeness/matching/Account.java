package io.etlapi.step.completeness.matching;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One account of the proof.
 *
 * @param number 1..6, as the specification counts
 * @param statement what must hold, in words
 * @param closes whether it does, over all its lines
 * @param lines JSON objects with the figures; at most {@value #MAX_LINES}, those that do not close
 *     first
 * @param lineCount how many lines there are in all
 */
public record Account(
    int number,
    String statement,
    boolean closes,
    List<Map<String, @Nullable Object>> lines,
    long lineCount) {

  /** A control with a hundred thousand groups has its lines in the table of totals. */
  public static final int MAX_LINES = 1_000;

  public Account {
    lines = List.copyOf(lines);
  }

  /** An account over lines that each say in {@code closes} whether they do. */
  static Account of(int number, String statement, List<Map<String, @Nullable Object>> lines) {
    List<Map<String, @Nullable Object>> shown = new ArrayList<>();
    for (boolean closing : new boolean[] {false, true}) {
      for (Map<String, @Nullable Object> line : lines) {
        if (Boolean.TRUE.equals(line.get("closes")) == closing && shown.size() < MAX_LINES) {
          shown.add(line);
        }
      }
    }
    boolean closes = lines.stream().allMatch(line -> Boolean.TRUE.equals(line.get("closes")));
    return new Account(number, statement, closes, shown, lines.size());
  }

  /** As it stands in {@code proof.json}. */
  public Map<String, @Nullable Object> toJson() {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("account", (long) number);
    json.put("statement", statement);
    json.put("closes", closes);
    json.put("line_count", lineCount);
    json.put("lines", lines);
    return json;
  }

  @SuppressWarnings("unchecked") // as toJson wrote it
  static Account parse(Map<String, @Nullable Object> json) {
    return new Account(
        json.get("account") instanceof Long number ? number.intValue() : 0,
        String.valueOf(json.get("statement")),
        Boolean.TRUE.equals(json.get("closes")),
        json.get("lines") instanceof List<?> lines
            ? (List<Map<String, @Nullable Object>>) lines
            : List.of(),
        json.get("line_count") instanceof Long count ? count : 0);
  }
}
