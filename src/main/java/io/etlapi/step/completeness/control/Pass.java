package io.etlapi.step.completeness.control;

import java.util.List;

/**
 * One attempt at matching what is still free.
 *
 * @param id unique in the control
 * @param on fields that must be equal; a row with a null among them sits out
 * @param compare fields that must agree, by their kind of comparison
 */
public record Pass(String id, Cardinality cardinality, List<String> on, List<Comparison> compare) {

  /** How many rows of each side make a match. */
  public enum Cardinality {
    ONE_TO_ONE("1:1"),
    ONE_TO_MANY("1:n"),
    MANY_TO_ONE("n:1"),
    MANY_TO_MANY("n:m");

    private final String word;

    Cardinality(String word) {
      this.word = word;
    }

    /** As the document writes it. */
    public String word() {
      return word;
    }
  }

  public Pass {
    on = List.copyOf(on);
    compare = List.copyOf(compare);
  }
}
