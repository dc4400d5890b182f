package io.etlapi.step.completeness.matching;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.json.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The proof closes on an honest result, and each account notices what it is there for. */
class ProofTest {

  private final MatchModel model = KnownBreaks.model();
  private final MatchingEngine engine;

  ProofTest(@TempDir Path folder) throws Exception {
    engine = new MatchingEngine(folder);
  }

  @BeforeEach
  void matchSomething() throws Exception {
    KnownBreaksTest.load(engine, new KnownBreaks(7, 1_000));
    engine.combine(model, KnownBreaks.FIELDS.stream().map(MatchField::name).toList());
    engine.match(model);
  }

  @AfterEach
  void close() {
    engine.close();
  }

  @Test
  void anHonestResultCloses() {
    assertEquals(List.of(), failing());
  }

  @Test
  void aMatchThatGotLostIsNoticed() {
    engine.session.execute(
        "DELETE FROM matches WHERE match_id = (SELECT min(match_id) FROM matches)");
    assertEquals(List.of(1, 2, 5), failing());
  }

  @Test
  void aRowInTwoBreaksIsNoticed() {
    engine.session.execute(
        """
        INSERT INTO breaks SELECT * REPLACE ('X' AS break_id) FROM breaks
        WHERE break_id = (SELECT min(break_id) FROM breaks WHERE category = 'MISSING_IN_TGT')\
        """);
    assertEquals(List.of(1, 2, 3, 5), failing());
  }

  @Test
  void aRowInAMatchAndInABreakIsNoticed() {
    engine.session.execute(
        """
        INSERT INTO matches SELECT match_id, pass, side,
          (SELECT min(src_row_id) FROM breaks WHERE category = 'MISSING_IN_TGT'), differences
        FROM matches WHERE row_id = match_id AND pass = 'exact' LIMIT 1\
        """);
    assertTrue(failing().containsAll(List.of(1, 2, 5, 6)), failing()::toString);
  }

  @Test
  void aBreakWithAWrongDifferenceIsNoticed() {
    engine.session.execute(
        "UPDATE breaks SET diff_amount = diff_amount + 0.01 WHERE category = 'VALUE'");
    assertEquals(List.of(3), failing());
  }

  @Test
  void twoMatchesThatSwappedARowAreNoticed() {
    engine.session.execute(
        """
        CREATE TABLE swapped AS SELECT match_id, row_id,
          lead(row_id, 1, first_id) OVER (ORDER BY row_id) AS other
        FROM (SELECT match_id, row_id, min(row_id) OVER () AS first_id
          FROM matches WHERE side = 'tgt' AND pass = 'exact' ORDER BY row_id LIMIT 2)\
        """);
    engine.session.execute(
        """
        UPDATE matches SET row_id = other FROM swapped
        WHERE swapped.row_id = matches.row_id AND matches.side = 'tgt'\
        """);
    assertEquals(List.of(6), failing());
  }

  @Test
  void aMatchUnderAPassThatItDoesNotSatisfyIsNoticed() {
    engine.session.execute("UPDATE matches SET pass = 'exact' WHERE pass = 'rounding'");
    assertTrue(failing().contains(6), failing()::toString);
  }

  @Test
  void aSplitThatDoesNotAddUpIsNoticed() {
    engine.session.execute(
        """
        UPDATE combined SET amount = amount + 0.01
        WHERE row_id = (SELECT max(row_id) FROM matches WHERE pass = 'split')\
        """);
    assertTrue(failing().contains(6), failing()::toString);
  }

  @Test
  void theProofIsTheSameAfterAPassageThroughJson() {
    Proof proof = engine.prove(model);
    Proof read = Proof.parse(Json.parseObject(Json.write(proof.toJson())));
    assertEquals(Json.write(proof.toJson()), Json.write(read.toJson()));
    assertEquals(proof.verdict(), read.verdict());
  }

  @Test
  void anAccountThatIsAddedLaterMayTurnTheVerdict() {
    Proof proof = engine.prove(model);
    assertEquals(Verdict.BREAKS, proof.verdict());
    Proof failed =
        proof.with(new Account(4, "open = previous + new - closed", false, List.of(), 0));
    assertEquals(Verdict.CONTROL_FAILED, failed.verdict());
    assertEquals(
        List.of(1, 2, 3, 4, 5, 6), failed.accounts().stream().map(Account::number).toList());
  }

  private List<Integer> failing() {
    List<Integer> failing = new ArrayList<>();
    for (Account account : engine.prove(model).accounts()) {
      if (!account.closes()) {
        failing.add(account.number());
      }
    }
    return failing;
  }
}
