package io.etlapi.step.workflow;

import static io.etlapi.engine.SqlIdentifier.quote;

import io.etlapi.engine.DuckDbSession;
import io.etlapi.engine.TableAppender;
import io.etlapi.step.Step;
import io.etlapi.step.StepContext;
import io.etlapi.step.StepDescription;
import io.etlapi.step.StepException;
import io.etlapi.step.StepResult;
import io.etlapi.step.dataset.ColumnNames;
import io.etlapi.step.dataset.Dataset;
import io.etlapi.step.dataset.FileDigest;
import io.etlapi.step.dataset.Manifest;
import io.etlapi.step.dataset.TypedView;
import io.etlapi.step.parameters.ParameterSchema;
import io.etlapi.step.publish.PublishedTable;
import io.etlapi.step.publish.StepResults;
import io.etlapi.step.publish.TablePublisher;
import io.etlapi.step.spreadsheet.SheetReader;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads one sheet of an Excel workbook. Values become texts that keep every digit; what they mean
 * is inferred from all rows, as for CSV. Rows without any value are left out and counted.
 */
@ApplicationScoped
public class ReadExcelStep implements Step {

  private static final String NAME = "read_excel";
  private static final String TABLE = "sheet";
  private static final long LAST_ROW = 1_048_575;

  private static final StepDescription DESCRIPTION =
      new StepDescription(
          NAME,
          "Read Excel File",
          "workflow",
          "Reads one sheet of an Excel workbook (.xlsx). Text and digits are kept, types are"
              + " inferred from all rows; cells with an error become null and are counted.",
          ParameterSchema.of()
              .required("file_path", ParameterSchema.readPath("the path of an Excel workbook"))
              .optional(
                  "sheet_name",
                  ParameterSchema.with(
                      ParameterSchema.text("the name of a sheet, or its index from 0"),
                      "type",
                      List.of("string", "integer")))
              .optional(
                  "header_row",
                  ParameterSchema.with(
                      ParameterSchema.integer(
                          "the row that holds the names, from 0 below the skipped rows, or -1 if"
                              + " there is none",
                          -1,
                          LAST_ROW),
                      "default",
                      0L))
              .optional(
                  "skip_rows",
                  ParameterSchema.with(
                      ParameterSchema.integer("a number of rows", 0, LAST_ROW), "default", 0L))
              .optional("column_types", ParameterSchema.columnTypes())
              .build(),
          true);

  @Override
  public StepDescription describe() {
    return DESCRIPTION;
  }

  @Override
  public StepResult run(StepContext context) throws StepException, InterruptedException {
    StepResults results = StepResults.begin(context, NAME);
    String sent =
        context
            .parameters()
            .text("file_path")
            .orElseThrow(() -> new StepException("The parameter file_path is missing."));
    Path file = context.files().existing(sent);
    int skip = context.parameters().integer("skip_rows", 0);
    int header = context.parameters().integer("header_row", 0);
    context.progress(2, "checking the workbook");
    try (SheetReader workbook = SheetReader.open(file, sent)) {
      int sheet =
          workbook.find(Optional.ofNullable(context.parameters().asMap().get("sheet_name")));
      Layout layout = new Layout(skip, header);
      context.progress(10, "reading the names");
      workbook.read(sheet, layout);
      ColumnNames.Cleaned names = layout.names(sent, workbook.names().get(sheet));
      names.notes().forEach(context::log);

      DuckDbSession session = context.session(List.of());
      create(session, names.names());
      context.progress(30, "reading the rows");
      long errorsBefore = workbook.errorCells();
      long rows = fill(context, session, workbook, sheet, layout);
      long errors = workbook.errorCells() - errorsBefore;
      context.log(
          "Read %d rows and %d columns of sheet '%s', %d cells with an error"
              .formatted(rows, names.names().size(), workbook.names().get(sheet), errors));

      context.progress(55, "writing the table");
      String sha256 = FileDigest.sha256(file);
      PublishedTable table =
          TablePublisher.of(context, session, NAME)
              .input(new Manifest.Input(sent, sha256, Optional.empty()))
              .inferTypes()
              .overrideTypes(TypedView.overrides(context.parameters()), sent)
              .write("data.parquet", "SELECT * FROM " + quote(TABLE));
      Map<String, @Nullable Object> info = Dataset.describe(file, sent, sha256);
      info.put("rows", rows);
      info.put("columns", (long) names.names().size());
      Map<String, @Nullable Object> details = new LinkedHashMap<>();
      details.put("sheet_name", workbook.names().get(sheet));
      details.put("sheet_index", (long) sheet);
      details.put("sheets", workbook.names());
      details.put("rows", rows);
      details.put("blank_rows", layout.lastRow - layout.firstDataRow() + 1 - rows);
      details.put("error_cells", errors);
      details.put("renamed_columns", names.notes());
      return results.input(info).details(details).build(session, table);
    } catch (IOException e) {
      throw new StepException("The file '" + sent + "' cannot be read.", e);
    }
  }

