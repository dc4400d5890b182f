package io.etlapi.step.completeness;

import static io.etlapi.engine.SqlIdentifier.quote;

import io.etlapi.engine.Column;
import io.etlapi.engine.DuckDbSession;
import io.etlapi.step.StepContext;
import io.etlapi.step.StepException;
import io.etlapi.step.StepResult;
import io.etlapi.step.completeness.control.ColumnType;
import io.etlapi.step.completeness.control.HarmoniseRule;
import io.etlapi.step.completeness.control.Side;
import io.etlapi.step.completeness.typing.HarmoniseSql;
import io.etlapi.step.completeness.typing.StrictSelect;
import io.etlapi.step.dataset.ColumnNames;
import io.etlapi.step.dataset.DatasetColumn;
import io.etlapi.step.publish.PublishedTable;
import io.etlapi.step.publish.StepResults;
import io.etlapi.step.publish.TablePublisher;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Maps the typed rows of a side to the fields that both sides have in common. */
final class HarmonisationStep extends SideStep {

  static final String WORK = "harmonisation";

  HarmonisationStep(Side side) {
    super(
        side,
        WORK,
        "Harmonisation_%s",
        "Maps the typed rows of one side to the fields that both sides have in common.");
  }

  @Override
  public StepResult run(StepContext context) throws Exception {
    StepResults results = StepResults.begin(context, name());
    SideRows before = SideRows.from(context, side(), sibling(PreHarmonisationStep.WORK));
    DuckDbSession session = context.session(before.paths());
    List<DatasetColumn> columns = before.rows().columns(session);
    List<StrictSelect.Cell> cells = new ArrayList<>();
    for (HarmoniseRule rule : before.run().control().harmonise()) {
      cells.add(cell(rule, columns, before.rows().sentPath()));
    }
    StrictSelect select =
        new StrictSelect(
            "SELECT * FROM " + before.rows().scan(),
            cells,
            SetAside.raw(
                columns.stream()
                    .map(column -> new Column(column.name(), column.engineType()))
                    .toList()));
    context.progress(10, "harmonising");
    long failing = select.mayFail() ? session.number(select.countFailing()) : 0;
    TablePublisher publisher =
        PassOn.publisher(context, session, name(), before, before.expected());
    PassOn.setAside(
        context,
        session,
        before,
        failing == 0 ? Optional.empty() : Optional.of(select.rejected()),
        Optional.empty(),
        publisher);
    PublishedTable table = publisher.write("harmonised.parquet", select.accepted(failing > 0));
    context.log(table.rows() + " rows harmonised, " + failing + " rejected");
    Map<String, @Nullable Object> details = new LinkedHashMap<>();
    details.put("side", side().key());
    details.put("rows", table.rows());
    details.put("rejected", failing);
    details.put("fields", before.run().control().harmonisedFields());
    return results.input(before.table().fileInfo(session)).details(details).build(session, table);
  }

  private StrictSelect.Cell cell(HarmoniseRule rule, List<DatasetColumn> columns, String source)
      throws StepException {
    DatasetColumn column = ColumnNames.require(columns, rule.column(side()), source);
    String stored = quote(column.name());
    try {
      HarmoniseSql sql = HarmoniseSql.of(rule, stored, ColumnType.ofSql(column.engineType()));
      return new StrictSelect.Cell(
          rule.to(),
          sql.value(),
          column.name(),
          sql.mayFail() ? "coalesce(trim(CAST(" + stored + " AS VARCHAR)) <> '', false)" : null,
          "has no value of type " + sql.type().word() + " for the field '" + rule.to() + "'");
    } catch (IllegalArgumentException e) {
      throw new StepException(
          "The field '"
              + rule.to()
              + "' cannot be made of the column '"
              + column.name()
              + "' of "
              + side().key()
              + ": "
              + e.getMessage()
              + ".",
          e);
    }
  }
}
