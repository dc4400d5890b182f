package io.etlapi.step.completeness.matching;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.etlapi.step.completeness.control.Side;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class BreakExplanationTest {

  private static final BreakExplanation EXPLANATION = new BreakExplanation(KnownBreaks.model());

  @Test
  void eachPassSaysWhichComparisonFailedAndByHowMuch() {
    Map<String, @Nullable Object> json =
        explain(
            row("T1", "2024-01-05", "EUR", "10.00", "Ann"),
            candidate(row("T1", "2024-01-08", "EUR", "10.02", "ann"), false));
    assertEquals("the nearest row of tgt fails every pass", json.get("summary"));
    assertEquals(
        List.of(
            "exact: amount differs by 0.02, allowed 0; trade_date is 3 days apart, allowed 0; party"
                + " is not the same",
            "format: amount differs by 0.02, allowed 0; trade_date is 3 days apart, allowed 0",
            "rounding: amount differs by 0.02, allowed 0.01; trade_date is 3 days apart, allowed 0",
            "late: amount differs by 0.02, allowed 0; trade_date is 3 days apart, allowed 2",
            "split: amount differs by 0.02, allowed 0; trade_date is 3 days apart, allowed 2"),
        sentences(json));
  }

  @Test
  void anotherKeyAndAnotherGroupAreNamed() {
    Map<String, @Nullable Object> json =
        explain(
            row("T1", "2024-01-05", "EUR", "10.00", "Ann"),
            candidate(row("X1", "2024-01-05", "USD", "10.00", "Ann"), false));
    assertEquals(
        "exact: trade_ref is not the same; currency is in another group", sentences(json).get(0));
  }

  @Test
  void aRowThatAgreesButIsTakenIsNamed() {
    Map<String, @Nullable Object> json =
        explain(
            row("T1", "2024-01-05", "EUR", "10.00", "Ann"),
            candidate(row("T1", "2024-01-05", "EUR", "10.00", "Ann"), true));
    assertEquals(
        "the nearest row of tgt agrees, but is matched with another row", json.get("summary"));
  }

  @Test
  void aNullInTheKeyIsTheWholeReason() {
    Map<String, @Nullable Object> json = explain(row(null, "2024-01-05", "EUR", "10.00", "Ann"));
    assertEquals(
        "the key field trade_ref is null, so the row takes part in no pass", json.get("summary"));
  }

  private static Map<String, @Nullable Object> explain(
      Map<String, @Nullable String> row, BreakExplanation.Candidate... candidates) {
    return EXPLANATION.explain(Side.SRC, row, List.of(candidates));
  }

  private static BreakExplanation.Candidate candidate(
      Map<String, @Nullable String> values, boolean matched) {
    return new BreakExplanation.Candidate(values, "key", matched, "tgt.csv", 2L);
  }

  private static Map<String, @Nullable String> row(@Nullable String... values) {
    Map<String, @Nullable String> row = new LinkedHashMap<>();
    for (int i = 0; i < values.length; i++) {
      row.put(KnownBreaks.FIELDS.get(i).name(), values[i]);
    }
    return row;
  }

  /** Per pass of the first candidate, what failed. */
  private static List<String> sentences(Map<String, @Nullable Object> json) {
    Map<?, ?> candidate =
        (Map<?, ?>) ((List<?>) Objects.requireNonNull(json.get("candidates"))).get(0);
    return ((List<?>) Objects.requireNonNull(candidate.get("passes")))
        .stream()
            .map(pass -> (Map<?, ?>) pass)
            .map(
                pass ->
                    pass.get("pass")
                        + ": "
                        + String.join(
                            "; ",
                            ((List<?>) Objects.requireNonNull(pass.get("failed")))
                                .stream()
                                    .map(
                                        failed ->
                                            String.valueOf(((Map<?, ?>) failed).get("sentence")))
                                    .toList()))
            .toList();
  }
}
