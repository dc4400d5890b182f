package io.etlapi.step.completeness;

import static io.etlapi.engine.SqlIdentifier.literal;
import static io.etlapi.engine.SqlIdentifier.quote;

import io.etlapi.engine.Column;
import io.etlapi.engine.DuckDbSession;
import io.etlapi.engine.EngineException;
import io.etlapi.engine.ExpressionException;
import io.etlapi.engine.SqlExpression;
import io.etlapi.step.StepContext;
import io.etlapi.step.StepException;
import io.etlapi.step.StepResult;
import io.etlapi.step.completeness.control.ColumnSpec;
import io.etlapi.step.completeness.control.ColumnType;
import io.etlapi.step.completeness.control.FileFormat;
import io.etlapi.step.completeness.control.Side;
import io.etlapi.step.completeness.control.SideSpec;
import io.etlapi.step.completeness.source.RawTable;
import io.etlapi.step.completeness.typing.ColumnCast;
import io.etlapi.step.completeness.typing.StrictSelect;
import io.etlapi.step.dataset.ColumnNames;
import io.etlapi.step.dataset.Dataset;
import io.etlapi.step.dataset.DatasetColumn;
import io.etlapi.step.publish.PublishedTable;
import io.etlapi.step.publish.StepResults;
import io.etlapi.step.publish.TablePublisher;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Casts the raw rows of a side to the declared types. A row with a value that cannot be cast is
 * rejected and names the column and the value; a row out of scope is excluded; both are accounted
 * for by the proof.
 */
final class PreHarmonisationStep extends SideStep {

  static final String WORK = "pre_harmonisation";

  PreHarmonisationStep(Side side) {
    super(
        side,
        WORK,
        "Reading & Pre-Harmonisation_%s",
        "Casts the rows of one side strictly to the declared types; sets rows aside that cannot be"
            + " cast or are out of scope.");
  }

  @Override
  public StepResult run(StepContext context) throws Exception {
    StepResults results = StepResults.begin(context, name());
    SideRows before = SideRows.from(context, side(), sibling(ReadSideStep.WORK));
    SideSpec spec = before.run().control().side(side());
    DuckDbSession session = context.session(before.paths());
    List<Column> stored = stored(before.rows(), session);
    StrictSelect select =
        new StrictSelect(
            "SELECT * FROM " + before.rows().scan(),
            cells(spec, stored, before.rows()),
            SetAside.raw(stored));

    context.progress(10, "casting");
    long failing = select.mayFail() ? session.number(select.countFailing()) : 0;
    List<ExpectedTotal> expected = new ArrayList<>(before.expected());
    expected.addAll(sums(session, spec, select, before.rows().sentPath()));
    String typed = select.accepted(failing > 0);
    Scope scope = Scope.of(session, side(), spec.scope(), typed);

    TablePublisher publisher = PassOn.publisher(context, session, name(), before, expected);
    PassOn.setAside(
        context,
        session,
        before,
        failing == 0 ? Optional.empty() : Optional.of(select.rejected()),
        scope.excluded() == 0 ? Optional.empty() : Optional.of(scope.outside()),
        publisher);
    PublishedTable table = publisher.write("typed.parquet", scope.inside());
    context.log(
        table.rows()
            + " rows typed, "
            + failing
            + " rejected, "
            + scope.excluded()
            + " out of scope");
    expected.stream()
        .filter(total -> !total.met())
        .forEach(
            total ->
                context.log(
                    "expected "
                        + total.what()
                        + " "
                        + total.expected()
                        + ", found "
                        + total.found()));
    return results
        .input(before.table().fileInfo(session))
        .details(details(table.rows(), failing, scope.excluded(), expected))
        .build(session, table);
  }

  private static List<Column> stored(Dataset rows, DuckDbSession session) throws StepException {
    return rows.columns(session).stream()
        .map(column -> new Column(column.name(), column.engineType()))
        .toList();
  }

  private static List<StrictSelect.Cell> cells(SideSpec spec, List<Column> stored, Dataset rows)
      throws StepException {
    List<StrictSelect.Cell> cells = new ArrayList<>();
    if (spec.columns().isEmpty()) {
      for (Column column : stored) {
        if (!column.name().equals(RawTable.FILE) && !column.name().equals(RawTable.LINE)) {
          cells.add(asItIs(column));
        }
      }
      return cells;
    }
    for (ColumnSpec column : spec.columns()) {
      DatasetColumn found =
          ColumnNames.require(
              stored.stream()
                  .map(
                      known ->
                          new DatasetColumn(
                              known.name(),
                              io.etlapi.step.dataset.LogicalType.ofEngineType(known.type()),
                              known.type()))
                  .toList(),
              column.name(),
              rows.sentPath());
      try {
        cells.add(cell(spec, column, new Column(found.name(), found.engineType())));
      } catch (IllegalArgumentException e) {
        throw new StepException(
            "In '" + rows.sentPath() + "' " + e.getMessage() + "; correct the column's type.", e);
      }
    }
    return cells;
  }

