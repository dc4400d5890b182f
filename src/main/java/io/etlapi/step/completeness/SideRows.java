package io.etlapi.step.completeness;

import io.etlapi.step.StepContext;
import io.etlapi.step.StepException;
import io.etlapi.step.StepInput;
import io.etlapi.step.completeness.control.Side;
import io.etlapi.step.dataset.Dataset;
import io.etlapi.step.dataset.Manifest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one side after some step, with what became of the rows that are no longer among them.
 * Everything is found from the table's own manifest.
 *
 * @param table what the step published
 * @param rows the rows of the side: {@code table} itself, or for the file search what lies behind
 * @param rowsRead records of the side's files, accepted and rejected
 * @param expected the totals checked so far
 * @param rejected one row for each record set aside so far: side, file, line, column, value,
 *     reason, raw
 * @param excluded one row for each record out of scope: side, file, line, scope, raw
 */
public record SideRows(
    ControlRun run,
    Side side,
    Dataset table,
    Dataset rows,
    long rowsRead,
    List<ExpectedTotal> expected,
    Optional<Dataset> rejected,
    Optional<Dataset> excluded) {

  /** Role of the rejected rows in a manifest's side files. */
  public static final String REJECTED = "rejected";

  /** Role of the rows out of scope in a manifest's side files. */
  public static final String EXCLUDED = "excluded";

  static final String SIDE = "side";
  static final String ROWS_READ = "rows_read";
  static final String EXPECTED = "expected";
  static final String ROWS_PATH = "rows_path";

  public SideRows {
    expected = List.copyOf(expected);
  }

  /**
   * The input that came from a given step.
   *
   * @throws StepException if no input did, or if it is not what a completed task published
   */
  public static SideRows from(StepContext context, Side side, String predecessor)
      throws StepException, InterruptedException {
    return of(context, side, table(context, predecessor));
  }

  /** The table of the input that came from a given step. */
  public static Dataset table(StepContext context, String predecessor)
      throws StepException, InterruptedException {
    List<String> names = new ArrayList<>();
    for (StepInput input : context.inputs()) {
      names.add(input.name());
      if (input.filePath().isEmpty()) {
        continue;
      }
      Dataset table = Dataset.open(context.files(), input);
      if (table.manifest().map(Manifest::step).filter(predecessor::equals).isPresent()) {
        return table;
      }
    }
    throw new StepException(
        "The output of "
            + predecessor
            + " is needed; "
            + (names.isEmpty()
                ? "no output of an earlier step was given."
                : "none of the given ones ("
                    + String.join(", ", names)
                    + ") is from a completed task of that step on this server."));
  }

  private static SideRows of(StepContext context, Side side, Dataset table)
      throws StepException, InterruptedException {
    Map<String, @Nullable Object> extra = table.manifest().orElseThrow().extra();
    List<ExpectedTotal> expected = new ArrayList<>();
    if (extra.get(EXPECTED) instanceof List<?> totals) {
      for (Object total : totals) {
        expected.add(ExpectedTotal.parse((Map<?, ?>) total));
      }
    }
    Dataset rows =
        extra.get(ROWS_PATH) instanceof String path ? Dataset.open(context.files(), path) : table;
    return new SideRows(
        ControlRun.of(table),
        side,
        table,
        rows,
        extra.get(ROWS_READ) instanceof Number count ? count.longValue() : 0,
        expected,
        rows.sideFile(REJECTED),
        rows.sideFile(EXCLUDED));
  }

  /** Every file that a session needs to read them. */
  public List<Path> paths() {
    List<Path> paths = new ArrayList<>(List.of(rows.path()));
    rejected.ifPresent(file -> paths.add(file.path()));
    excluded.ifPresent(file -> paths.add(file.path()));
    return paths;
  }
}
