package io.etlapi.step.completeness.matching;

import io.etlapi.json.Json;
import io.etlapi.json.JsonException;
import io.etlapi.step.StepContext;
import io.etlapi.step.StepException;
import io.etlapi.step.completeness.SideRows;
import io.etlapi.step.dataset.Dataset;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Everything that {@link OutputRulesStep} left of a run: what rolling starts from.
 *
 * @param breaks see {@link BreakTable}
 * @param matches match_id, pass, side, row_id, every field, differences, file, line
 * @param proof without account 4
 */
public record MatchedRun(
    CombinedTable combined, Dataset breaks, Dataset matches, Dataset totals, Proof proof) {

  static final String PROOF = "proof.json";

  /**
   * The run whose breaks were given as input.
   *
   * @throws StepException if no input is the output of a completed {@code output_rules_comp}
   */
  public static MatchedRun from(StepContext context) throws StepException, InterruptedException {
    Dataset breaks = SideRows.table(context, OutputRulesStep.NAME);
    Dataset proof = side(breaks, "proof");
    try {
      return new MatchedRun(
          CombinedTable.of(context, breaks),
          breaks,
          side(breaks, "matches"),
          side(breaks, "totals"),
          Proof.parse(Json.parseObject(Files.readString(proof.path()))));
    } catch (IOException | JsonException e) {
      throw new StepException("The proof beside '" + breaks.sentPath() + "' cannot be read.", e);
    }
  }

  private static Dataset side(Dataset table, String role)
      throws StepException, InterruptedException {
    return table
        .sideFile(role)
        .orElseThrow(
            () ->
                new StepException(
                    "The file '" + table.sentPath() + "' has no " + role + " beside it."));
  }

  /** Every file that a session needs to read it. */
  public List<Path> paths() {
    List<Path> paths = new ArrayList<>(combined.paths());
    paths.addAll(List.of(breaks.path(), matches.path(), totals.path()));
    return paths;
  }
}
