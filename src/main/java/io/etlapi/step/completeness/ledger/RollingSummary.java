package io.etlapi.step.completeness.ledger;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What became of the breaks on one run date, counted from the files that are committed.
 *
 * @param openBefore open on the run date before
 * @param opened seen for the first time
 * @param reopened closed before, and back
 * @param closed by reason
 * @param open open now
 * @param settled stand in the data although a person closed them
 * @param strays breaks that are open, or missing, against the account; 0 if it closes
 */
public record RollingSummary(
    long openBefore,
    long opened,
    long reopened,
    Map<String, Long> closed,
    long open,
    long settled,
    long strays) {

  public long closedTotal() {
    return closed.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Account 4: open = open before + new + reopened - closed, break by break. */
  public boolean closes() {
    return strays == 0 && open == openBefore + opened + reopened - closedTotal();
  }

  /** Account 4 as the proof shows it. */
  public Map<String, @Nullable Object> toJson() {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("open_previous", openBefore);
    json.put("new", opened);
    json.put("reopened", reopened);
    json.put("closed", closedTotal());
    json.put("closed_by_reason", closed);
    json.put("open", open);
    json.put("difference", open - (openBefore + opened + reopened - closedTotal()));
    json.put("unaccounted_breaks", strays);
    json.put("closed_by_decision_still_in_data", settled);
    json.put("closes", closes());
    return json;
  }
}
