package io.etlapi.step.completeness.ledger;

import static io.etlapi.engine.SqlIdentifier.literal;
import static io.etlapi.engine.SqlIdentifier.quote;

import io.etlapi.engine.Column;
import io.etlapi.engine.DuckDbSession;
import io.etlapi.step.completeness.control.Side;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The rows that a delta feed carries in: those of the breaks that are open on the run date before,
 * without those that a person closed since.
 *
 * @param sequence what the ledger was when they were looked up; {@code combine_data_comp} hands it
 *     on, so that a run is not rolled from another state than it carried from
 * @param breaks the file to read them from; empty on the first run date
 */
public record CarriedRows(long sequence, Optional<Path> breaks, Set<String> decided) {

  public CarriedRows {
    decided = Set.copyOf(decided);
  }

  /** What a run of {@code runDate} carries in. */
  public static CarriedRows of(ControlLedger ledger, ControlId control, LocalDate runDate) {
    LedgerIndex index = ledger.index(control);
    PreviousState previous = ledger.previous(index, runDate);
    return new CarriedRows(
        index.sequence(),
        previous.files().map(PreviousState.Files::breaks),
        previous.closings(runDate).values().stream()
            .map(CarriedRows::generationOf)
            .collect(Collectors.toSet()));
  }

  private static String generationOf(BreakAction action) {
    return action.breakId() + " " + action.generation();
  }

  /**
   * A relation of one side's carried rows: {@code row_number} from 1 without gaps, the fields,
   * {@code _file}, {@code _line}.
   *
   * @param session one that may read {@link #breaks}
   * @param fields wanted; one that was not there on the run date before is null
   * @return empty on the first run date
   */
  public Optional<String> select(DuckDbSession session, Side side, List<String> fields) {
    return breaks.map(file -> select(session, RollingTables.parquet(file), side, fields));
  }

  private String select(DuckDbSession session, String parquet, Side side, List<String> fields) {
    Set<String> known =
        session.describe("SELECT * FROM " + parquet).stream()
            .map(Column::name)
            .collect(Collectors.toSet());
    String columns =
        fields.stream()
            .map(
                field -> {
                  String column = side.key() + "_" + field;
                  return (known.contains(column) ? quote(column) : "NULL") + " AS " + quote(field);
                })
            .collect(Collectors.joining(", "));
    String settled =
        decided.isEmpty()
            ? ""
            : decided.stream()
                .sorted()
                .map(text -> literal(text))
                .collect(
                    Collectors.joining(", ", " AND break_id || ' ' || generation NOT IN (", ")"));
    return """
    (SELECT row_number() OVER (ORDER BY break_id) AS row_number, %1$s,
      %2$s_file AS _file, %2$s_line AS _line
    FROM %3$s
    WHERE _etl_settled IS NULL AND _etl_%2$s IS NOT NULL%4$s)\
    """
        .formatted(columns, side.key(), parquet, settled);
  }
}
