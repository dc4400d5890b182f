package io.etlapi.step.completeness.ledger;

import io.etlapi.json.JsonException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The committed result of one run date.
 *
 * @param attempt from 1, counted per run date; also names the folder
 * @param sequence the place of this commit among all of the control, from 1
 * @param verifiedSeconds what {@link VerifiedTime} said at the commit; 0 if it is not known
 * @param taskId the task that committed it
 * @param origin what today's breaks were made by; a repeated commit from the same origin is no
 *     conflict
 * @param base the result it was rolled from; null for the first run date
 * @param files SHA-256 by file name
 * @param summary figures for lists: counts, verdict
 */
public record LedgerRun(
    LocalDate runDate,
    int attempt,
    long sequence,
    Instant committedAt,
    long verifiedSeconds,
    String taskId,
    String origin,
    @Nullable Base base,
    Map<String, String> files,
    Map<String, @Nullable Object> summary) {

  /** The result of an earlier run date that breaks were carried from. */
  public record Base(LocalDate runDate, int attempt) {}

  public LedgerRun {
    files = Collections.unmodifiableMap(new LinkedHashMap<>(files));
    summary = Collections.unmodifiableMap(new LinkedHashMap<>(summary));
  }

  Base asBase() {
    return new Base(runDate, attempt);
  }

  /** The folder below the control's, with {@code /} between names. */
  String folder() {
    return "runs/" + runDate + "/" + attempt;
  }

  Map<String, @Nullable Object> toJson() {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("run_date", runDate.toString());
    json.put("attempt", attempt);
    json.put("sequence", sequence);
    json.put("committed_at", committedAt.toString());
    json.put("verified_seconds", verifiedSeconds);
    json.put("task_id", taskId);
    json.put("origin", origin);
    Map<String, @Nullable Object> from = null;
    if (base != null) {
      from = new LinkedHashMap<>();
      from.put("run_date", base.runDate().toString());
      from.put("attempt", base.attempt());
    }
    json.put("base", from);
    json.put("files", files);
    json.put("summary", summary);
    return json;
  }

  static LedgerRun ofJson(Map<?, ?> json) {
    Base base = null;
    if (json.get("base") instanceof Map<?, ?> from) {
      base = new Base(LocalDate.parse(text(from, "run_date")), (int) number(from, "attempt"));
    }
    Map<String, String> files = new LinkedHashMap<>();
    object(json, "files").forEach((name, sha) -> files.put(name, String.valueOf(sha)));
    return new LedgerRun(
        LocalDate.parse(text(json, "run_date")),
        (int) number(json, "attempt"),
        number(json, "sequence"),
        Instant.parse(text(json, "committed_at")),
        json.get("verified_seconds") instanceof Number seconds ? seconds.longValue() : 0,
        text(json, "task_id"),
        text(json, "origin"),
        base,
        files,
        object(json, "summary"));
  }

  static String text(Map<?, ?> json, String member) {
    return Optional.ofNullable(json.get(member))
        .map(Object::toString)
        .orElseThrow(() -> new JsonException("member " + member + " is missing"));
  }

  static long number(Map<?, ?> json, String member) {
    if (json.get(member) instanceof Number number) {
      return number.longValue();
    }
    throw new JsonException("member " + member + " is not a number");
  }

  private static Map<String, @Nullable Object> object(Map<?, ?> json, String member) {
    Map<String, @Nullable Object> copy = new LinkedHashMap<>();
    if (json.get(member) instanceof Map<?, ?> map) {
      map.forEach((name, value) -> copy.put(String.valueOf(name), value));
    }
    return copy;
  }
}
