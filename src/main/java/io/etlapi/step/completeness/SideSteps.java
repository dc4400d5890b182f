package io.etlapi.step.completeness;

import io.etlapi.step.Step;
import io.etlapi.step.completeness.control.Side;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.List;

/** Makes each step of a side once for the source and once for the target. */
@ApplicationScoped
public class SideSteps {

  /** The six steps of one side, in the order in which they run. */
  public static List<Step> of(Side side) {
    return List.of(
        new ReadSideStep(side),
        new PreHarmonisationStep(side),
        new HarmonisationStep(side),
        new LookupSearchStep(side),
        new EnrichmentStep(side),
        new DataTransformStep(side));
  }

  @Produces
  @Singleton
  Step readSource() {
    return new ReadSideStep(Side.SRC);
  }

  @Produces
  @Singleton
  Step readTarget() {
    return new ReadSideStep(Side.TGT);
  }

  @Produces
  @Singleton
  Step preHarmonisationSource() {
    return new PreHarmonisationStep(Side.SRC);
  }

  @Produces
  @Singleton
  Step preHarmonisationTarget() {
    return new PreHarmonisationStep(Side.TGT);
  }

  @Produces
  @Singleton
  Step harmonisationSource() {
    return new HarmonisationStep(Side.SRC);
  }

  @Produces
  @Singleton
  Step harmonisationTarget() {
    return new HarmonisationStep(Side.TGT);
  }

  @Produces
  @Singleton
  Step lookupSearchSource() {
    return new LookupSearchStep(Side.SRC);
  }

  @Produces
  @Singleton
  Step lookupSearchTarget() {
    return new LookupSearchStep(Side.TGT);
  }

  @Produces
  @Singleton
  Step enrichmentSource() {
    return new EnrichmentStep(Side.SRC);
  }

  @Produces
  @Singleton
  Step enrichmentTarget() {
    return new EnrichmentStep(Side.TGT);
  }

  @Produces
  @Singleton
  Step dataTransformSource() {
    return new DataTransformStep(Side.SRC);
  }

  @Produces
  @Singleton
  Step dataTransformTarget() {
    return new DataTransformStep(Side.TGT);
  }
}
