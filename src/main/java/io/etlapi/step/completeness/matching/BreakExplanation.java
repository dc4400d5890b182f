package io.etlapi.step.completeness.matching;

import io.etlapi.step.completeness.control.Comparison;
import io.etlapi.step.completeness.control.Pass;
import io.etlapi.step.completeness.control.Side;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Answers "why did this row not match?": holds a row of a break against the nearest rows of the
 * other side, pass by pass, and names what failed and by how much. Works on stored evidence, so the
 * files of the run date need not be there any more.
 */
public final class BreakExplanation {

  private final MatchModel model;

  public BreakExplanation(MatchModel model) {
    this.model = model;
  }

  /**
   * A row of the other side.
   *
   * @param values by field, as text; null for null
   * @param foundBy how it was found, such as {@code key}
   * @param matched whether it is in a match with another row
   */
  public record Candidate(
      Map<String, @Nullable String> values,
      String foundBy,
      boolean matched,
      @Nullable String file,
      @Nullable Long line) {}

  /**
   * The explanation of one row.
   *
   * @param side of the row
   * @param row its values by field, as text
   * @param candidates of the other side, nearest first
   * @return JSON values: {@code side}, {@code summary} and per candidate {@code values}, {@code
   *     found_by}, {@code matched}, {@code file}, {@code line} and {@code passes}; a pass has
   *     {@code pass}, {@code type}, {@code would_match} and {@code failed}: field, kind, src, tgt,
   *     difference, allowed and a sentence
   */
  public Map<String, @Nullable Object> explain(
      Side side, Map<String, @Nullable String> row, List<Candidate> candidates) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("side", side.key());
    json.put("summary", summary(side, row, candidates));
    List<Map<String, @Nullable Object>> shown = new ArrayList<>();
    for (Candidate candidate : candidates) {
      Map<String, @Nullable Object> item = new LinkedHashMap<>();
      item.put("values", candidate.values());
      item.put("found_by", candidate.foundBy());
      item.put("matched", candidate.matched());
      item.put("file", candidate.file());
      item.put("line", candidate.line());
      item.put("passes", passes(side, row, candidate));
      shown.add(item);
    }
    json.put("candidates", shown);
    return json;
  }

  private String summary(Side side, Map<String, @Nullable String> row, List<Candidate> candidates) {
    for (MatchField field : model.keyFields()) {
      if (row.get(field.name()) == null) {
        return "the key field " + field.name() + " is null, so the row takes part in no pass";
      }
    }
    String other = side.other().key();
    if (candidates.isEmpty()) {
      return other + " has no row that is near: none of this key, none of the same values";
    }
    Candidate nearest = candidates.get(0);
    for (Map<String, @Nullable Object> pass : passes(side, row, nearest)) {
      if (Boolean.TRUE.equals(pass.get("would_match"))) {
        return nearest.matched()
            ? "the nearest row of " + other + " agrees, but is matched with another row"
            : "the nearest row of "
                + other
                + " agrees in pass "
                + pass.get("pass")
                + " by itself, but not together with the other rows of its group";
      }
    }
    return "the nearest row of " + other + " fails every pass";
  }

  private List<Map<String, @Nullable Object>> passes(
      Side side, Map<String, @Nullable String> row, Candidate candidate) {
    Map<String, @Nullable String> src = side == Side.SRC ? row : candidate.values();
    Map<String, @Nullable String> tgt = side == Side.SRC ? candidate.values() : row;
    List<Map<String, @Nullable Object>> passes = new ArrayList<>();
    for (Pass pass : model.rules().passes()) {
      List<Map<String, @Nullable Object>> failed = new ArrayList<>();
      pass.on().forEach(field -> on(field, src.get(field), tgt.get(field), failed));
      for (String field : model.rules().groupBy()) {
        if (!Objects.equals(src.get(field), tgt.get(field))) {
          failed.add(
              failure(field, "group", src.get(field), tgt.get(field), " is in another group"));
        }
      }
      pass.compare()
          .forEach(
              compare ->
                  compared(compare, src.get(compare.field()), tgt.get(compare.field()), failed));
      Map<String, @Nullable Object> json = new LinkedHashMap<>();
      json.put("pass", pass.id());
      json.put("type", pass.cardinality().word());
      json.put("would_match", failed.isEmpty());
      json.put("failed", failed);
      passes.add(json);
    }
    return passes;
  }

  private static void on(
      String field,
      @Nullable String src,
      @Nullable String tgt,
      List<Map<String, @Nullable Object>> failed) {
    if (src == null || tgt == null) {
      failed.add(failure(field, "on", src, tgt, " is null, so the row sits out this pass"));
    } else if (!src.equals(tgt)) {
      failed.add(failure(field, "on", src, tgt, " is not the same"));
    }
  }

  private void compared(
      Comparison compare,
      @Nullable String src,
      @Nullable String tgt,
      List<Map<String, @Nullable Object>> failed) {
    ValueComparison result = ValueComparison.of(compare, model.field(compare.field()), src, tgt);
    if (!result.holds()) {
      Map<String, @Nullable Object> failure =
          failure(compare.field(), compare.kind().key(), src, tgt, " " + result.sentence());
      failure.put("difference", result.difference());
      failure.put("allowed", result.allowed());
      failed.add(failure);
    }
  }

  private static Map<String, @Nullable Object> failure(
      String field, String kind, @Nullable String src, @Nullable String tgt, String sentence) {
    Map<String, @Nullable Object> failure = new LinkedHashMap<>();
    failure.put("field", field);
    failure.put("kind", kind);
    failure.put("src", src);
    failure.put("tgt", tgt);
    failure.put("sentence", field + sentence);
    return failure;
  }
}
