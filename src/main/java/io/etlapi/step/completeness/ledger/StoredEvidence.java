package io.etlapi.step.completeness.ledger;

import static io.etlapi.engine.SqlIdentifier.quote;

import io.etlapi.engine.Column;
import io.etlapi.engine.DuckDbSession;
import io.etlapi.json.Json;
import io.etlapi.step.StepException;
import io.etlapi.step.completeness.control.ColumnType;
import io.etlapi.step.completeness.control.ControlDefinition;
import io.etlapi.step.completeness.control.ControlDocument;
import io.etlapi.step.completeness.control.Side;
import io.etlapi.step.completeness.matching.BreakExplanation;
import io.etlapi.step.completeness.matching.BreakExplanation.Candidate;
import io.etlapi.step.completeness.matching.MatchModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Explains the breaks of one committed run from the files that the ledger keeps of it. */
final class StoredEvidence {

  private final DuckDbSession session;
  private final ControlDefinition control;
  private final String breaks;
  private final String evidence;

  /**
   * The evidence of a run.
   *
   * @param session one that may read the run's files
   * @param folder of the run
   * @throws StepException if the copy of the control cannot be understood
   */
  StoredEvidence(DuckDbSession session, Path folder) throws IOException, StepException {
    this.session = session;
    this.breaks = RollingTables.parquet(folder.resolve(RollingTables.BREAKS_FILE));
    this.evidence = RollingTables.parquet(folder.resolve(BreakEvidence.FILE));
    Map<String, @Nullable Object> copy =
        Json.parseObject(Files.readString(folder.resolve(BreakRollingStep.CONTROL_FILE)));
    this.control =
        ControlDocument.parse(Json.parseObject(Json.write(copy.get("document")))).definition();
  }

  /** The explanation; empty if the break does not stand in the data of this run. */
  Optional<Map<String, @Nullable Object>> explain(String breakId) throws StepException {
    List<String> sides =
        session.query(
            "SELECT side FROM " + breaks + " WHERE break_id = ?",
            row -> String.valueOf(row.text(1)),
            breakId);
    if (sides.isEmpty()) {
      return Optional.empty();
    }
    boolean both = sides.get(0).equals(BreakSide.BOTH.key());
    Side side = sides.get(0).equals(Side.TGT.key()) ? Side.TGT : Side.SRC;
    return Optional.of(
        new BreakExplanation(model())
            .explain(
                side,
                held(breakId, side).values(),
                both ? List.of(held(breakId, side.other())) : candidates(breakId)));
  }

  private MatchModel model() throws StepException {
    Map<Side, Map<String, ColumnType>> types = new LinkedHashMap<>();
    for (Side side : Side.values()) {
      types.put(side, new LinkedHashMap<>());
    }
    for (Column column : session.describe("SELECT * FROM " + breaks)) {
      types.forEach(
          (side, fields) -> {
            String prefix = side.key() + "_";
            if (column.name().startsWith(prefix)) {
              fields.put(column.name().substring(prefix.length()), ColumnType.ofSql(column.type()));
            }
          });
    }
    return MatchModel.of(
        control, types.getOrDefault(Side.SRC, Map.of()), types.getOrDefault(Side.TGT, Map.of()));
  }

  /** A row that the break itself holds. */
  private Candidate held(String breakId, Side side) {
    String prefix = side.key() + "_";
    return read(
            "SELECT 'break', false, %1$sfile, %1$sline, %2$s FROM %3$s WHERE break_id = ?"
                .formatted(prefix, texts(prefix), breaks),
            breakId)
        .get(0);
  }

  private List<Candidate> candidates(String breakId) {
    return read(
        "SELECT found_by, matched, file, line, %s FROM %s WHERE break_id = ? ORDER BY rank"
            .formatted(texts(""), evidence),
        breakId);
  }

  private List<Candidate> read(String sql, String breakId) {
    List<String> fields = control.fields();
    return session.query(
        sql,
        row -> {
          Map<String, @Nullable String> values = new LinkedHashMap<>();
          for (int i = 0; i < fields.size(); i++) {
            values.put(fields.get(i), row.text(i + 5));
          }
          return new Candidate(
              values,
              String.valueOf(row.text(1)),
              row.flag(2),
              row.text(3),
              row.value(4) == null ? null : row.integer(4));
        },
        breakId);
  }

  private String texts(String prefix) {
    return control.fields().stream()
        .map(field -> "CAST(" + quote(prefix + field) + " AS VARCHAR)")
        .collect(Collectors.joining(", "));
  }
}
