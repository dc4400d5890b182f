package io.etlapi.step.completeness.control;

import java.util.List;

/**
 * Which records of the two sides belong together.
 *
 * @param key fields that identify a record; never empty
 * @param groupBy fields across which rows never match or net
 * @param balance numeric fields whose totals must reconcile
 * @param passes in order; never empty
 */
public record MatchRules(
    List<String> key, List<String> groupBy, List<String> balance, List<Pass> passes) {

  public MatchRules {
    key = List.copyOf(key);
    groupBy = List.copyOf(groupBy);
    balance = List.copyOf(balance);
    passes = List.copyOf(passes);
  }
}
