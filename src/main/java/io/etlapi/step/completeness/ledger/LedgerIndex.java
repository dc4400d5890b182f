package io.etlapi.step.completeness.ledger;

import io.etlapi.json.Json;
import io.etlapi.json.JsonException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is committed in a control's ledger: the content of its one commit file, and so a view that
 * never changes under a reader. Immutable.
 */
public final class LedgerIndex {

  static final String FORMAT = "1.0";

  private final ControlId control;
  private final long sequence;
  private final NavigableMap<LocalDate, LedgerRun> runs;

  private LedgerIndex(ControlId control, long sequence, NavigableMap<LocalDate, LedgerRun> runs) {
    this.control = control;
    this.sequence = sequence;
    this.runs = Collections.unmodifiableNavigableMap(runs);
  }

  static LedgerIndex empty(ControlId control) {
    return new LedgerIndex(control, 0, new TreeMap<>());
  }

  public ControlId control() {
    return control;
  }

  /** Counts the commits of this control; 0 before the first. */
  public long sequence() {
    return sequence;
  }

  /** The committed run dates, oldest first. */
  public Collection<LedgerRun> runs() {
    return runs.values();
  }

  public boolean isEmpty() {
    return runs.isEmpty();
  }

  public Optional<LedgerRun> run(LocalDate runDate) {
    return Optional.ofNullable(runs.get(runDate));
  }

  public Optional<LedgerRun> first() {
    return value(runs.firstEntry());
  }

  public Optional<LedgerRun> latest() {
    return value(runs.lastEntry());
  }

  /** The nearest committed run date before {@code runDate}. */
  public Optional<LedgerRun> before(LocalDate runDate) {
    return value(runs.lowerEntry(runDate));
  }

  /**
   * Whether a run date was rolled from something other than what is committed now for the date
   * before it: then it must be run again before it can be relied on.
   */
  public boolean isStale(LocalDate runDate) {
    LedgerRun older = null;
    for (LedgerRun run : runs.headMap(runDate, true).values()) {
      // The base of the oldest date may have left the ledger by age; that makes nothing stale.
      if (older != null && !older.asBase().equals(run.base())) {
        return true;
      }
      older = run;
    }
    return false;
  }

  LedgerIndex with(LedgerRun run) {
    NavigableMap<LocalDate, LedgerRun> next = new TreeMap<>(runs);
    next.put(run.runDate(), run);
    return new LedgerIndex(control, run.sequence(), next);
  }

  LedgerIndex without(Collection<LocalDate> runDates) {
    NavigableMap<LocalDate, LedgerRun> next = new TreeMap<>(runs);
    next.keySet().removeAll(runDates);
    return new LedgerIndex(control, sequence, next);
  }

  byte[] toBytes() {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("format", FORMAT);
    json.put("control_id", control.value());
    json.put("sequence", sequence);
    List<@Nullable Object> list = new ArrayList<>();
    runs.values().forEach(run -> list.add(run.toJson()));
    json.put("runs", list);
    return Json.pretty(json).getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Reads a commit file.
   *
   * @throws JsonException if it is not one, or one of a newer major format
   */
  static LedgerIndex ofBytes(ControlId control, byte[] bytes) {
    Map<String, @Nullable Object> json =
        Json.parseObject(new String(bytes, StandardCharsets.UTF_8));
    String format = LedgerRun.text(json, "format");
    if (!format.startsWith("1.")) {
      throw new JsonException("format " + format + " is newer than this server knows");
    }
    NavigableMap<LocalDate, LedgerRun> runs = new TreeMap<>();
    if (json.get("runs") instanceof List<?> list) {
      for (Object item : list) {
        if (item instanceof Map<?, ?> map) {
          LedgerRun run = LedgerRun.ofJson(map);
          runs.put(run.runDate(), run);
        }
      }
    }
    return new LedgerIndex(control, LedgerRun.number(json, "sequence"), runs);
  }

  private static Optional<LedgerRun> value(Map.@Nullable Entry<LocalDate, LedgerRun> entry) {
    return Optional.ofNullable(entry).map(Map.Entry::getValue);
  }
}
