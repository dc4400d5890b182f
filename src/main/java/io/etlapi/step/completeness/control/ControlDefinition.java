package io.etlapi.step.completeness.control;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A completeness control, as its document defines it; valid once made by {@code ControlDocument}.
 *
 * @param controlId lower or upper case letters, digits, {@code _}, {@code -} and {@code .}; names
 *     the ledger's folder
 */
public record ControlDefinition(
    String controlId,
    SideSpec src,
    SideSpec tgt,
    List<HarmoniseRule> harmonise,
    MatchRules match,
    List<Explanation> explain,
    RollingRules rolling,
    Thresholds thresholds) {

  public ControlDefinition {
    harmonise = List.copyOf(harmonise);
    explain = List.copyOf(explain);
  }

  public SideSpec side(Side side) {
    return side == Side.SRC ? src : tgt;
  }

  /** The fields made by {@code harmonise}, in its order. */
  public List<String> harmonisedFields() {
    return harmonise.stream().map(HarmoniseRule::to).toList();
  }

  /**
   * All fields that rows of a side have after the transform: harmonised, then looked up, then
   * derived.
   */
  public List<String> fields(Side side) {
    Set<String> fields = new LinkedHashSet<>(harmonisedFields());
    side(side).lookups().forEach(lookup -> fields.addAll(lookup.add().keySet()));
    side(side).derived().forEach(derived -> fields.add(derived.to()));
    return new ArrayList<>(fields);
  }

  /** The fields of both sides; one that a side does not have is null there. */
  public List<String> fields() {
    Set<String> fields = new LinkedHashSet<>(harmonisedFields());
    for (Side side : Side.values()) {
      side(side).lookups().forEach(lookup -> fields.addAll(lookup.add().keySet()));
    }
    for (Side side : Side.values()) {
      side(side).derived().forEach(derived -> fields.add(derived.to()));
    }
    return new ArrayList<>(fields);
  }
}
