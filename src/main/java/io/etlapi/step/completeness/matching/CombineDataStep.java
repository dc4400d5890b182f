package io.etlapi.step.completeness.matching;

import io.etlapi.engine.Column;
import io.etlapi.engine.DuckDbSession;
import io.etlapi.engine.SqlIdentifier;
import io.etlapi.step.Step;
import io.etlapi.step.StepContext;
import io.etlapi.step.StepDescription;
import io.etlapi.step.StepException;
import io.etlapi.step.StepResult;
import io.etlapi.step.completeness.ControlRun;
import io.etlapi.step.completeness.ControlSteps;
import io.etlapi.step.completeness.SideRows;
import io.etlapi.step.completeness.control.ColumnType;
import io.etlapi.step.completeness.control.Side;
import io.etlapi.step.dataset.Dataset;
import io.etlapi.step.publish.PublishedTable;
import io.etlapi.step.publish.StepResults;
import io.etlapi.step.publish.TablePublisher;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Stacks the rows of both sides into one table and totals them. */
@ApplicationScoped
public class CombineDataStep implements Step {

  public static final String NAME = "combine_data_comp";

  private static final StepDescription DESCRIPTION =
      ControlSteps.describe(
          NAME,
          "Combine SRC and TGT Data",
          "Stacks the transformed rows of both sides, flags null keys and duplicates, and totals"
              + " every side and group.");

  private final CarryIn carryIn;

  /** For proxies of the container only. */
  protected CombineDataStep() {
    this(run -> CarryIn.NOTHING);
  }

  /** Takes the open breaks of a delta feed from the ledger. */
  @Inject
  public CombineDataStep(CarryIn carryIn) {
    this.carryIn = carryIn;
  }

  @Override
  public StepDescription describe() {
    return DESCRIPTION;
  }

  @Override
  public StepResult run(StepContext context) throws Exception {
    StepResults results = StepResults.begin(context, NAME);
    Map<Side, SideRows> sides = new EnumMap<>(Side.class);
    List<Path> paths = new ArrayList<>();
    for (Side side : Side.values()) {
      SideRows rows = SideRows.from(context, side, ControlSteps.name("data_transform", side));
      sides.put(side, rows);
      paths.addAll(rows.paths());
    }
    SideRows src = require(sides, Side.SRC);
    ControlRun run = sameRun(src, require(sides, Side.TGT));
    CarryIn.Carried carried = carryIn.into(run);
    paths.addAll(carried.readable());
    DuckDbSession session = context.session(paths);
    context.progress(5, "stack both sides");

    MatchModel model =
        MatchModel.of(run.control(), types(session, src), types(session, require(sides, Side.TGT)));
    Map<Side, CombinedRows.Input> inputs = new EnumMap<>(Side.class);
    for (Side side : Side.values()) {
      inputs.put(side, input(session, require(sides, side), carried, model));
    }
    CombinedRows combined =
        new CombinedRows(session, model, require(inputs, Side.SRC), require(inputs, Side.TGT));
    String select = combined.select();
    Map<Side, SideFigures> figures = new EnumMap<>(Side.class);
    for (Side side : Side.values()) {
      figures.put(side, figures(session, require(sides, side), require(inputs, side), combined));
    }
    TablePublisher publisher = publisher(context, session, run, sides, figures, carried);
    PublishedTable table = publisher.write("combined.parquet", select);
    context.progress(50, "total every side and group");
    session.execute(
        "CREATE OR REPLACE VIEW combined AS SELECT * FROM " + Dataset.scan(table.file()));
    Map<String, @Nullable Object> details = new ControlTotals(session, model).details(context);
    Map<String, @Nullable Object> counted = new LinkedHashMap<>();
    figures.forEach((side, figure) -> counted.put(side.key(), figure.toJson()));
    details.put("sides", counted);
    context.log(table.rows() + " rows combined");
    return results.input(src.table().fileInfo(session)).details(details).build(session, table);
  }

