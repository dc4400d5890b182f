package io.etlapi.step.completeness.matching;

import io.etlapi.step.completeness.control.Side;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The accounts of one run date and what follows from them. As JSON, which {@code proof.json} holds:
 *
 * <pre>{@code
 * {"control_id": "trades", "run_date": "2024-01-15", "verdict": "BREAKS", "reasons": ["..."],
 *  "sides": {"src": {"read": 10, "carried_in": 0, "matched": 8, "in_breaks": 1, "excluded": 1,
 *                    "rejected": 0, "superseded": 0,
 *                    "expected": [{"what": "rows", "expected": "10", "found": "10", "met": true}]},
 *            "tgt": {...}},
 *  "matches": 8, "matches_by_pass": {"exact": 7, "rounding": 1},
 *  "breaks": 1, "breaks_by_category": {"VALUE": 0, ..., "KEY_NULL": 0},
 *  "not_compared": {"matches": 0},
 *  "accounts": [{"account": 1, "statement": "...", "closes": true, "line_count": 2,
 *                "lines": [{"side": "src", ..., "closes": true}]}]}
 * }</pre>
 *
 * Money is text, digit for digit. Account 4 is added by rolling, which may turn the verdict.
 *
 * @param sides the figures of account 1, by {@code src} and {@code tgt}
 * @param matchesByPass in the order of the passes, those that matched nothing included
 * @param breaksByCategory every category, those that are empty included
 * @param notCompared matches that absorb a difference of a balance field which their pass does not
 *     compare
 */
public record Proof(
    String controlId,
    String runDate,
    Map<String, Map<String, @Nullable Object>> sides,
    Map<String, Long> matchesByPass,
    Map<String, Long> breaksByCategory,
    long notCompared,
    List<Account> accounts) {

  /** The categories of a break, in the order in which they are reported. */
  public static final List<String> CATEGORIES =
      List.of(
          "VALUE",
          "MISSING_IN_SRC",
          "MISSING_IN_TGT",
          "DUPLICATE_IN_SRC",
          "DUPLICATE_IN_TGT",
          "KEY_NULL");

  public Proof {
    accounts = List.copyOf(accounts);
  }

  public long matches() {
    return matchesByPass.values().stream().mapToLong(Long::longValue).sum();
  }

  public long breaks() {
    return breaksByCategory.values().stream().mapToLong(Long::longValue).sum();
  }

  /** The same with a further account, or with one in place of that of the same number. */
  public Proof with(Account account) {
    List<Account> all = new ArrayList<>(accounts);
    all.removeIf(old -> old.number() == account.number());
    all.add(account);
    all.sort(Comparator.comparingInt(Account::number));
    return new Proof(controlId, runDate, sides, matchesByPass, breaksByCategory, notCompared, all);
  }

  /** What follows from the accounts. */
  public Verdict verdict() {
    if (!failures().isEmpty()) {
      return Verdict.CONTROL_FAILED;
    }
    return findings().isEmpty() ? Verdict.CLEAN : Verdict.BREAKS;
  }

  /** Why the verdict is not {@code CLEAN}, in sentences. */
  public List<String> reasons() {
    List<String> reasons = new ArrayList<>(failures());
    reasons.addAll(findings());
    return reasons;
  }

  private List<String> failures() {
    List<String> failures = new ArrayList<>();
    for (Account account : accounts) {
      if (!account.closes()) {
        failures.add("account " + account.number() + " does not close: " + account.statement());
      }
    }
    sides.forEach(
        (side, figures) -> {
          for (Object item : (List<?>) figures.getOrDefault("expected", List.of())) {
            Map<?, ?> total = (Map<?, ?>) item;
            if (!Boolean.TRUE.equals(total.get("met"))) {
              failures.add(
                  side
                      + ": expected "
                      + total.get("what")
                      + " is "
                      + total.get("expected")
                      + ", found "
                      + total.get("found"));
            }
          }
        });
    return failures;
  }

  private List<String> findings() {
    List<String> findings = new ArrayList<>();
    if (breaks() > 0) {
      findings.add(breaks() + (breaks() == 1 ? " break" : " breaks"));
    }
    for (Side side : Side.values()) {
      long rejected = figure(side, "rejected");
      if (rejected > 0) {
        findings.add(
            side.key() + ": " + rejected + (rejected == 1 ? " rejected row" : " rejected rows"));
      }
    }
    if (notCompared > 0) {
      findings.add(
          notCompared
              + (notCompared == 1 ? " match absorbs" : " matches absorb")
              + " a difference of a balance field that the pass does not compare");
    }
    return findings;
  }

  /** A figure of account 1, such as {@code matched}; 0 if there is none. */
  public long figure(Side side, String name) {
    return sides.getOrDefault(side.key(), Map.of()).get(name) instanceof Long figure ? figure : 0;
  }

  /** As JSON values. */
  public Map<String, @Nullable Object> toJson() {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("control_id", controlId);
    json.put("run_date", runDate);
    json.put("verdict", verdict().name());
    json.put("reasons", reasons());
    json.put("sides", sides);
    json.put("matches", matches());
    json.put("matches_by_pass", matchesByPass);
    json.put("breaks", breaks());
    json.put("breaks_by_category", breaksByCategory);
    json.put("not_compared", Map.of("matches", notCompared));
    json.put("accounts", accounts.stream().map(Account::toJson).toList());
    return json;
  }

  /** Reads what {@link #toJson} wrote. */
  @SuppressWarnings("unchecked") // as toJson wrote it
  public static Proof parse(Map<String, @Nullable Object> json) {
    List<Account> accounts = new ArrayList<>();
    for (Object account : (List<?>) json.getOrDefault("accounts", List.of())) {
      accounts.add(Account.parse((Map<String, @Nullable Object>) account));
    }
    return new Proof(
        String.valueOf(json.get("control_id")),
        String.valueOf(json.get("run_date")),
        (Map<String, Map<String, @Nullable Object>>) json.getOrDefault("sides", Map.of()),
        (Map<String, Long>) json.getOrDefault("matches_by_pass", Map.of()),
        (Map<String, Long>) json.getOrDefault("breaks_by_category", Map.of()),
        json.get("not_compared") instanceof Map<?, ?> map && map.get("matches") instanceof Long n
            ? n
            : 0,
        accounts);
  }
}
