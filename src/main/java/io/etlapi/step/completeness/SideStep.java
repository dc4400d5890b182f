package io.etlapi.step.completeness;

import io.etlapi.step.Step;
import io.etlapi.step.StepDescription;
import io.etlapi.step.completeness.control.Side;

/** A step that exists once for each side of a control. */
abstract class SideStep implements Step {

  private final Side side;
  private final String work;
  private final StepDescription description;

  /**
   * A step of one side.
   *
   * @param displayName with {@code %s} where the side stands
   */
  SideStep(Side side, String work, String displayName, String sentence) {
    this.side = side;
    this.work = work;
    this.description =
        ControlSteps.describe(
            ControlSteps.name(work, side), displayName.formatted(side.name()), sentence);
  }

  @Override
  public final StepDescription describe() {
    return description;
  }

  final Side side() {
    return side;
  }

  final String name() {
    return ControlSteps.name(work, side);
  }

  /** The same side's step of another name. */
  final String sibling(String otherWork) {
    return ControlSteps.name(otherWork, side);
  }
}