  private static ControlRun sameRun(SideRows src, SideRows tgt) throws StepException {
    ControlRun run = src.run();
    if (!run.configSha256().equals(tgt.run().configSha256())
        || !run.runDate().equals(tgt.run().runDate())) {
      throw new StepException(
          "The two sides do not belong together: src is of "
              + run.control().controlId()
              + " for "
              + run.runDate()
              + ", tgt of "
              + tgt.run().control().controlId()
              + " for "
              + tgt.run().runDate()
              + (run.runDate().equals(tgt.run().runDate())
                  ? ", and their configuration documents differ."
                  : "."));
    }
    return run;
  }

  private static Map<String, ColumnType> types(DuckDbSession session, SideRows rows) {
    Map<String, ColumnType> types = new LinkedHashMap<>();
    for (Column column : session.describe("SELECT * FROM " + rows.rows().scan())) {
      types.put(column.name(), ColumnType.ofSql(column.type()));
    }
    return types;
  }

  private static CombinedRows.Input input(
      DuckDbSession session, SideRows rows, CarryIn.Carried carried, MatchModel model) {
    List<String> names = model.fields().stream().map(MatchField::name).toList();
    List<String> own = new ArrayList<>(types(session, rows).keySet());
    own.retainAll(names);
    Optional<String> more = carried.relation(session, rows.side(), names);
    // The file's own row number is free and keeps the scan parallel.
    String relation =
        "(SELECT *, file_row_number + 1 AS row_number FROM read_parquet("
            + SqlIdentifier.literal(rows.rows().path().toString())
            + ", hive_partitioning = false, file_row_number = true))";
    return new CombinedRows.Input(
        relation,
        rows.rows().rows(session),
        own,
        more.orElse(null),
        more.map(count(session)).orElse(0L));
  }

  private static Function<String, Long> count(DuckDbSession session) {
    return relation -> session.number("SELECT count(*) FROM " + relation);
  }

  private static SideFigures figures(
      DuckDbSession session, SideRows rows, CombinedRows.Input input, CombinedRows combined) {
    Function<Dataset, Long> count = file -> file.rows(session);
    return new SideFigures(
        rows.rowsRead(),
        rows.rejected().map(count).orElse(0L),
        rows.excluded().map(count).orElse(0L),
        input.carriedRows(),
        combined.superseded(rows.side()),
        rows.expected());
  }

  private static TablePublisher publisher(
      StepContext context,
      DuckDbSession session,
      ControlRun run,
      Map<Side, SideRows> sides,
      Map<Side, SideFigures> figures,
      CarryIn.Carried carried)
      throws StepException {
    TablePublisher publisher = run.attach(context, TablePublisher.of(context, session, NAME));
    Map<String, @Nullable Object> counted = new LinkedHashMap<>();
    List<Dataset> rejected = new ArrayList<>();
    List<Dataset> excluded = new ArrayList<>();
    sides.forEach(
        (side, rows) -> {
          publisher.input(rows.table());
          rows.rejected().ifPresent(rejected::add);
          rows.excluded().ifPresent(excluded::add);
        });
    figures.forEach((side, figure) -> counted.put(side.key(), figure.toJson()));
    publisher.extra(CombinedTable.FIGURES, counted);
    carried.extra().forEach(publisher::extra);
    stack(context, session, SideRows.REJECTED, rejected, publisher);
    stack(context, session, SideRows.EXCLUDED, excluded, publisher);
    return publisher;
  }

  private static void stack(
      StepContext context,
      DuckDbSession session,
      String role,
      List<Dataset> files,
      TablePublisher publisher) {
    if (!files.isEmpty()) {
      String fileName = role + ".parquet";
      String select =
          String.join(
              " UNION ALL BY NAME ",
              files.stream().map(file -> "SELECT * FROM " + file.scan()).toList());
      session.execute(
          "COPY (%s) TO %s (FORMAT parquet)"
              .formatted(
                  select, SqlIdentifier.literal(context.folder().resolve(fileName).toString())));
      publisher.sideFile(role, fileName);
    }
  }

  private static <T> T require(Map<Side, T> sides, Side side) {
    T found = sides.get(side);
    if (found == null) {
      throw new IllegalStateException("no " + side.key());
    }
    return found;
  }
}
