package io.etlapi.step.completeness.ledger;

import io.etlapi.engine.DuckDbSession;
import io.etlapi.step.StepException;
import io.etlapi.step.completeness.ControlRun;
import io.etlapi.step.completeness.control.RollingRules.Feed;
import io.etlapi.step.completeness.control.Side;
import io.etlapi.step.completeness.matching.CarryIn;
import io.etlapi.step.dataset.Dataset;
import io.etlapi.step.dataset.Manifest;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Carries the rows of open breaks from the ledger into a delta feed, and notes for every feed which
 * state of the ledger the run began with.
 */
@ApplicationScoped
public class LedgerCarryIn implements CarryIn {

  private static final String SEQUENCE = "ledger_sequence";

  private final @Nullable ControlLedger ledger;

  /** For proxies of the container only. */
  protected LedgerCarryIn() {
    this.ledger = null;
  }

  @Inject
  public LedgerCarryIn(ControlLedger ledger) {
    this.ledger = ledger;
  }

  /** The state that a run began with, as its combined rows say. */
  static OptionalLong sequenceOf(Dataset combined) {
    Object noted =
        combined.manifest().map(Manifest::extra).map(extra -> extra.get(SEQUENCE)).orElse(null);
    return noted instanceof Number number
        ? OptionalLong.of(number.longValue())
        : OptionalLong.empty();
  }

  @Override
  public Carried into(ControlRun run) throws StepException {
    if (ledger == null) {
      throw new IllegalStateException("a proxy carries nothing");
    }
    try {
      ControlId control = ControlId.of(run.control().controlId());
      CarriedRows rows = CarriedRows.of(ledger, control, run.runDate());
      boolean delta = run.control().rolling().feed() == Feed.DELTA;
      return new FromLedger(
          delta ? rows : new CarriedRows(rows.sequence(), Optional.empty(), rows.decided()));
    } catch (LedgerException e) {
      throw new StepException(String.valueOf(e.getMessage()), e);
    }
  }

  private record FromLedger(CarriedRows rows) implements Carried {

    @Override
    public List<Path> readable() {
      return rows.breaks().map(List::of).orElse(List.of());
    }

    @Override
    public Optional<String> relation(DuckDbSession session, Side side, List<String> fields) {
      return rows.select(session, side, fields);
    }

    @Override
    public Map<String, @Nullable Object> extra() {
      return Map.of(SEQUENCE, rows.sequence());
    }
  }
}