  /** A sheet holds dates as such beside dates in a format of their own; both are read. */
  private static StrictSelect.Cell cell(SideSpec spec, ColumnSpec column, Column stored) {
    ColumnCast cast = ColumnCast.of(column, stored);
    if (spec.files().format() == FileFormat.XLSX
        && column.type().isTemporal()
        && column.format() != null) {
      ColumnCast iso = ColumnCast.of(ColumnSpec.of(column.name(), column.type()), stored);
      cast =
          new ColumnCast(
              column,
              "coalesce(" + cast.value() + ", " + iso.value() + ")",
              cast.given(),
              cast.reason());
    }
    return StrictSelect.Cell.of(cast);
  }

  private static StrictSelect.Cell asItIs(Column column) {
    String type = ColumnType.ofSql(column.type()).sql();
    String source = quote(column.name());
    return new StrictSelect.Cell(
        column.name(),
        type.equals(column.type()) ? source : "CAST(" + source + " AS " + type + ")",
        column.name(),
        null,
        "");
  }

  /** Announced sums cover every row read, so they are taken before anything is set aside. */
  private static List<ExpectedTotal> sums(
      DuckDbSession session, SideSpec spec, StrictSelect select, String source)
      throws StepException {
    List<ExpectedTotal> totals = new ArrayList<>();
    for (Map.Entry<String, BigDecimal> announced : spec.expected().sums().entrySet()) {
      StrictSelect.Cell cell =
          select.cells().stream()
              .filter(known -> known.name().equals(announced.getKey()))
              .findFirst()
              .orElseThrow(
                  () ->
                      new StepException(
                          "expected.sums: the file '"
                              + source
                              + "' has no column '"
                              + announced.getKey()
                              + "'."));
      List<@Nullable BigDecimal> sums =
          session.query(
              "SELECT sum(" + cell.value() + ") FROM (" + select.from() + ")",
              row -> row.text(1) == null ? null : new BigDecimal(String.valueOf(row.text(1))));
      BigDecimal found = sums.get(0) == null ? BigDecimal.ZERO : sums.get(0);
      totals.add(
          new ExpectedTotal(
              announced.getKey(),
              announced.getValue().toPlainString(),
              found.toPlainString(),
              announced.getValue().compareTo(found) == 0));
    }
    return totals;
  }

  private Map<String, @Nullable Object> details(
      long rows, long rejected, long excluded, List<ExpectedTotal> expected) {
    Map<String, @Nullable Object> details = new LinkedHashMap<>();
    details.put("side", side().key());
    details.put("rows", rows);
    details.put("rejected", rejected);
    details.put("excluded", excluded);
    details.put("expected", expected.stream().map(ExpectedTotal::toJson).toList());
    return details;
  }

  /**
   * The typed rows, split by the scope.
   *
   * @param inside query of the rows where the scope is not false
   * @param outside query of the others: file, line, scope, raw
   */
  private record Scope(String inside, String outside, long excluded) {

    static Scope of(DuckDbSession session, Side side, @Nullable String text, String typed)
        throws StepException {
      if (text == null) {
        return new Scope(typed, "", 0);
      }
      List<Column> columns = session.describe(typed);
      try {
        SqlExpression scope =
            SqlExpression.parse(session, text, columns.stream().map(Column::name).toList());
        String outside =
            "SELECT %s AS file, %s AS line, %s AS scope, left(%s, 4000) AS raw FROM (%s) WHERE (%s) = false"
                .formatted(
                    quote(RawTable.FILE),
                    quote(RawTable.LINE),
                    literal(text),
                    SetAside.raw(columns),
                    typed,
                    scope.sql());
        return new Scope(
            "SELECT * FROM (" + typed + ") WHERE (" + scope.sql() + ") IS DISTINCT FROM false",
            outside,
            session.number(
                "SELECT count(*) FROM (" + typed + ") WHERE (" + scope.sql() + ") = false"));
      } catch (ExpressionException e) {
        throw new StepException("The scope of " + side.key() + ": " + e.getMessage(), e);
      } catch (EngineException e) {
        if (session.isCancelled()) {
          throw e;
        }
        throw new StepException("The scope of " + side.key() + " fails: " + e.getMessage(), e);
      }
    }
  }
}
