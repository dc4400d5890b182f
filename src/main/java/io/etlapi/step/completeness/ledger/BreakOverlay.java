package io.etlapi.step.completeness.ledger;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Shows beside a committed break what people did about it since: a committed file never changes,
 * but who looks at it should see the newest owner and a decision that the next run will carry out.
 */
final class BreakOverlay {

  private final LocalDate runDate;
  private final Map<String, List<BreakAction>> actions = new HashMap<>();

  BreakOverlay(List<BreakAction> all, LocalDate runDate) {
    this.runDate = runDate;
    for (BreakAction action : all) {
      if (!action.runDate().isAfter(runDate)) {
        actions.computeIfAbsent(action.breakId(), id -> new ArrayList<>()).add(action);
      }
    }
  }

  /** Adds {@code pending} and {@code comments}, and replaces {@code owner}. */
  void apply(Map<String, @Nullable Object> found) {
    String pending = null;
    long comments = 0;
    for (BreakAction action :
        actions.getOrDefault(String.valueOf(found.get("break_id")), List.of())) {
      if (!String.valueOf(found.get("generation")).equals(Integer.toString(action.generation()))) {
        continue;
      }
      if (action.kind() == BreakAction.Kind.OWNER) {
        found.put("owner", action.owner());
      }
      if (action.kind() == BreakAction.Kind.COMMENT) {
        comments++;
      }
      if (action.runDate().equals(runDate)) {
        pending = action.closes().map(CloseReason::name).orElse(pending);
      }
    }
    found.put("pending", pending);
    found.put("comments", comments);
  }
}
