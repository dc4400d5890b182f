package io.etlapi.step.completeness.matching;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.step.completeness.control.Comparison;
import io.etlapi.step.completeness.control.MatchRules;
import io.etlapi.step.completeness.control.Pass;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What holds for any control and any rows; every case is known by its seed. */
class MatchingPropertiesTest {

  private static final int CONTROLS = 60;
  private static final int CASES = 80;

  private final Path folder;

  MatchingPropertiesTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void theEngineFindsWhatTheReferenceFinds() throws Exception {
    try (MatchingEngine engine = new MatchingEngine(folder)) {
      for (int seed = 0; seed < CONTROLS; seed++) {
        RandomControl control = new RandomControl(seed);
        MatchModel model = control.model();
        Map<String, List<String>> expected = new TreeMap<>();
        List<MatchRow> rows = new ArrayList<>();
        for (int number = 0; number < CASES; number++) {
          List<MatchRow> one = control.rows("c" + number);
          rows.addAll(one);
          if (!one.isEmpty()) {
            expected.put("c" + number, new ReferenceMatching(model, one).outcome());
          }
        }
        engine.run(model, rows);
        assertSame(seed, model, expected, engine.outcome(model, RandomControl.CASE));
      }
    }
  }

  @Test
  void theOrderOfTheInputChangesNothing() throws Exception {
    try (MatchingEngine engine = new MatchingEngine(folder)) {
      for (int seed = 1000; seed < 1000 + CONTROLS / 4; seed++) {
        RandomControl control = new RandomControl(seed);
        MatchModel model = control.model();
        List<MatchRow> rows = cases(control);
        engine.run(model, rows);
        Map<String, List<String>> first = engine.outcome(model, RandomControl.CASE);
        Collections.shuffle(rows, new Random(seed));
        engine.run(model, rows);
        assertSame(seed, model, first, engine.outcome(model, RandomControl.CASE));
      }
    }
  }

  @Test
  void swappingTheSidesMirrorsTheResult() throws Exception {
    try (MatchingEngine engine = new MatchingEngine(folder)) {
      for (int seed = 2000; seed < 2000 + CONTROLS / 4; seed++) {
        RandomControl control = new RandomControl(seed);
        MatchModel model = control.model();
        List<MatchRow> rows = cases(control);
        engine.run(model, rows);
        Map<String, List<String>> straight = engine.outcome(model, RandomControl.CASE);
        straight.values().forEach(lines -> lines.replaceAll(MatchingPropertiesTest::mirror));
        straight.values().forEach(lines -> lines.sort(null));
        rows.replaceAll(row -> row.on(row.side().other()));
        MatchModel swapped = swapped(model);
        engine.run(swapped, rows);
        assertSame(seed, model, straight, engine.outcome(swapped, RandomControl.CASE));
      }
    }
  }

  @Test
  void theProofAlwaysCloses() throws Exception {
    try (MatchingEngine engine = new MatchingEngine(folder)) {
      for (int seed = 3000; seed < 3000 + CONTROLS / 2; seed++) {
        RandomControl control = new RandomControl(seed);
        MatchModel model = control.model();
        engine.run(model, cases(control));
        Proof proof = engine.prove(model);
        String context = "seed " + seed + ", " + model.rules();
        for (Account account : proof.accounts()) {
          assertTrue(account.closes(), () -> context + account.toJson());
        }
        assertEquals(5, proof.accounts().size());
        assertEquals(Verdict.BREAKS, proof.verdict());
      }
    }
  }

  private static List<MatchRow> cases(RandomControl control) {
    List<MatchRow> rows = new ArrayList<>();
    for (int number = 0; number < CASES; number++) {
      rows.addAll(control.rows("c" + number));
    }
    return rows;
  }

  private static void assertSame(
      long seed,
      MatchModel model,
      Map<String, List<String>> expected,
      Map<String, List<String>> actual) {
    for (String name : expected.keySet()) {
      assertEquals(
          String.join("\n", expected.getOrDefault(name, List.of())),
          String.join("\n", actual.getOrDefault(name, List.of())),
          () -> "seed " + seed + ", case " + name + ", " + model.rules());
    }
    assertEquals(expected.keySet(), actual.keySet());
  }

  /** Swaps the words and the places of the two sides in a line of an outcome. */
  private static String mirror(String line) {
    String swapped =
        line.replace("_IN_SRC", "_IN_?").replace("_IN_TGT", "_IN_SRC").replace("_IN_?", "_IN_TGT");
    int src = swapped.indexOf("src[");
    int tgt = swapped.indexOf("tgt[");
    if (src < 0) {
      return swapped.replace("tgt[", "src[");
    }
    if (tgt < 0) {
      return swapped.replace("src[", "tgt[");
    }
    int end = swapped.lastIndexOf(']') + 1;
    return swapped.substring(0, src)
        + swapped.substring(tgt, end).replace("tgt[", "src[")
        + swapped.substring(src, tgt).replace("src[", "tgt[")
        + swapped.substring(end);
  }

  private static MatchModel swapped(MatchModel model) {
    List<Pass> passes = new ArrayList<>();
    for (Pass pass : model.rules().passes()) {
      passes.add(
          new Pass(
              pass.id(),
              switch (pass.cardinality()) {
                case ONE_TO_MANY -> Pass.Cardinality.MANY_TO_ONE;
                case MANY_TO_ONE -> Pass.Cardinality.ONE_TO_MANY;
                default -> pass.cardinality();
              },
              pass.on(),
              pass.compare().stream().map(MatchingPropertiesTest::swapped).toList()));
    }
    MatchRules rules = model.rules();
    return new MatchModel(
        model.fields(),
        model.harmonised(),
        new MatchRules(rules.key(), rules.groupBy(), rules.balance(), passes));
  }

  private static Comparison swapped(Comparison compare) {
    Comparison.Base base =
        switch (compare.base()) {
          case SRC -> Comparison.Base.TGT;
          case TGT -> Comparison.Base.SRC;
          default -> compare.base();
        };
    return new Comparison(compare.field(), compare.kind(), compare.tolerance(), base);
  }
}
