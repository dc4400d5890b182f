package io.etlapi.step.completeness.matching;

import io.etlapi.engine.DuckDbSession;
import io.etlapi.engine.ExpressionException;
import io.etlapi.engine.SqlExpression;
import io.etlapi.step.Step;
import io.etlapi.step.StepContext;
import io.etlapi.step.StepDescription;
import io.etlapi.step.StepException;
import io.etlapi.step.StepResult;
import io.etlapi.step.completeness.ControlSteps;
import io.etlapi.step.completeness.SideRows;
import io.etlapi.step.completeness.control.BreakColumns;
import io.etlapi.step.completeness.control.ControlDefinition;
import io.etlapi.step.completeness.control.Explanation;
import io.etlapi.step.dataset.Dataset;
import io.etlapi.step.publish.PublishedTable;
import io.etlapi.step.publish.StepResults;
import io.etlapi.step.publish.TablePublisher;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Runs the passes over the combined rows, then classifies and explains what is left. */
@ApplicationScoped
public class ApplyRulesStep implements Step {

  public static final String NAME = "apply_rules_comp";

  /** Role of the breaks in the manifest of the matches. */
  static final String BREAKS = "breaks";

  private static final StepDescription DESCRIPTION =
      ControlSteps.describe(
          NAME,
          "Apply Rec Rules & Break Explain",
          "Matches the combined rows pass by pass, classifies the rest as breaks and explains"
              + " those with a known reason.");

  @Override
  public StepDescription describe() {
    return DESCRIPTION;
  }

  @Override
  public StepResult run(StepContext context) throws Exception {
    StepResults results = StepResults.begin(context, NAME);
    Dataset input = SideRows.table(context, CombineDataStep.NAME);
    CombinedTable combined = CombinedTable.of(context, input);
    ControlDefinition control = combined.run().control();
    DuckDbSession session = context.session(combined.paths());
    combined.open(session);
    MatchModel model = combined.model(session);
    List<Explanation> explanations = confined(session, control);
    int passes = control.match().passes().size();
    new Matching(session, model)
        .run(
            (number, id) ->
                context.progress(5 + 45 * number / passes, "pass " + (number + 1) + ": " + id));
    context.progress(55, "breaks");
    new BreakTable(session, model).make(explanations);
    PublishedTable breaks =
        TablePublisher.of(context, session, NAME)
            .input(input)
            .write("breaks.parquet", "SELECT * FROM breaks ORDER BY break_id");
    context.progress(60, "matches");
    PublishedTable matches =
        combined
            .run()
            .attach(context, TablePublisher.of(context, session, NAME))
            .input(input)
            .sideFile(BREAKS, breaks.fileName())
            .extra(CombinedTable.PATH, input.sentPath())
            .write("matches.parquet", new MatchTable(session, model).select());
    context.log(matches.rows() + " rows matched, " + breaks.rows() + " breaks");
    return results
        .input(input.fileInfo(session))
        .details(details(session, model))
        .build(session, matches);
  }

  /** Once more, although the document was checked: nothing unconfined ever reaches the engine. */
  private static List<Explanation> confined(DuckDbSession session, ControlDefinition control)
      throws StepException {
    List<Explanation> confined = new ArrayList<>();
    for (Explanation explanation : control.explain()) {
      try {
        String when =
            SqlExpression.parse(session, explanation.when(), BreakColumns.forExplanations(control))
                .sql();
        confined.add(new Explanation(when, explanation.as(), explanation.owner()));
      } catch (ExpressionException e) {
        throw new StepException(
            "The explanation \"" + explanation.as() + "\": " + e.getMessage(), e);
      }
    }
    return confined;
  }

  private static Map<String, @Nullable Object> details(DuckDbSession session, MatchModel model) {
    Map<String, @Nullable Object> byPass = new LinkedHashMap<>();
    for (int i = 0; i < model.rules().passes().size(); i++) {
      byPass.put(
          model.rules().passes().get(i).id(),
          session.number("SELECT count(*) FROM " + Matching.PAIRS + " WHERE pass = ?", i)
              + session.number(
                  "SELECT count(DISTINCT match_id) FROM "
                      + Matching.GROUP_MEMBERS
                      + " WHERE pass = ?",
                  i));
    }
    Map<String, @Nullable Object> byCategory = new LinkedHashMap<>();
    Proof.CATEGORIES.forEach(
        category ->
            byCategory.put(
                category,
                session.number("SELECT count(*) FROM breaks WHERE category = ?", category)));
    Map<String, @Nullable Object> details = new LinkedHashMap<>();
    details.put("matches_by_pass", byPass);
    details.put("breaks_by_category", byCategory);
    details.put(
        "explained", session.number("SELECT count(*) FROM breaks WHERE explanation IS NOT NULL"));
    return details;
  }
}
