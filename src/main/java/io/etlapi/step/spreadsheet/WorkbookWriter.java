package io.etlapi.step.spreadsheet;

import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.dhatim.fastexcel.Workbook;
import org.dhatim.fastexcel.Worksheet;
import org.jspecify.annotations.Nullable;

/**
 * Writes an Excel workbook sheet by sheet, row by row, in little memory. Texts are stored as texts,
 * so none is ever computed; a number that Excel's 15 digits cannot hold is stored as text, and so
 * is a date outside its calendar. The same content gives the same cells.
 */
public final class WorkbookWriter implements AutoCloseable {

  /** Rows of a sheet, its header among them. */
  public static final int MAX_ROWS = Worksheet.MAX_ROWS;

  public static final int MAX_COLUMNS = Worksheet.MAX_COLS;

  /** Characters of a cell; what is longer is cut and ends with an ellipsis. */
  public static final int MAX_CELL_CHARACTERS = 32_767;

  private static final int FLUSH_ROWS = 500;
  private static final int MAX_DIGITS = 15;
  private static final int MAX_NAME = 31;

  /** Before that day Excel counts a 29 February 1900 which never was. */
  private static final LocalDate FIRST_DAY = LocalDate.of(1900, 3, 1);

  private static final LocalDate LAST_DAY = LocalDate.of(9999, 12, 31);

  private final Workbook workbook;
  private final Set<String> names = new HashSet<>();
  private @Nullable SheetWriter current;

  /**
   * A workbook that is complete once it is closed.
   *
   * @param out closed by the caller
   */
  public WorkbookWriter(OutputStream out) {
    workbook = new Workbook(out, "ETL API", "1.0");
  }

  /**
   * Ends the sheet before and begins another.
   *
   * @param name characters that Excel refuses are replaced; made unique
   * @param headers in bold, frozen
   * @throws SheetLimitException if there are more columns than a sheet has
   */
  public SheetWriter sheet(String name, List<String> headers)
      throws IOException, SheetLimitException {
    requireFits(0, headers.size());
    finishSheet();
    SheetWriter sheet = new SheetWriter(workbook.newWorksheet(sheetName(name)), headers);
    current = sheet;
    return sheet;
  }

  /**
   * Checks a table before any of it is written.
   *
   * @throws SheetLimitException if one sheet cannot hold it below a header
   */
  public static void requireFits(long rows, int columns) throws SheetLimitException {
    if (columns > MAX_COLUMNS) {
      throw new SheetLimitException(
          "A sheet has at most %d columns; the table has %d.".formatted(MAX_COLUMNS, columns));
    }
    if (rows >= MAX_ROWS) {
      throw new SheetLimitException(
          ("A sheet has at most %d rows below its header; the table has %d. Set max_rows, or write"
                  + " another format.")
              .formatted(MAX_ROWS - 1, rows));
    }
  }

  private void finishSheet() throws IOException {
    if (current != null) {
      current.sheet.finish();
    }
  }

  private String sheetName(String name) {
    String plain = legal(name).replaceAll("[\\[\\]:*?/\\\\]", "_").strip();
    plain = plain.replaceAll("^'+|'+$", "_");
    String base = plain.isEmpty() ? "Sheet" : cut(plain, MAX_NAME);
    String unique = base;
    for (int n = 2; !names.add(unique.toLowerCase(Locale.ROOT)); n++) {
      String suffix = "_" + n;
      unique = cut(base, MAX_NAME - suffix.length()) + suffix;
    }
    return unique;
  }

  @Override
  public void close() throws IOException {
    finishSheet();
    workbook.finish();
  }

  /** A sheet that rows are added to; valid until the next one begins. */
  public static final class SheetWriter {

    private final Worksheet sheet;
    private int row;
    private long cut;

    private SheetWriter(Worksheet sheet, List<String> headers) {
      this.sheet = sheet;
      for (int i = 0; i < headers.size(); i++) {
        sheet.inlineString(0, i, text(headers.get(i)));
        sheet.style(0, i).bold().set();
      }
      sheet.freezePane(0, 1);
      row = 1;
    }

    /**
     * Adds a row of texts, numbers, booleans, dates, times and nulls.
     *
     * @throws SheetLimitException if the sheet is full
     */
    public void row(List<? extends @Nullable Object> values)
        throws IOException, SheetLimitException {
      if (row >= MAX_ROWS) {
        throw new SheetLimitException(
            "A sheet has at most %d rows below its header; write fewer rows or another format."
                .formatted(MAX_ROWS - 1));
      }
      for (int i = 0; i < values.size(); i++) {
        cell(i, values.get(i));
      }
      row++;
      if (row % FLUSH_ROWS == 0) {
        sheet.flush();
      }
    }

    /** Cells whose text was too long. */
    public long cutCells() {
      return cut;
    }

    private void cell(int column, @Nullable Object value) {
      if (value == null) {
        return;
      }
      if (value instanceof Boolean flag) {
        sheet.value(row, column, flag);
      } else if (value instanceof LocalDate day && isInCalendar(day)) {
        sheet.value(row, column, day);
        sheet.style(row, column).format("yyyy-mm-dd").set();
      } else if (value instanceof LocalDateTime time && isInCalendar(time.toLocalDate())) {
        sheet.value(row, column, time);
        sheet.style(row, column).format("yyyy-mm-dd hh:mm:ss").set();
      } else if (value instanceof Number number && fits(number)) {
        sheet.value(row, column, number);
      } else if (value instanceof BigDecimal exact) {
        sheet.inlineString(row, column, exact.toPlainString());
      } else {
        sheet.inlineString(row, column, text(value.toString()));
      }
    }

    private String text(String text) {
      String legal = legal(text);
      if (legal.length() > MAX_CELL_CHARACTERS) {
        cut++;
        return WorkbookWriter.cut(legal, MAX_CELL_CHARACTERS - 1) + "…";
      }
      return legal;
    }

    private static boolean isInCalendar(LocalDate day) {
      return !day.isBefore(FIRST_DAY) && !day.isAfter(LAST_DAY);
    }

    private static boolean fits(Number number) {
      if (number instanceof Double || number instanceof Float) {
        return Double.isFinite(number.doubleValue());
      }
      BigDecimal exact =
          number instanceof BigDecimal decimal ? decimal : new BigDecimal(number.toString());
      return exact.stripTrailingZeros().precision() <= MAX_DIGITS;
    }
  }

  /** XML 1.0 has no control characters but three, and no halves of a surrogate pair. */
  static String legal(String text) {
    StringBuilder legal = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            c -> {
              boolean allowed =
                  c == '\t'
                      || c == '\n'
                      || c == '\r'
                      || (c >= 0x20 && c <= 0xD7FF)
                      || (c >= 0xE000 && c <= 0xFFFD)
                      || c >= 0x10000;
              legal.appendCodePoint(allowed ? c : 0xFFFD);
            });
    return legal.toString();
  }

  private static String cut(String text, int length) {
    if (text.length() <= length) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(length - 1)) ? length - 1 : length;
    return text.substring(0, end);
  }
}