  /** Where the names and the rows are: a first pass, so that no row can widen the table later. */
  private static final class Layout implements SheetReader.RowReader {

    private final int skip;
    private final int header;
    private List<@Nullable String> headerCells = List.of();
    private int width;
    private int lastRow;

    private Layout(int skip, int header) {
      this.skip = skip;
      this.header = header;
    }

    /** Counted as the spreadsheet does, from 1. */
    private int headerRow() {
      return skip + header + 1;
    }

    private int firstDataRow() {
      return header < 0 ? skip + 1 : headerRow() + 1;
    }

    @Override
    public void row(int number, List<@Nullable String> cells) throws InterruptedException {
      if (Thread.interrupted()) {
        throw new InterruptedException("stopped while reading a sheet");
      }
      int filled = filled(cells);
      if (header >= 0 && number == headerRow()) {
        headerCells = new ArrayList<>(cells.subList(0, filled));
        width = Math.max(width, filled);
      } else if (number >= firstDataRow() && filled > 0) {
        width = Math.max(width, filled);
        lastRow = number;
      }
    }

    private ColumnNames.Cleaned names(String sent, String sheet) throws StepException {
      lastRow = Math.max(lastRow, firstDataRow() - 1);
      if (header >= 0 && headerCells.isEmpty()) {
        throw new StepException(
            ("Sheet '%s' of '%s' has no column names in row %d; set header_row and skip_rows, or"
                    + " header_row -1 if it has none.")
                .formatted(sheet, sent, headerRow()));
      }
      if (width == 0) {
        throw new StepException(
            "Sheet '%s' of '%s' is empty below row %d.".formatted(sheet, sent, skip));
      }
      List<@Nullable String> padded = new ArrayList<>(headerCells);
      while (padded.size() < width) {
        padded.add(null);
      }
      return header < 0
          ? new ColumnNames.Cleaned(
              IntStream.rangeClosed(1, width).mapToObj(i -> "column_" + i).toList(), List.of())
          : ColumnNames.clean(padded);
    }
  }

  /** Cells up to the last one that has a value. */
  private static int filled(List<@Nullable String> cells) {
    int filled = cells.size();
    while (filled > 0 && cells.get(filled - 1) == null) {
      filled--;
    }
    return filled;
  }

  private static void create(DuckDbSession session, List<String> names) {
    session.execute(
        "CREATE TABLE %s (%s)"
            .formatted(
                quote(TABLE),
                names.stream()
                    .map(name -> quote(name) + " VARCHAR")
                    .collect(Collectors.joining(", "))));
  }

  private static long fill(
      StepContext context, DuckDbSession session, SheetReader workbook, int sheet, Layout layout)
      throws StepException, InterruptedException {
    long[] rows = {0};
    try (TableAppender appender = session.appender(TABLE)) {
      workbook.read(
          sheet,
          (number, cells) -> {
            int filled = filled(cells);
            if (number < layout.firstDataRow() || filled == 0) {
              return;
            }
            appender.row(Arrays.copyOf(cells.toArray(new String[0]), layout.width));
            if (++rows[0] % 1_000 == 0) {
              context.throwIfStopped();
              context.progress(
                  (int) (30 + 25L * number / Math.max(1, layout.lastRow)), "reading the rows");
            }
          });
    }
    return rows[0];
  }
}
