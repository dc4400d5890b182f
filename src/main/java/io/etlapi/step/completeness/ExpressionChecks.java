package io.etlapi.step.completeness;

import io.etlapi.engine.DuckDbSession;
import io.etlapi.engine.ExpressionException;
import io.etlapi.engine.SqlExpression;
import io.etlapi.step.completeness.control.BreakColumns;
import io.etlapi.step.completeness.control.ColumnSpec;
import io.etlapi.step.completeness.control.ControlDefinition;
import io.etlapi.step.completeness.control.ControlDocumentException;
import io.etlapi.step.completeness.control.Derived;
import io.etlapi.step.completeness.control.Lookup;
import io.etlapi.step.completeness.control.Side;
import io.etlapi.step.completeness.control.SideSpec;
import io.etlapi.task.Fault;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Checks the SQL expressions of a document before any data is read, as far as columns are known.
 */
final class ExpressionChecks {

  private final DuckDbSession session;
  private final List<Fault> faults = new ArrayList<>();

  private ExpressionChecks(DuckDbSession session) {
    this.session = session;
  }

  /**
   * Refuses a control with an expression that is not confined or names what is not there.
   *
   * @throws ControlDocumentException with every fault
   */
  static void check(DuckDbSession session, ControlDefinition control)
      throws ControlDocumentException {
    ExpressionChecks checks = new ExpressionChecks(session);
    for (Side side : Side.values()) {
      checks.side(control, side);
    }
    for (int i = 0; i < control.explain().size(); i++) {
      checks.expression(
          "/explain/" + i + "/when",
          control.explain().get(i).when(),
          BreakColumns.forExplanations(control));
    }
    if (!checks.faults.isEmpty()) {
      throw new ControlDocumentException(checks.faults);
    }
  }

  private void side(ControlDefinition control, Side side) {
    SideSpec spec = control.side(side);
    String scope = spec.scope();
    if (scope != null && !spec.columns().isEmpty()) {
      expression(
          "/sides/" + side.key() + "/scope",
          scope,
          spec.columns().stream().map(ColumnSpec::name).toList());
    }
    Set<String> fields = new LinkedHashSet<>(control.harmonisedFields());
    for (Lookup lookup : spec.lookups()) {
      fields.addAll(lookup.add().keySet());
    }
    for (int i = 0; i < spec.derived().size(); i++) {
      Derived derived = spec.derived().get(i);
      expression("/transform/" + side.key() + "/" + i + "/sql", derived.sql(), fields);
      fields.add(derived.to());
    }
  }

  private void expression(String pointer, String text, Collection<String> columns) {
    try {
      SqlExpression.parse(session, text, columns);
    } catch (ExpressionException e) {
      faults.add(new Fault(pointer, String.valueOf(e.getMessage())));
    }
  }
}
