package io.etlapi.step.completeness;

import static io.etlapi.engine.SqlIdentifier.quote;

import io.etlapi.engine.Column;
import io.etlapi.engine.DuckDbSession;
import io.etlapi.engine.EngineException;
import io.etlapi.engine.ExpressionException;
import io.etlapi.engine.SqlExpression;
import io.etlapi.step.StepContext;
import io.etlapi.step.StepException;
import io.etlapi.step.StepResult;
import io.etlapi.step.completeness.control.ColumnType;
import io.etlapi.step.completeness.control.Derived;
import io.etlapi.step.completeness.control.Side;
import io.etlapi.step.completeness.source.RawTable;
import io.etlapi.step.publish.PublishedTable;
import io.etlapi.step.publish.StepResults;
import io.etlapi.step.publish.TablePublisher;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Computes the derived fields of a side, one after the other. */
final class DataTransformStep extends SideStep {

  static final String WORK = "data_transform";

  DataTransformStep(Side side) {
    super(
        side,
        WORK,
        "Data Transform Post Enrichment_%s",
        "Computes the derived fields of one side from its enriched rows.");
  }

  @Override
  public StepResult run(StepContext context) throws Exception {
    StepResults results = StepResults.begin(context, name());
    SideRows before = SideRows.from(context, side(), sibling(EnrichmentStep.WORK));
    DuckDbSession session = context.session(before.paths());
    List<Derived> derived = before.run().control().side(side()).derived();
    String rows = "SELECT * FROM " + before.rows().scan();
    for (Derived field : derived) {
      rows = with(session, rows, field);
    }
    TablePublisher publisher =
        PassOn.publisher(context, session, name(), before, before.expected());
    PassOn.setAside(context, session, before, Optional.empty(), Optional.empty(), publisher);
    PublishedTable table = write(session, publisher, rows);
    context.log(table.rows() + " rows, " + derived.size() + " derived fields");
    Map<String, @Nullable Object> details = new LinkedHashMap<>();
    details.put("side", side().key());
    details.put("rows", table.rows());
    details.put(
        "derived",
        derived.stream().map(field -> Map.of("to", field.to(), "sql", field.sql())).toList());
    return results.input(before.table().fileInfo(session)).details(details).build(session, table);
  }

  private PublishedTable write(DuckDbSession session, TablePublisher publisher, String rows)
      throws StepException, InterruptedException {
    try {
      return publisher.write("transformed.parquet", rows);
    } catch (EngineException e) {
      if (session.isCancelled()) {
        throw e;
      }
      throw new StepException(
          "A derived field of " + side().key() + " cannot be computed: " + e.getMessage(), e);
    }
  }

  private String with(DuckDbSession session, String rows, Derived derived) throws StepException {
    String place = "The derived field '" + derived.to() + "' of " + side().key();
    List<Column> columns = session.describe(rows);
    try {
      List<String> fields =
          columns.stream()
              .map(Column::name)
              .filter(name -> !name.equals(RawTable.FILE) && !name.equals(RawTable.LINE))
              .toList();
      String sql = SqlExpression.parse(session, derived.sql(), fields).sql();
      String type =
          session.describe("SELECT " + sql + " AS derived FROM (" + rows + ")").get(0).type();
      String value =
          "CAST(" + sql + " AS " + ColumnType.ofSql(type).sql() + ") AS " + quote(derived.to());
      return fields.contains(derived.to())
          ? "SELECT * REPLACE (" + value + ") FROM (" + rows + ")"
          : "SELECT *, " + value + " FROM (" + rows + ")";
    } catch (ExpressionException e) {
      throw new StepException(place + ": " + e.getMessage(), e);
    } catch (EngineException e) {
      if (session.isCancelled()) {
        throw e;
      }
      throw new StepException(place + " cannot be computed: " + e.getMessage(), e);
    }
  }
}
