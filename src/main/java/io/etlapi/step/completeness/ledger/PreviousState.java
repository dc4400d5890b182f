package io.etlapi.step.completeness.ledger;

import java.nio.file.Path;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The state that a run date starts from: the breaks that stood in the data on the run date before,
 * the last generation of every closed one, and what people decided since.
 *
 * @param files empty for the first run date
 * @param actions of the control, in the order in which they were recorded
 */
public record PreviousState(Optional<Files> files, List<BreakAction> actions) {

  /**
   * The committed files of the run date before.
   *
   * @param breaks as {@link RollingTables#BREAKS_FILE}
   * @param generations as {@link RollingTables#GENERATIONS_FILE}
   */
  public record Files(LocalDate runDate, Path breaks, Path generations) {}

  public PreviousState {
    actions = List.copyOf(actions);
  }

  /** The files to read it from. */
  List<Path> paths() {
    return files.map(found -> List.of(found.breaks(), found.generations())).orElse(List.of());
  }

  /** Before the first run date. */
  public static PreviousState none() {
    return new PreviousState(Optional.empty(), List.of());
  }

  /**
   * The latest decision on each break that a run of {@code runDate} must carry out: those made on
   * the state it starts from.
   */
  Map<String, BreakAction> closings(LocalDate runDate) {
    Map<String, BreakAction> latest = new LinkedHashMap<>();
    LocalDate from = files.map(Files::runDate).orElse(LocalDate.MAX);
    for (BreakAction action : actions) {
      if (action.closes().isPresent()
          && !action.runDate().isBefore(from)
          && action.runDate().isBefore(runDate)) {
        latest.put(action.breakId(), action);
      }
    }
    return latest;
  }

  /** The owner that people gave each break before {@code runDate}, by break and generation. */
  Map<String, BreakAction> owners(LocalDate runDate) {
    Map<String, BreakAction> latest = new LinkedHashMap<>();
    for (BreakAction action : actions) {
      if (ownerOf(action) != null && action.runDate().isBefore(runDate)) {
        latest.put(action.breakId() + " " + action.generation(), action);
      }
    }
    return latest;
  }

  private static @Nullable String ownerOf(BreakAction action) {
    return action.kind() == BreakAction.Kind.OWNER ? action.owner() : null;
  }
}
