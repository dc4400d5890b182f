package io.etlapi.step.completeness;

import io.etlapi.engine.DuckDbSession;
import io.etlapi.step.StepContext;
import io.etlapi.step.StepException;
import io.etlapi.step.publish.TablePublisher;
import java.util.List;
import java.util.Optional;

/** What every step of a side hands to the next beside its rows. */
final class PassOn {

  private PassOn() {}

  /** A publisher with the control, the counts and the totals of the rows before. */
  static TablePublisher publisher(
      StepContext context,
      DuckDbSession session,
      String step,
      SideRows before,
      List<ExpectedTotal> expected)
      throws StepException {
    return before
        .run()
        .attach(context, TablePublisher.of(context, session, step))
        .input(before.table())
        .extra(SideRows.SIDE, before.side().key())
        .extra(SideRows.ROWS_READ, before.rowsRead())
        .extra(SideRows.EXPECTED, expected.stream().map(ExpectedTotal::toJson).toList());
  }

  /** Links the rejected and the excluded rows. */
  static void setAside(
      StepContext context,
      DuckDbSession session,
      SideRows before,
      Optional<String> rejected,
      Optional<String> excluded,
      TablePublisher publisher)
      throws StepException {
    SetAside.rejected(context, session, before.side(), before.rejected(), rejected, publisher);
    SetAside.excluded(context, session, before.side(), before.excluded(), excluded, publisher);
  }
}
