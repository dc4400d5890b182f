package io.etlapi.step.completeness.matching;

import io.etlapi.engine.Column;
import io.etlapi.engine.DuckDbSession;
import io.etlapi.step.StepContext;
import io.etlapi.step.StepException;
import io.etlapi.step.completeness.ControlRun;
import io.etlapi.step.completeness.SideRows;
import io.etlapi.step.completeness.control.ColumnType;
import io.etlapi.step.completeness.control.Side;
import io.etlapi.step.dataset.Dataset;
import io.etlapi.step.dataset.Manifest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The combined rows as a file, with what the steps before counted; found from that file alone or
 * from any table that links to it.
 *
 * @param rejected rows of both sides that were rejected
 * @param excluded rows of both sides that are out of scope
 */
public record CombinedTable(
    ControlRun run,
    Dataset rows,
    Map<Side, SideFigures> figures,
    Optional<Dataset> rejected,
    Optional<Dataset> excluded) {

  static final String FIGURES = "figures";

  /** Member of a later table's manifest that says where the combined rows lie. */
  static final String PATH = "combined_path";

  /**
   * The combined rows that a table belongs to: itself, or those it links to.
   *
   * @throws StepException if it is not a table of this control's later steps
   */
  public static CombinedTable of(StepContext context, Dataset table)
      throws StepException, InterruptedException {
    Map<String, @Nullable Object> extra = table.manifest().map(Manifest::extra).orElseGet(Map::of);
    Dataset rows =
        extra.get(PATH) instanceof String path ? Dataset.open(context.files(), path) : table;
    Map<Side, SideFigures> figures = new EnumMap<>(Side.class);
    if (rows.manifest().map(Manifest::extra).orElseGet(Map::of).get(FIGURES)
        instanceof Map<?, ?> sides) {
      for (Side side : Side.values()) {
        if (sides.get(side.key()) instanceof Map<?, ?> json) {
          figures.put(side, SideFigures.parse(json));
        }
      }
    }
    if (figures.size() < 2) {
      throw new StepException(
          "The file '"
              + table.sentPath()
              + "' leads to no combined rows of a completed task on this server.");
    }
    return new CombinedTable(
        ControlRun.of(rows),
        rows,
        figures,
        rows.sideFile(SideRows.REJECTED),
        rows.sideFile(SideRows.EXCLUDED));
  }

  /** Every file that a session needs to read them. */
  public List<Path> paths() {
    List<Path> paths = new ArrayList<>(List.of(rows.path()));
    rejected.ifPresent(file -> paths.add(file.path()));
    excluded.ifPresent(file -> paths.add(file.path()));
    return paths;
  }

  /** The rules, bound to the types that the file holds. */
  public MatchModel model(DuckDbSession session) throws StepException {
    Map<String, ColumnType> types = new LinkedHashMap<>();
    for (Column column : session.describe("SELECT * FROM " + rows.scan())) {
      types.put(column.name(), ColumnType.ofSql(column.type()));
    }
    return MatchModel.of(run.control(), types, types);
  }

  /** Makes the rows known to a session as {@code combined}. */
  public void open(DuckDbSession session) {
    session.execute("CREATE OR REPLACE VIEW combined AS SELECT * FROM " + rows.scan());
  }
}
