package io.etlapi.step.completeness.ledger;

import io.etlapi.task.Fault;
import io.etlapi.task.TaskException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a person decided about a break. A write-off or a closing takes effect in the first run after
 * {@code runDate}, if the break's rows are then as the person saw them; so no run date that was
 * committed before ever changes by it.
 *
 * @param generation the generation of the break that the person saw
 * @param runDate the newest run date in the ledger when it was recorded
 * @param owner the new owner; only with {@link Kind#OWNER}
 * @param why the comment, or the reason for the decision
 */
public record BreakAction(
    String breakId,
    int generation,
    LocalDate runDate,
    Kind kind,
    @Nullable String owner,
    String who,
    Instant when,
    String why) {

  /** What is done to the break. */
  public enum Kind {
    OWNER,
    COMMENT,
    WRITE_OFF,
    CLOSE;

    /** As documents spell it: {@code owner}, {@code comment}, {@code write_off}, {@code close}. */
    public String key() {
      return name().toLowerCase(Locale.ROOT);
    }

    static Optional<Kind> ofKey(String key) {
      for (Kind kind : values()) {
        if (kind.key().equals(key)) {
          return Optional.of(kind);
        }
      }
      return Optional.empty();
    }
  }

  /**
   * What a person asks for, before the ledger adds what it knows.
   *
   * @param why may be empty only when an owner is named
   */
  public record Request(Kind kind, @Nullable String owner, String who, String why) {

    private static final int MAX_TEXT = 4000;

    /**
     * Reads {@code {"action": "write_off", "who": "…", "why": "…", "owner": "…"}}.
     *
     * @throws TaskException with every fault at once
     */
    public static Request ofJson(Map<String, @Nullable Object> json) {
      List<Fault> faults = new ArrayList<>();
      String action = text(json, "action", true, faults);
      Kind kind = Kind.ofKey(action).orElse(null);
      if (kind == null && !action.isEmpty()) {
        faults.add(
            new Fault(
                "/action",
                "action is '" + action + "': it must be owner, comment, write_off or close."));
      }
      String who = text(json, "who", true, faults);
      String why = text(json, "why", kind != Kind.OWNER, faults);
      String owner = text(json, "owner", kind == Kind.OWNER, faults);
      if (kind != null && kind != Kind.OWNER && !owner.isEmpty()) {
        faults.add(new Fault("/owner", "owner goes with the action owner only; leave it out."));
      }
      if (kind == null || !faults.isEmpty()) {
        throw TaskException.invalid(faults);
      }
      return new Request(kind, kind == Kind.OWNER ? owner : null, who, why);
    }

    private static String text(
        Map<String, @Nullable Object> json, String name, boolean required, List<Fault> faults) {
      Object value = json.get(name);
      if (value == null || (value instanceof String blank && blank.isBlank())) {
        if (required) {
          faults.add(new Fault("/" + name, name + " is missing: it must be a text."));
        }
        return "";
      }
      if (!(value instanceof String text)) {
        faults.add(new Fault("/" + name, name + " must be a text."));
        return "";
      }
      if (text.length() > MAX_TEXT) {
        faults.add(new Fault("/" + name, name + " is longer than " + MAX_TEXT + " characters."));
      }
      return text.strip();
    }
  }

  /** How the break closes by this action; empty if it does not. */
  Optional<CloseReason> closes() {
    return switch (kind) {
      case WRITE_OFF -> Optional.of(CloseReason.WRITTEN_OFF);
      case CLOSE -> Optional.of(CloseReason.MANUAL);
      case OWNER, COMMENT -> Optional.empty();
    };
  }

  /** As files and clients see it. */
  public Map<String, @Nullable Object> toJson() {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("break_id", breakId);
    json.put("generation", generation);
    json.put("run_date", runDate.toString());
    json.put("action", kind.key());
    json.put("owner", owner);
    json.put("who", who);
    json.put("when", when.toString());
    json.put("why", why);
    return json;
  }

  static BreakAction ofJson(Map<?, ?> json) {
    Object owner = json.get("owner");
    String kind = LedgerRun.text(json, "action");
    return new BreakAction(
        LedgerRun.text(json, "break_id"),
        (int) LedgerRun.number(json, "generation"),
        LocalDate.parse(LedgerRun.text(json, "run_date")),
        Kind.ofKey(kind).orElseThrow(() -> new IllegalArgumentException("action " + kind)),
        owner == null ? null : owner.toString(),
        LedgerRun.text(json, "who"),
        Instant.parse(LedgerRun.text(json, "when")),
        String.valueOf(json.get("why")));
  }
}
