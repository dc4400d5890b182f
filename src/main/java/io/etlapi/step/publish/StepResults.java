package io.etlapi.step.publish;

import static io.etlapi.engine.SqlIdentifier.quote;

import io.etlapi.engine.DuckDbSession;
import io.etlapi.step.StepContext;
import io.etlapi.step.StepException;
import io.etlapi.step.StepResult;
import io.etlapi.step.dataset.Dataset;
import io.etlapi.step.dataset.DatasetColumn;
import io.etlapi.step.dataset.TypedView;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Builds what every step returns. Make it first thing in {@code run}: it measures the time from
 * there.
 *
 * <pre>{@code
 * StepResults results = StepResults.begin(context, "filter");
 * ...
 * return results.input(dataset.fileInfo(session)).details(figures).build(session, table);
 * }</pre>
 */
public final class StepResults {

  private static final int TABLE_ROWS = 50;
  private static final String VIEW = "__etl_result";

  /** What is left for the profiles, after the work itself, of a step's hundred percent. */
  private static final int PROFILES_FROM = 80;

  private final StepContext context;
  private final String stepType;
  private final long beganNanos = System.nanoTime();
  private final Map<String, @Nullable Object> more = new LinkedHashMap<>();
  private @Nullable Map<String, @Nullable Object> inputFileInfo;

  private StepResults(StepContext context, String stepType) {
    this.context = context;
    this.stepType = stepType;
  }

  /** Starts the measured time. */
  public static StepResults begin(StepContext context, String stepType) {
    return new StepResults(context, stepType);
  }

  /** Says what was read, as {@link Dataset#fileInfo} gives it. */
  public StepResults input(Map<String, @Nullable Object> fileInfo) {
    inputFileInfo = fileInfo;
    return this;
  }

  /** What this step has to say; its member is named {@code <step>_details}. */
  public StepResults details(Map<String, @Nullable Object> figures) {
    return member(stepType + "_details", figures);
  }

  /** A further member of the output, such as {@code verdict}. */
  public StepResults member(String name, @Nullable Object value) {
    more.put(name, value);
    return this;
  }

  /**
   * The output of a step whose result is one table: its first rows, its profiles, its file.
   *
   * @throws InterruptedException if the task is stopped meanwhile
   */
  public StepResult build(DuckDbSession session, PublishedTable table)
      throws StepException, InterruptedException {
    TypedView typed = table.typed();
    session.execute("CREATE OR REPLACE TEMP VIEW " + quote(VIEW) + " AS " + typed.selectTyped());
    List<Map<String, @Nullable Object>> profiles =
        new ColumnProfiles(session)
            .of(
                quote(VIEW),
                typed.columns(),
                (done, all) -> {
                  context.throwIfStopped();
                  context.progress(
                      PROFILES_FROM + (99 - PROFILES_FROM) * done / Math.max(1, all),
                      "profile " + (done + 1) + " of " + all + " columns");
                });
    List<List<@Nullable Object>> rows = firstRows(session, typed.columns());
    return assemble(
        calculations(typed.columns(), rows, table.rows()),
        profiles,
        Long.toString(table.rows()),
        table.fileInfo());
  }

  /**
   * The output of a step that publishes a file which is no table, or none.
   *
   * @param rows how many rows the work was about
   * @param fileInfo as {@link Dataset#describe} gives it, with the published path; null for none
   */
  public StepResult build(long rows, @Nullable Map<String, @Nullable Object> fileInfo) {
    return assemble(
        calculations(List.of(), List.of(), rows), List.of(), Long.toString(rows), fileInfo);
  }

  private List<List<@Nullable Object>> firstRows(
      DuckDbSession session, List<DatasetColumn> columns) {
    String items =
        columns.stream()
            .map(column -> Cells.display(quote(column.name()), column.type()))
            .collect(Collectors.joining(", "));
    return session.query(
        "SELECT " + items + " FROM " + quote(VIEW) + " LIMIT " + TABLE_ROWS,
        row -> {
          List<@Nullable Object> cells = new ArrayList<>();
          for (int i = 1; i <= columns.size(); i++) {
            cells.add(JsonValues.of(row.value(i)));
          }
          return cells;
        });
  }

  private Map<String, @Nullable Object> calculations(
      List<DatasetColumn> columns, List<List<@Nullable Object>> rows, long totalRows) {
    double seconds = (System.nanoTime() - beganNanos) / 1e9;
    Map<String, @Nullable Object> calculations = new LinkedHashMap<>();
    calculations.put("headers", columns.stream().map(DatasetColumn::name).toList());
    calculations.put("table", rows);
    calculations.put("total_rows", totalRows);
    calculations.put("table_size", columns.size() + "x" + totalRows);
    calculations.put("processed_at", processedAt().toString());
    calculations.put("environment", context.parameters().text("runEnv", ""));
    calculations.put("processing_time_seconds", Math.round(seconds * 1e6) / 1e6);
    return calculations;
  }

  private Instant processedAt() {
    return context
        .startedAt()
        .plusNanos(System.nanoTime() - beganNanos)
        .truncatedTo(ChronoUnit.MILLIS);
  }

  private StepResult assemble(
      Map<String, @Nullable Object> calculations,
      List<Map<String, @Nullable Object>> profiles,
      String count,
      @Nullable Map<String, @Nullable Object> fileInfo) {
    Map<String, @Nullable Object> output = new LinkedHashMap<>();
    output.put("status", "success");
    output.put("step_type", stepType);
    output.put("processed_at", calculations.get("processed_at"));
    output.put("run_parameters", context.parameters().asMap());
    output.put("execution_logs", List.copyOf(context.logged()));
    output.put("calculation_results", calculations);
    output.put("histogram_data", profiles);
    output.put("count", count);
    output.put("fail_message", null);
    output.put("file_info", fileInfo);
    output.put("input_file_info", inputFileInfo);
    output.putAll(more);
    context.progress(100, "done");
    return new StepResult(output);
  }
}
